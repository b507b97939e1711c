import ConcordatJSON

// What a node says against one scalar value.
extension SchemaTable {
    // Bound: codes of one `x-requests`.
    static let requestCodesMax = 1_000

    /// What is wrong with a string for node `index`; `place` is where it stands in the enum, -1 for nowhere.
    func problem(of index: Int, _ place: Int, _ text: Span<UInt8>, _ start: Int, _ end: Int) -> PayloadError.Kind? {
        let node = nodes[index]
        if node.traits.contains(.hasEnum), place < 0 { return .notInEnum }
        if node.countMax < .max || node.countMin > 0 {
            let count = end - start
            // A code point has one to four bytes, so most texts need no counting.
            if count > Int(node.countMax) || count < 4 * Int(node.countMin) {
                let points = Self.codePoints(text, start, end)
                if points > Int(node.countMax) { return .tooLong }
                if points < Int(node.countMin) { return .tooShort }
            }
        }
        if node.format != .none, !node.format.accepts(text, start, end) { return .badFormat }
        if node.pattern >= 0, !patterns[Int(node.pattern)].matches(text, start, end) { return .patternMismatch }
        if node.codelist >= 0,
            texts.value(owner: SchemaCompiler.codelistOwner(Int(node.codelist)), text, start, end) < 0
        {
            return .unknownCode
        }
        return nil
    }

    /// Unicode code points, as JSON Schema counts length.
    private static func codePoints(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var count = 0
        for index in start..<end where text[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// Whether the text is 1 to 64 characters of `[A-Za-z0-9._-]`.
    func isIdentifier(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard (1...64).contains(end - start) else { return false }
        for index in start..<end {
            let byte = text[index]
            guard StringFormat.isAlphanumeric(byte) || byte == 0x2E || byte == 0x5F || byte == 0x2D else {
                return false
            }
        }
        return true
    }
}

extension NumberChecks {
    /// What is wrong with a number.
    func problem(of value: JSONDecimal) -> PayloadError.Kind? {
        if !values.isEmpty, !values.contains(value) { return .notInEnum }
        if let minimum, value < minimum { return .outOfRange }
        if let maximum, value > maximum { return .outOfRange }
        if let exclusiveMinimum, value <= exclusiveMinimum { return .outOfRange }
        if let exclusiveMaximum, value >= exclusiveMaximum { return .outOfRange }
        if let multipleOf, !value.isMultiple(of: multipleOf) { return .notMultiple }
        return nil
    }
}
