/// Changes bytes blindly: flips, cuts, repeats, splices, and puts in words that readers treat specially.
struct ByteMutator {
    // Bound: the longest input; longer ones only cost time.
    static let bytesMax = 64 * 1024

    /// Words worth putting in, beside those of the target.
    let words: [[UInt8]]

    /// A mutator for texts with these words of their own.
    init(words: [String] = []) {
        self.words = (Self.words + words).map { Array($0.utf8) } + Self.bytes
    }

    /// A changed copy of `seed`; now and then pieces of `other` are in it.
    func mutate(_ seed: [UInt8], other: [UInt8], _ dice: inout FuzzDice) -> [UInt8] {
        var input = seed
        // One change finds what a parser forgets; many find what it confuses.
        let changes = dice.oneIn(8) ? 1 + dice.below(16) : dice.oneIn(2) ? 1 : 1 + dice.below(3)
        for _ in 0..<changes { change(&input, other, &dice) }
        return input.count > Self.bytesMax ? Array(input[..<Self.bytesMax]) : input
    }

    private func change(_ input: inout [UInt8], _ other: [UInt8], _ dice: inout FuzzDice) {
        let at = dice.below(input.count + 1)
        switch dice.below(11) {
        case 0 where at < input.count: input[at] ^= 1 << UInt8(dice.below(8))
        case 1 where at < input.count: input[at] = UInt8(truncatingIfNeeded: dice.next())
        case 2 where at < input.count: input.remove(at: at)
        case 3: input.insert(UInt8(truncatingIfNeeded: dice.next()), at: at)
        case 4: input.removeSubrange(span(at, in: input, &dice))
        case 5: input.insert(contentsOf: Array(input[span(at, in: input, &dice)]), at: at)
        case 6: input.insert(contentsOf: dice.pick(words), at: at)
        case 7:
            let target = span(at, in: input, &dice)
            input.replaceSubrange(target, with: dice.pick(words))
        case 8: input.replaceSubrange(at..<input.count, with: other.suffix(dice.below(other.count + 1)))
        case 9:
            let piece = span(dice.below(other.count + 1), in: other, &dice)
            input.insert(contentsOf: other[piece], at: at)
        default: changeNumber(&input, from: at, &dice)
        }
    }

    private func span(_ start: Int, in bytes: [UInt8], _ dice: inout FuzzDice) -> Range<Int> {
        let lengthMax = dice.oneIn(8) ? bytes.count : 16
        return start..<min(bytes.count, start + dice.below(lengthMax + 1))
    }

    /// The next number at or after `from` becomes one near a bound.
    private func changeNumber(_ input: inout [UInt8], from: Int, _ dice: inout FuzzDice) {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let start = input[from...].firstIndex(where: isDigit) else { return }
        let end = input[start...].firstIndex { !isDigit($0) } ?? input.endIndex
        input.replaceSubrange(start..<end, with: Array(dice.pick(Self.numbers).utf8))
    }

    private static let numbers = [
        "0", "1", "00", "255", "256", "257", "65535", "65536", "2147483647", "2147483648", "4294967295",
        "9007199254740992", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "1e308", "1e309", "1e-400", "-0", "0.1", "1E+2", "99999999999999999999999999999999",
    ]
    private static let words = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "false", "{}", "[]", "\"\"", "\\u0000", "\\ud800",
        "\\udc00", "\\ud83d\\ude00", "\\uFFFE", "\\\"", " ", "\t", "\r\n", "\n", "\n\n", "\u{FEFF}", "\u{2028}", "é",
        "e\u{301}",
        "K", "\u{212A}", "-", "+", "/", "~0", "~1", "*", "..", ".", "#", "x", "=", "==", "0", "1e9999", "- ", ": ",
        "? ", "&a ", "*a", "!!int ",
    ]
    private static let bytes: [[UInt8]] = [
        [0], [0x7F], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBF, 0xBE], [0x1F],
    ]
}
