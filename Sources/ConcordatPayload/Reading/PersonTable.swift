import ConcordatTerms

/// The persons of one message by the bytes of the sender's reference, in the order of first mention.
struct PersonTable {
    private struct Entry {
        let hash: Int
        let reference: [UInt8]
        var roles: UInt64
    }

    private var entries: [Entry] = []
    private var slots: [Int16] = []
    private static let slotCount = 512

    var count: Int { entries.count }

    /// The index of the person with the reference `start..<end` of `text`; nil when that would be one too many.
    mutating func index(of text: Span<UInt8>, _ start: Int, _ end: Int) -> Int32? {
        if slots.isEmpty { slots = Array(repeating: -1, count: Self.slotCount) }
        let hash = Self.hash(text, start, end)
        var slot = hash & (Self.slotCount - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if entries[place].hash == hash, Self.equal(entries[place].reference, text, start, end) {
                return Int32(place)
            }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        guard entries.count < MessageReader.personsMax else { return nil }
        var reference: [UInt8] = []
        reference.reserveCapacity(end - start)
        for index in start..<end { reference.append(text[index]) }
        slots[slot] = Int16(entries.count)
        entries.append(Entry(hash: hash, reference: reference, roles: 0))
        return Int32(entries.count - 1)
    }

    /// Notes roles, as bits, that the message states of a person.
    mutating func state(_ roles: UInt64, of person: Int32) { entries[Int(person)].roles |= roles }

    /// The persons, with the roles that the bits stand for.
    func stated(_ roles: [Role]) -> [StatedPerson] {
        entries.map { entry in
            var stated = Set<Role>()
            for (bit, role) in roles.enumerated() where entry.roles >> UInt64(bit) & 1 == 1 { stated.insert(role) }
            return StatedPerson(
                reference: Sensitive(String(decoding: entry.reference, as: UTF8.self)), roles: stated)
        }
    }

    /// FNV-1a. A sender may choose collisions; there are at most so many persons to compare with.
    private static func hash(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in start..<end { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }

    private static func equal(_ reference: [UInt8], _ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard reference.count == end - start else { return false }
        for index in reference.indices where reference[index] != text[start + index] { return false }
        return true
    }
}
