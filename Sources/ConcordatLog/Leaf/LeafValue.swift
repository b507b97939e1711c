import ConcordatJSON

/// What a leaf may be made of: no fractions and no null, so that every content has one spelling everywhere.
enum LeafValue: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([LeafValue])
    case object([LeafMember])

    // Bound: the largest number, either side of zero, that every JSON reader keeps exactly (RFC 7493 section 2.2).
    static let integerMax = 1 << 53 - 1

    /// Reads a document. Refuses nulls, fractions, numbers over the bound, anything that is not visible ASCII or a space,
    /// and anything that is not strict I-JSON.
    ///
    /// ASCII alone, because to Swift's `String` some other characters are equal to ASCII ones, as U+212A is to `K`.
    init(parsing bytes: [UInt8]) throws(LeafError) {
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .notALeaf }
        let document: JSONValue
        do { document = try JSONValue.parse(bytes, limits: Self.limits) } catch { throw .notALeaf }
        guard let value = LeafValue(document) else { throw .notALeaf }
        self = value
    }

    /// The canonical bytes (RFC 8785) of a value of visible ASCII and spaces.
    ///
    /// Written here and not by way of a tree of JSON, because it is half the work of a message's leaf: in ASCII the form is
    /// sorted members, two escapes, and whole numbers that a double holds exactly. Tests hold it against the general one.
    var canonical: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4096)
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .string(let text): Self.write(text, to: &bytes)
        case .integer(let integer): bytes.append(contentsOf: String(integer).utf8)
        case .boolean(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                item.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.sorted(by: { $0.name < $1.name }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let limits = JSONLimits(
        documentBytesMax: Leaf.bytesMax, depthMax: 4, membersMax: 64, itemsMax: 4096, nameBytesMax: 64,
        numberBytesMax: 17)

    private init?(_ json: JSONValue) {
        switch json {
        case .string(let text): self = .string(text)
        case .bool(let flag): self = .boolean(flag)
        case .number(let number):
            guard let integer = number.intValue, integer.magnitude <= UInt(Self.integerMax) else { return nil }
            self = .integer(integer)
        case .array(let items):
            let values = items.compactMap { LeafValue($0) }
            guard values.count == items.count else { return nil }
            self = .array(values)
        case .object(let members):
            var values: [LeafMember] = []
            for member in members {
                guard let value = LeafValue(member.value) else { return nil }
                values.append(LeafMember(name: member.name, value: value))
            }
            self = .object(values)
        case .null: return nil
        }
    }
}

/// One member of an object of a leaf.
struct LeafMember: Equatable, Sendable {
    let name: String
    let value: LeafValue
}
