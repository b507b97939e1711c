import ConcordatLog
import ConcordatTerms

/// Builds an answer given before again, byte for byte, from the log and the case.
struct ReceiptMemory {
    let house: House

    /// The receipt for `message` of `party`, at the checkpoint of its own batch.
    func receipt(_ remembered: RememberedAnswer, for party: PartyID, message: MessageID) throws -> [UInt8] {
        guard let note = try house.driver.checkpointNote(size: remembered.size) else { throw Missing() }
        let checkpoint = try SignedNote(parsing: note)
        var evidence: [Receipt.Evidence] = []
        for offset in remembered.memory.decisionLeaves {
            let index = remembered.firstLeaf + UInt64(offset)
            guard let entry = try house.driver.entry(at: index) else { throw Missing() }
            guard
                let hashes = try MerkleTree.inclusionProof(
                    of: index, in: remembered.size, reading: { try house.driver.hashes(at: $0) })
            else { throw Missing() }
            evidence.append(
                Receipt.Evidence(leaf: entry, proof: LogProof(index: index, hashes: hashes, checkpoint: checkpoint)))
        }
        guard let record = house.registers.record(of: remembered.memory.caseID) else { throw Missing() }
        let persons = Self.persons(remembered.memory.people, of: record, for: party)
        return try Receipt(persons: persons, evidence: evidence).encoded()
    }

    /// The references the sender wrote in that message, with the gateway's ids; nil when there are no persons.
    ///
    /// A party has one reference of its own for a person, and once given it stays, so this never changes.
    static func persons(
        _ people: [AnswerMemory.NamedPerson], of record: CaseRecord, for party: PartyID
    ) -> [String: PersonID]? {
        guard !people.isEmpty else { return nil }
        return Dictionary(
            people.map { ($0.isByID ? $0.id.rawValue : record.reference(of: $0.id, for: party), $0.id) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Part of the answer is not there any more.
    struct Missing: Error {}
}
