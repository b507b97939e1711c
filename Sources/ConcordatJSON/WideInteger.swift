/// A 256-bit integer: unsigned where it counts digits, two's complement where it is an exponent.
///
/// Just the operations ``JSONDecimal`` needs. Callers stay within 216 bits, so nothing overflows.
struct WideInteger: Hashable, Sendable {
    var high: UInt128
    var low: UInt128

    init(high: UInt128 = 0, low: UInt128 = 0) { (self.high, self.low) = (high, low) }

    /// Sign-extended.
    init(_ value: Int) {
        low = UInt128(truncatingIfNeeded: value)
        high = value < 0 ? .max : 0
    }

    var isZero: Bool { high == 0 && low == 0 }
    /// Whether it is below zero when read as two's complement.
    var isNegative: Bool { high >> 127 == 1 }

    /// The value read as two's complement, when it fits.
    var int: Int? {
        guard let value = Int(exactly: Int128(bitPattern: low)) else { return nil }
        return high == (value < 0 ? .max : 0) ? value : nil
    }

    mutating func multiplyByTen(adding digit: UInt8 = 0) {
        let product = low.multipliedFullWidth(by: 10)
        let (sum, carried) = product.low.addingReportingOverflow(UInt128(digit))
        low = sum
        high = high &* 10 &+ product.high &+ (carried ? 1 : 0)
    }

    mutating func shiftLeft(inserting bit: Bool) {
        high = high << 1 | low >> 127
        low = low << 1 | (bit ? 1 : 0)
    }

    /// The bit at a place from 0 to 255.
    func bit(_ place: Int) -> Bool {
        (place < 128 ? low >> UInt128(place) : high >> UInt128(place - 128)) & 1 == 1
    }

    static func + (left: WideInteger, right: WideInteger) -> WideInteger {
        let (low, carried) = left.low.addingReportingOverflow(right.low)
        return WideInteger(high: left.high &+ right.high &+ (carried ? 1 : 0), low: low)
    }

    static func - (left: WideInteger, right: WideInteger) -> WideInteger {
        let (low, borrowed) = left.low.subtractingReportingOverflow(right.low)
        return WideInteger(high: left.high &- right.high &- (borrowed ? 1 : 0), low: low)
    }

    /// Whether `left` is below `right`, both unsigned.
    static func isBelow(_ left: WideInteger, _ right: WideInteger) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
