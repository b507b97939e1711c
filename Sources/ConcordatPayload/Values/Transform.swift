import ConcordatCrypto
import ConcordatTerms

/// The other forms a text can leave in. Each answers nil for a text it cannot read; the caller then drops the field.
enum Transform {
    // Bound: bytes of a text that a transform looks at.
    private static let bytesMax = 4_096

    /// The text in another form. `key` is the recipient's transform key.
    static func apply(_ action: FieldAction, to text: [UInt8], now: UTCInstant, key: [UInt8]) -> String? {
        guard !text.isEmpty, text.count <= bytesMax else { return nil }
        switch action {
        case .keep, .drop: return nil
        case .year: return StringFormat.date(text.span, 0, text.count).map { year($0) }
        case .ageBand: return StringFormat.date(text.span, 0, text.count).flatMap { ageBand(bornOn: $0, at: now.date) }
        case .outwardCode: return outwardCode(text)
        case .initials: return initials(String(decoding: text, as: UTF8.self))
        case .pseudonym: return pseudonym(text, key: key)
        }
    }

    private static func year(_ date: CivilDate) -> String {
        let digits = String(date.year)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// The band of the age on that day; nil for a birth in the future or more than 130 years ago.
    private static func ageBand(bornOn birth: CivilDate, at today: CivilDate) -> String? {
        guard birth <= today else { return nil }
        switch birth.wholeYears(until: today) {
        case 0..<10: return "under-10"
        case 10..<18: return "10-17"
        case 18..<25: return "18-24"
        case 25..<35: return "25-34"
        case 35..<50: return "35-49"
        case 50..<65: return "50-64"
        case 65...130: return "65-plus"
        default: return nil
        }
    }

    /// All bands, youngest first.
    static let ageBands = ["under-10", "10-17", "18-24", "25-34", "35-49", "50-64", "65-plus"]

    /// `B15` of `B15 2TT`, written in either case and with or without the space; a whole postcode or nothing.
    private static func outwardCode(_ text: [UInt8]) -> String? {
        var letters: [UInt8] = []
        var spaceAt: Int?
        for byte in text {
            if byte == 0x20 {
                guard spaceAt == nil else { return nil }
                spaceAt = letters.count
                continue
            }
            guard StringFormat.isAlphanumeric(byte) else { return nil }
            letters.append(byte >= 0x61 ? byte - 0x20 : byte)
        }
        guard (5...7).contains(letters.count) else { return nil }
        let split = letters.count - 3
        guard spaceAt == nil || spaceAt == split else { return nil }
        let isLetter = letters.map { $0 >= 0x41 }
        // Inward: digit, letter, letter. Outward: A9, A99, AA9, AA99, A9A, AA9A.
        guard !isLetter[split], isLetter[split + 1], isLetter[split + 2] else { return nil }
        switch Array(isLetter[..<split]) {
        case [true, false], [true, false, false], [true, true, false], [true, true, false, false],
            [true, false, true], [true, true, false, true]:
            return String(decoding: letters[..<split], as: UTF8.self)
        default: return nil
        }
    }

    /// `A.M.L.` of `Ada May Lovelace`: the first letter of each part between white space; nil when a part begins with none.
    private static func initials(_ name: String) -> String? {
        let parts = name.split { $0.isWhitespace }
        // Bound: parts of a name.
        guard !parts.isEmpty, parts.count <= 10 else { return nil }
        var out = ""
        for part in parts {
            guard let first = part.first(where: { !"'’-(".contains($0) }), first.isLetter else { return nil }
            // The base letter only: combining marks beyond it could carry anything.
            guard let base = first.uppercased().unicodeScalars.first else { return nil }
            out.unicodeScalars.append(base)
            out += "."
        }
        return out
    }

    /// The first 130 bits of HMAC-SHA-256 in lower-case base32, 26 characters.
    private static func pseudonym(_ text: [UInt8], key: [UInt8]) -> String? {
        guard !key.isEmpty else { return nil }
        let digest = MAC.hmacSHA256(key: key, text)
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in digest.prefix(17) {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5, out.count < 26 {
                count -= 5
                out.append(alphabet[Int(bits >> UInt32(count)) & 31])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
