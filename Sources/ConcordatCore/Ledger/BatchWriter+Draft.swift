import ConcordatLog
import ConcordatTerms

extension BatchWriter {
    /// A batch in the making.
    struct Draft {
        let time: UTCInstant
        let before: TreeFrontier
        var after: TreeFrontier
        var sequence: Int64
        var accepted: [Sequencer.Waiting] = []
        var entries: [[UInt8]] = []
        var changes: [LedgerChange] = []
        var claims: [(IdempotencyClaim, firstLeaf: UInt64)] = []
        var batch = LedgerBatch()
        var prover: BatchProver?
        var note: SignedNote?

        init(time: UTCInstant, frontier: TreeFrontier, sequence: Int64) {
            (self.time, self.before, self.after, self.sequence) = (time, frontier, frontier, sequence)
        }

        mutating func add(_ record: LedgerRecord, entries new: [[UInt8]]) {
            let first = before.size + UInt64(entries.count)
            if let claim = record.claim { claims.append((claim, firstLeaf: first)) }
            for (step, (leaf, entry)) in zip(record.leaves, new).enumerated() {
                batch.leaves.append(leaf.row(index: first + UInt64(step), entry: entry, time: time))
            }
            entries += new
            for change in record.changes {
                if case .putDelivery(var delivery, let copy) = change {
                    sequence += 1
                    delivery.sequence = sequence
                    changes.append(.putDelivery(delivery, copy: copy))
                } else {
                    changes.append(change)
                }
            }
        }
    }
}

extension Leaf {
    /// The leaf with the ids it can be found by.
    func row(index: UInt64, entry: [UInt8], time: UTCInstant) -> LedgerBatch.LeafRow {
        var row = (sender: PartyID?.none, recipient: PartyID?.none, message: MessageID?.none, caseID: CaseID?.none)
        var delivery: DeliveryID?
        switch body {
        case .decision(let leaf):
            row = (leaf.sender, leaf.recipient, leaf.message, leaf.caseID)
            delivery = leaf.delivery
        case .refusal(let leaf): row = (leaf.sender, nil, leaf.message, leaf.caseID)
        case .refusalSummary(let leaf): row.sender = leaf.party
        case .handOver(let leaf):
            row = (nil, leaf.recipient, leaf.message, nil)
            delivery = leaf.delivery
        case .handOverOutcome(let leaf): delivery = leaf.delivery
        case .deliveryEnd(let leaf): delivery = leaf.delivery
        case .consent(let leaf): row = (leaf.recordedBy, nil, nil, leaf.caseID)
        case .caseChange(let leaf): row = (leaf.party, nil, leaf.message, leaf.caseID)
        case .view(let leaf): row.sender = leaf.party
        case .admin, .protocolChange, .start, .stop, .clock: break
        }
        return LedgerBatch.LeafRow(
            index: index, entry: entry, time: time, kind: body.kind.rawValue, sender: row.sender,
            recipient: row.recipient, message: row.message, caseID: row.caseID, delivery: delivery)
    }
}
