/// The syntax tree of an I-Regexp (RFC 9485).
indirect enum IRegexp {
    /// One code point out of these ranges.
    case set([ClosedRange<UInt32>])
    case sequence([IRegexp])
    case alternatives([IRegexp])
    /// So many times; no upper bound when nil.
    case repeated(IRegexp, Int, Int?)
}

/// Why a `pattern` is refused.
enum PatternFault: Error {
    case anchors, portability, syntax, size
}

/// Reads the text of `pattern` between its anchors.
///
/// JSON Schema leaves `pattern` unanchored while an I-Regexp matches the whole text, so the text must carry `^` and `$`, and
/// alternatives must stand in parentheses: every validator then reads the same.
struct IRegexpParser {
    private let scalars: [UInt32]
    private var index = 0
    private let end: Int
    private var nesting = 0

    // Bound: code points of one pattern, and parentheses within each other.
    private static let lengthMax = 512
    private static let nestingMax = 16
    // Bound: the largest count of a quantifier.
    private static let countMax = 1_000

    static func parse(_ text: String) throws(PatternFault) -> IRegexp {
        var parser = try IRegexpParser(text)
        let tree = try parser.alternatives(isOutermost: true)
        guard parser.index == parser.end else { throw .syntax }
        return tree
    }

    private init(_ text: String) throws(PatternFault) {
        scalars = text.unicodeScalars.map(\.value)
        guard scalars.count <= Self.lengthMax else { throw .size }
        guard scalars.count >= 2, scalars.first == Self.code("^"), scalars.last == Self.code("$") else {
            throw .anchors
        }
        index = 1
        end = scalars.count - 1
        // An odd number of backslashes before the `$` makes it an escaped one.
        let backslashes = scalars[1..<end].reversed().prefix { $0 == Self.code("\\") }.count
        guard backslashes.isMultiple(of: 2) else { throw .anchors }
    }

    private static func code(_ scalar: Unicode.Scalar) -> UInt32 { scalar.value }
    private var peek: UInt32? { index < end ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar.value else { return false }
        index += 1
        return true
    }

    private mutating func alternatives(isOutermost: Bool) throws(PatternFault) -> IRegexp {
        var branches = [try branch()]
        while take("|") {
            // `^a|b$` is `(^a)|(b$)` to every other validator.
            if isOutermost { throw .anchors }
            branches.append(try branch())
        }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func branch() throws(PatternFault) -> IRegexp {
        var pieces: [IRegexp] = []
        while let next = peek, next != Self.code("|"), next != Self.code(")") {
            pieces.append(try quantified(try atom()))
        }
        return .sequence(pieces)
    }

    private mutating func atom() throws(PatternFault) -> IRegexp {
        guard let next = peek, let scalar = Unicode.Scalar(next) else { throw .syntax }
        index += 1
        switch scalar {
        case "(":
            nesting += 1
            guard nesting <= Self.nestingMax else { throw .size }
            let inner = try alternatives(isOutermost: false)
            guard take(")") else { throw .syntax }
            nesting -= 1
            return inner
        case ".": return .set(Self.complement([0x0A...0x0A, 0x0D...0x0D]))
        case "[": return .set(try characterClass())
        case "\\":
            let escaped = try escape()
            return .set([escaped...escaped])
        case "^", "$": throw .portability
        case "*", "+", "?", "{", "}", "]", ")", "|": throw .syntax
        default: return .set([next...next])
        }
    }

    private mutating func quantified(_ atom: IRegexp) throws(PatternFault) -> IRegexp {
        if take("*") { return .repeated(atom, 0, nil) }
        if take("+") { return .repeated(atom, 1, nil) }
        if take("?") { return .repeated(atom, 0, 1) }
        guard take("{") else { return atom }
        guard let lower = try number() else { throw .syntax }
        var upper: Int? = lower
        if take(",") { upper = try number() }
        guard take("}") else { throw .syntax }
        if let upper, upper < lower { throw .syntax }
        return .repeated(atom, lower, upper)
    }

    private mutating func number() throws(PatternFault) -> Int? {
        var value: Int?
        while let next = peek, (0x30...0x39).contains(next) {
            value = (value ?? 0) * 10 + Int(next - 0x30)
            guard value ?? 0 <= Self.countMax else { throw .size }
            index += 1
        }
        return value
    }

    /// SingleCharEsc of RFC 9485; `\p` and `\P` are legal there but not in every validator.
    private mutating func escape() throws(PatternFault) -> UInt32 {
        guard let next = peek, let scalar = Unicode.Scalar(next) else { throw .syntax }
        index += 1
        switch scalar {
        case "(", ")", "*", "+", "-", ".", "?", "[", "\\", "]", "^", "{", "|", "}": return next
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "p", "P": throw .portability
        default: throw .syntax
        }
    }

    private mutating func characterClass() throws(PatternFault) -> [ClosedRange<UInt32>] {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        if take("-") { ranges.append(0x2D...0x2D) }
        while let next = peek, next != Self.code("]") {
            if next == Self.code("-") {
                // A bare hyphen is literal at the end only.
                index += 1
                guard peek == Self.code("]") else { throw .syntax }
                ranges.append(0x2D...0x2D)
                break
            }
            let first = try classCharacter()
            guard peek == Self.code("-"), index + 1 < end, scalars[index + 1] != Self.code("]") else {
                ranges.append(first...first)
                continue
            }
            index += 1
            let last = try classCharacter()
            guard first <= last else { throw .syntax }
            ranges.append(first...last)
        }
        guard take("]"), !ranges.isEmpty else { throw .syntax }
        return isNegated ? Self.complement(ranges) : ranges
    }

    private mutating func classCharacter() throws(PatternFault) -> UInt32 {
        guard let next = peek else { throw .syntax }
        index += 1
        if next == Self.code("\\") { return try escape() }
        guard next != Self.code("["), next != Self.code("]"), next != Self.code("-") else { throw .syntax }
        return next
    }

    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var out: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { out.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { out.append(next...0x10FFFF) }
        return out
    }
}
