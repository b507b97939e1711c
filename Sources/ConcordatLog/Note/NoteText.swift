import ConcordatCrypto

/// The small grammar that notes, checkpoints and proofs share. Works on bytes: to Swift's `String` two spellings of one
/// name would be equal, and CR LF one character.
enum NoteText {
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    /// U+2014 and a space, with which a signature line begins.
    static let signaturePrefix: [UInt8] = [0xE2, 0x80, 0x94, 0x20]
    // Bound: the longest key name, in bytes.
    static let nameBytesMax = 255

    /// Whether `text` can name a key: not empty, no white space, no `+`, no control character.
    static func isName(_ text: String) -> Bool {
        guard (1...nameBytesMax).contains(text.utf8.count) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar != "+" && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
        }
    }

    /// Whether the texts are the same bytes.
    static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    /// Reads decimal digits without leading zeros. Nil for anything else, and beyond ``MerkleTree/sizeMax``.
    static func decimal(_ bytes: some Collection<UInt8>) -> UInt64? {
        guard (1...19).contains(bytes.count) else { return nil }
        if bytes.first == UInt8(ascii: "0"), bytes.count > 1 { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        return value <= MerkleTree.sizeMax ? value : nil
    }

    /// Reads base64 with padding in its one canonical spelling. Nil for anything else, and beyond the bound.
    static func base64(_ bytes: some Collection<UInt8>, bytesMax: Int) -> [UInt8]? {
        guard bytes.count <= (bytesMax + 2) / 3 * 4, let decoded = Base64.decode(Array(bytes)),
            decoded.count <= bytesMax
        else { return nil }
        return decoded
    }

    /// The lines of a text in which every line ends in LF, without those. Nil when the last one does not.
    static func lines(_ bytes: some BidirectionalCollection<UInt8>) -> [[UInt8]]? {
        guard bytes.last == lineFeed else { return nil }
        return bytes.dropLast().split(separator: lineFeed, omittingEmptySubsequences: false).map { Array($0) }
    }
}
