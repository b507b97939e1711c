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
            let hashes = try MerkleTree.inclusionProof(of: index, in: remembered.size) { try house.driver.hashes(at: $0) } ?? []
            evidence.append(
                Receipt.Evidence(leaf: entry, proof: LogProof(index: index, hashes: hashes, checkpoint: checkpoint)))
        }
        let record = house.registers.record(of: remembered.memory.caseID)
        let persons = record.flatMap { Self.persons(remembered.memory.people, of: $0, for: party) }
        return try Receipt(persons: persons, evidence: evidence).encoded()
    }

    /// The sender's own references of the message's persons with the gateway's ids; nil when there are no persons.
    static func persons(_ people: [PersonID], of record: CaseRecord, for party: PartyID) -> [String: PersonID]? {
        guard !people.isEmpty else { return nil }
        return Dictionary(people.map { (record.reference(of: $0, for: party), $0) }, uniquingKeysWith: { first, _ in first })
    }

    struct Missing: Error {}
}
