import ConcordatPayload

/// The fields of one message in the order of a decision: by data path and subject.
struct FieldOrder {
    struct Field {
        let occurrence: FieldOccurrence
        /// How many times the document holds it.
        let count: Int
        /// The number of its category.
        let category: Int
        /// Where the judge keeps its verdict, once there is one.
        var verdict = 0
    }

    /// In no order, and one that is there in one place and left out in another stands here twice.
    var fields: [Field] = []
    /// For each field in order, a number that sorts as the field does and ends in its place in ``fields``: plain numbers
    /// are cheap to move about.
    private var keys: [UInt64] = []
    // Bound: fields of one message, and people in it; the body has far fewer bytes.
    private static let placeBits: UInt64 = 24
    private static let placeMask: UInt64 = 1 << placeBits - 1

    /// The fields that are there, and those left out with a count of 0.
    ///
    /// A node that is no field of the message's schema is not among them: a plan drops what it does not name.
    init(_ present: [FieldOccurrence: Int], absent: Set<FieldOccurrence>, _ table: MessageTable) {
        let countMax = present.count + absent.count
        precondition(countMax < Self.placeMask, "a message of \(countMax) fields")
        fields.reserveCapacity(countMax)
        keys.reserveCapacity(countMax)
        for (field, count) in present { add(field, count, table) }
        for field in absent { add(field, 0, table) }
        keys.sort()
        dropRepeated()
    }

    /// How many different fields there are.
    var count: Int { keys.count }

    /// The place in ``fields`` of the field that stands at a place in order.
    func place(_ number: Int) -> Int { Int(keys[number] & Self.placeMask) }

    /// Changes the order to that of a plan: by number of the node, then by subject.
    mutating func sortByNode() {
        for number in keys.indices {
            let place = place(number)
            let field = fields[place].occurrence
            keys[number] = Self.key(field.node.value, field.subject, place)
        }
        keys.sort()
    }

    private mutating func add(_ field: FieldOccurrence, _ count: Int, _ table: MessageTable) {
        guard let node = table.node(field.node) else { return }
        keys.append(Self.key(node.rank, field.subject, fields.count))
        fields.append(Field(occurrence: field, count: count, category: node.category))
    }

    private static func key(_ major: Int, _ subject: FieldSubject, _ place: Int) -> UInt64 {
        UInt64(major) << (2 * placeBits) | min(subject.rank, placeMask) << placeBits | UInt64(place)
    }

    /// What is there in one place and left out in another is there.
    private mutating func dropRepeated() {
        var kept = 0
        for number in keys.indices {
            if kept > 0, keys[kept - 1] >> Self.placeBits == keys[number] >> Self.placeBits {
                let (before, here) = (fields[place(kept - 1)].occurrence, fields[place(number)].occurrence)
                if before == here { continue }
                // Only facts that fit no schema have one node about two roles.
                sortByName()
                return
            }
            if kept != number { keys[kept] = keys[number] }
            kept += 1
        }
        keys.removeLast(keys.count - kept)
    }

    private mutating func sortByName() {
        var once: [FieldOccurrence: UInt64] = [:]
        for key in keys {
            let field = fields[Int(key & Self.placeMask)].occurrence
            once[field] = min(once[field] ?? key, key)
        }
        let sorted = once.sorted { left, right in
            let (one, other) = (left.value >> Self.placeBits, right.value >> Self.placeBits)
            return one == other ? left.key.subject < right.key.subject : one < other
        }
        keys = sorted.map(\.value)
    }
}

extension FieldSubject {
    /// Nobody first, then persons by index, then all roles alike.
    fileprivate var rank: UInt64 {
        switch self {
        case .nobody: 0
        case .person(let index): 1 + UInt64(UInt32(clamping: index))
        case .role: .max
        }
    }
}
