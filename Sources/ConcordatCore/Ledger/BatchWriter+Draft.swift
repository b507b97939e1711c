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
        var sealed: (prover: BatchProver, note: SignedNote)?

        init(time: UTCInstant, frontier: TreeFrontier, sequence: Int64) {
            (self.time, self.before, self.after, self.sequence) = (time, frontier, frontier, sequence)
        }

        /// Changes with the sequences they would get here.
        func numbered(_ changes: [LedgerChange]) -> [LedgerChange] {
            var next = sequence
            return changes.map { change in
                guard case .putDelivery(var delivery, let copy) = change else { return change }
                next += 1
                delivery.sequence = next
                return .putDelivery(delivery, copy: copy)
            }
        }

        mutating func add(
            _ record: LedgerRecord, entries new: [[UInt8]], changes: [LedgerChange], rows: [LedgerBatch.Row]
        ) {
            let first = before.size + UInt64(entries.count)
            if let claim = record.claim { claims.append((claim, firstLeaf: first)) }
            for (step, (leaf, entry)) in zip(record.leaves, new).enumerated() {
                batch.leaves.append(leaf.row(index: first + UInt64(step), entry: entry, time: time))
            }
            entries += new
            self.changes += changes
            batch.rows += rows.map { row in
                guard case .putReplay(_, _, let sealed) = row else { return row }
                return .putReplay(first: first, time: time, sealed: sealed)
            }
            sequence += Int64(changes.count { if case .putDelivery = $0 { true } else { false } })
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
        case .notice(let leaf):
            row = (leaf.by, leaf.recipient, nil, leaf.caseID)
            delivery = leaf.notice
        case .consent(let leaf): row = (leaf.recordedBy, nil, nil, leaf.caseID)
        case .caseChange(let leaf): row = (leaf.party, nil, leaf.message, leaf.caseID)
        case .view(let leaf): row.sender = leaf.party
        case .admin, .protocolChange, .signOff, .start, .stop, .clock: break
        }
        return LedgerBatch.LeafRow(
            index: index, entry: entry, time: time, kind: body.kind.rawValue, sender: row.sender,
            recipient: row.recipient, message: row.message, caseID: row.caseID, delivery: delivery)
    }
}
