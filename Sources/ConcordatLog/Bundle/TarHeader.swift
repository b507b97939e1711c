/// One header block of a ustar archive.
struct TarHeader {
    static let blockBytes: UInt64 = 512
    // Bound: the longest path that is written; longer ones would need the prefix field.
    static let pathBytesMax = 100

    let path: String
    let byteCount: UInt64
    let isDirectory: Bool

    init(path: String, byteCount: UInt64) {
        self.path = path
        self.byteCount = byteCount
        isDirectory = false
    }

    /// Nil when the block is not a ustar header of a plain file or a directory, or its checksum does not fit.
    init?(parsing block: [UInt8]) {
        guard block[257..<262].elementsEqual("ustar".utf8), let checksum = Self.octal(block[148..<156]),
            checksum == Self.checksum(of: block), let byteCount = Self.octal(block[124..<136])
        else { return nil }
        // GNU tar's own format has two spaces where POSIX has a version, and no prefix field behind it.
        let isPOSIX = block[262..<265].elementsEqual([0x00, UInt8(ascii: "0"), UInt8(ascii: "0")])
        guard isPOSIX || block[262..<265].elementsEqual(" \u{20}\u{0}".utf8) else { return nil }
        guard let name = Self.text(block[0..<100]), let prefix = isPOSIX ? Self.text(block[345..<500]) : "" else {
            return nil
        }
        switch block[156] {
        case 0, UInt8(ascii: "0"): isDirectory = false
        case UInt8(ascii: "5") where byteCount == 0: isDirectory = true
        default: return nil
        }
        guard let path = Self.normalised(prefix.isEmpty ? name : "\(prefix)/\(name)", isDirectory: isDirectory) else {
            return nil
        }
        self.path = path
        self.byteCount = byteCount
    }

    /// The header block of a plain file that everyone in the file's group may read; nil when the path is too long.
    ///
    /// Times and owners are zero: the same log is the same archive, byte for byte.
    var block: [UInt8]? {
        guard (1...Self.pathBytesMax).contains(path.utf8.count), byteCount < 1 << 33 else { return nil }
        var block = [UInt8](repeating: 0, count: Int(Self.blockBytes))
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(path, at: 0)
        put("0000640", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(Self.octal(byteCount, digits: 11), at: 124)
        put(Self.octal(0, digits: 11), at: 136)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put(Self.octal(Self.checksum(of: block), digits: 6) + "\u{0} ", at: 148)
        return block
    }

    /// The bytes that so many take up in an archive.
    static func padded(_ byteCount: UInt64) -> UInt64 {
        byteCount > UInt64.max - blockBytes ? UInt64.max : (byteCount + blockBytes - 1) / blockBytes * blockBytes
    }

    /// The sum of the block's bytes with spaces for the checksum itself.
    private static func checksum(of block: [UInt8]) -> UInt64 {
        block.enumerated().reduce(0) { $0 + UInt64((148..<156).contains($1.offset) ? 0x20 : $1.element) }
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> UInt64? {
        let digits = field.prefix { $0 != 0 && $0 != 0x20 }
        guard (1...12).contains(digits.count), field.dropFirst(digits.count).allSatisfy({ $0 == 0 || $0 == 0x20 })
        else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value << 3 | UInt64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func octal(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String? {
        let bytes = field.prefix { $0 != 0 }
        return bytes.allSatisfy { (0x21...0x7E).contains($0) } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// The path without a leading `./`. Nil when it is absolute or has an empty, `.` or `..` component.
    private static func normalised(_ path: String, isDirectory: Bool) -> String? {
        var bytes = Array(path.utf8)[...]
        if bytes.starts(with: "./".utf8) { bytes = bytes.dropFirst(2) }
        if isDirectory {
            if bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
            if bytes.isEmpty { return "" }
        }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
        return isPlain ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
