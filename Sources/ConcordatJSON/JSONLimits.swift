/// The bounds of one document. Hitting one is a refusal with its own ``JSONError/Kind``.
///
/// A value outside its range is brought to the nearest end of it when a reader is made, so no setting removes a bound.
package struct JSONLimits: Sendable, Equatable {
    /// Bytes in the whole document; 1 to 1,073,741,824 (1 GiB).
    package var documentBytesMax: Int
    /// Objects and arrays open at once; 1 to 512.
    package var depthMax: Int
    /// Members in one object; 1 to 1,000,000.
    package var membersMax: Int
    /// Items in one array; 1 to 10,000,000.
    package var itemsMax: Int
    /// Bytes of one member name as written between the quotes, escapes included; 1 to 1,024.
    package var nameBytesMax: Int
    /// Bytes of one number as written; 1 to 64.
    package var numberBytesMax: Int

    /// The bounds of a message body, unless told otherwise.
    package init(
        documentBytesMax: Int = 1 << 20, depthMax: Int = 32, membersMax: Int = 1_000, itemsMax: Int = 10_000,
        nameBytesMax: Int = 256, numberBytesMax: Int = 64
    ) {
        self.documentBytesMax = documentBytesMax
        self.depthMax = depthMax
        self.membersMax = membersMax
        self.itemsMax = itemsMax
        self.nameBytesMax = nameBytesMax
        self.numberBytesMax = numberBytesMax
    }

    /// The same bounds with every value inside its range.
    package var clamped: JSONLimits {
        JSONLimits(
            documentBytesMax: Self.clamp(documentBytesMax, 1 << 30), depthMax: Self.clamp(depthMax, 512),
            membersMax: Self.clamp(membersMax, 1_000_000), itemsMax: Self.clamp(itemsMax, 10_000_000),
            nameBytesMax: Self.clamp(nameBytesMax, Self.nameBytesCeiling),
            numberBytesMax: Self.clamp(numberBytesMax, Self.numberBytesCeiling))
    }

    // Bound: the name hash has random words for this many bytes and no more.
    static let nameBytesCeiling = 1_024
    // Bound: a decimal of this many bytes fits two 128-bit halves, digits and exponent each.
    static let numberBytesCeiling = 64

    private static func clamp(_ value: Int, _ ceiling: Int) -> Int { min(max(value, 1), ceiling) }
}
