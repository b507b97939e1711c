/// The exact value of a number, whatever its exponent, in a fixed 88 bytes or so.
///
/// A number is at most 64 bytes as written, so its digits and its exponent each fit 216 bits; no operation takes more than
/// a few hundred steps, not even on `1e-999999999999999999`.
package struct JSONDecimal: Hashable, Sendable {
    // Invariant: the value is ±digits · 10^exponent; digits do not end in a decimal zero; zero has no sign and exponent 0.
    private var digits = WideInteger()
    private var digitCount = 0
    private var exponent = WideInteger()
    private var isNegative = false

    /// Zero, which `-0.0e5` is too.
    package static let zero = JSONDecimal()

    /// A whole number.
    package init(_ value: Int) { self = JSONDecimal(String(value)) ?? .zero }

    /// Reads the number grammar of RFC 8259. Nil for other text and for more than 64 bytes.
    package init?(_ text: String) {
        let utf8 = text.utf8
        self.init(checking: utf8.span.bytes)
    }

    /// The number at a slice that a reader gave out for this document.
    package init(_ slice: JSONSlice, in document: RawSpan) { self.init(document, slice.start, slice.end) }

    /// Whether there is no fraction, however it is written.
    package var isInteger: Bool { !exponent.isNegative }

    /// The exact value; nil when it has a fraction or does not fit.
    package var intValue: Int? {
        guard let zeros = exponent.int, (0...18).contains(zeros), digits.high == 0 else { return nil }
        var magnitude = digits.low
        for _ in 0..<zeros {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            magnitude = product
        }
        guard let value = Int128(exactly: magnitude) else { return nil }
        return Int(exactly: isNegative ? -value : value)
    }

    /// Whether this is a whole number of times `divisor`. Nothing is a multiple of zero; zero is one of all else.
    package func isMultiple(of divisor: JSONDecimal) -> Bool {
        guard !divisor.digits.isZero else { return false }
        guard !digits.isZero else { return true }
        let zeros = exponent - divisor.exponent
        // Our digits do not end in a zero, so no power of ten divides them.
        guard !zeros.isNegative else { return false }
        // The divisor's digits hold fewer than 216 twos and fives; more zeros than that change nothing.
        let steps = min(zeros.int ?? Self.zerosMax, Self.zerosMax)
        var rest = WideInteger()
        for place in stride(from: 255, through: 0, by: -1) {
            rest.shiftLeft(inserting: digits.bit(place))
            if !WideInteger.isBelow(rest, divisor.digits) { rest = rest - divisor.digits }
        }
        for _ in 0..<steps where !rest.isZero {
            rest.multiplyByTen()
            while !WideInteger.isBelow(rest, divisor.digits) { rest = rest - divisor.digits }
        }
        return rest.isZero
    }

    // Bound: factors of ten in one step of long division.
    private static let zerosMax = 216

    private init() {}

    private init?(checking bytes: RawSpan) {
        var scanner = NumberScanner(start: 0)
        guard scanner.scan(bytes, to: bytes.byteCount, bytesMax: JSONLimits.numberBytesCeiling) == .ranOut,
            scanner.isNumber
        else { return nil }
        self.init(bytes, 0, bytes.byteCount)
    }

    private init(_ bytes: RawSpan, _ start: Int, _ end: Int) {
        var index = start
        var zeros = 0
        var fractionDigits = 0
        var inFraction = false
        number: while index < end {
            let byte = bytes.byte(at: index)
            index += 1
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): inFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break number
            default:
                if inFraction { fractionDigits += 1 }
                take(digit: byte - UInt8(ascii: "0"), &zeros)
            }
        }
        guard digitCount > 0 else { self = .zero; return }
        exponent = Self.exponent(bytes, index, end) + WideInteger(zeros - fractionDigits)
    }

    /// Adds a digit, but keeps zeros back until another digit follows.
    private mutating func take(digit: UInt8, _ zeros: inout Int) {
        guard digit != 0 else {
            if digitCount > 0 { zeros += 1 }
            return
        }
        for _ in 0..<zeros { digits.multiplyByTen() }
        digits.multiplyByTen(adding: digit)
        digitCount += zeros + 1
        zeros = 0
    }

    private static func exponent(_ bytes: RawSpan, _ start: Int, _ end: Int) -> WideInteger {
        var value = WideInteger()
        var isNegative = false
        for index in start..<max(start, end) {
            let byte = bytes.byte(at: index)
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            default: value.multiplyByTen(adding: byte - UInt8(ascii: "0"))
            }
        }
        return isNegative ? WideInteger() - value : value
    }
}

extension JSONDecimal: Comparable {
    package static func < (left: JSONDecimal, right: JSONDecimal) -> Bool {
        switch (left.sign, right.sign) {
        case (1, 1): left.magnitudeIsBelow(right)
        case (-1, -1): right.magnitudeIsBelow(left)
        case (let first, let second): first < second
        }
    }

    private var sign: Int { digits.isZero ? 0 : isNegative ? -1 : 1 }

    private func magnitudeIsBelow(_ other: JSONDecimal) -> Bool {
        let distance = (exponent + WideInteger(digitCount)) - (other.exponent + WideInteger(other.digitCount))
        guard distance.isZero else { return distance.isNegative }
        return WideInteger.isBelow(digits(padded: other.digitCount), other.digits(padded: digitCount))
    }

    /// The digits with zeros after them, up to a count.
    private func digits(padded count: Int) -> WideInteger {
        var padded = digits
        for _ in 0..<max(0, count - digitCount) { padded.multiplyByTen() }
        return padded
    }
}
