/// A number kept as it was written, compared as the decimal it means: `1.0`, `1` and `10e-1` are equal.
package struct JSONNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number as written, at most 64 bytes.
    package let text: String

    /// Reads the number grammar of RFC 8259. Nil for other text and for more than 64 bytes.
    package init?(_ text: String) {
        guard JSONDecimal(text) != nil else { return nil }
        self.text = text
    }

    /// A whole number.
    package init(_ value: Int) { text = String(value) }

    init(validated text: String) { self.text = text }

    /// What the text means.
    package var decimal: JSONDecimal { JSONDecimal(text) ?? .zero }
    /// Whether there is no fraction, however it is written: `1.0` and `1e2` have none.
    package var isInteger: Bool { decimal.isInteger }
    /// The exact value, or nil when it has a fraction or does not fit.
    package var intValue: Int? { decimal.intValue }
    /// Whether this is a whole number of times `divisor`. Nothing is a multiple of zero.
    package func isMultiple(of divisor: JSONNumber) -> Bool { decimal.isMultiple(of: divisor.decimal) }

    package var description: String { text }
    package static func == (left: JSONNumber, right: JSONNumber) -> Bool { left.decimal == right.decimal }
    package static func < (left: JSONNumber, right: JSONNumber) -> Bool { left.decimal < right.decimal }
    package func hash(into hasher: inout Hasher) { hasher.combine(decimal) }
}
