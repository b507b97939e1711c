package import ConcordatCore
package import ConcordatLog
package import ConcordatTerms
import Synchronization

/// A ledger in memory, which can be told to fail, and to fail but still apply.
package final class MemoryLedger: LedgerDriver {
    /// How a commit goes wrong.
    package enum Fault: Sendable {
        /// Nothing of the batch is there.
        case rollBack
        /// It is there, and the caller is told that nobody knows.
        case applyButFail
        /// It is not there, and the caller is told that nobody knows.
        case loseAndFail
    }

    /// A read was made to fail.
    package struct ReadFault: Error {}

    private struct State {
        var image = LedgerImage()
        var leaves: [LedgerBatch.LeafRow] = []
        var nodes: [SubtreeAddress: MerkleHash] = [:]
        var notes: [UInt64: [UInt8]] = [:]
        var cases: [CaseID: [UInt8]] = [:]
        var deliveries: [DeliveryID: Delivery] = [:]
        var copies: [DeliveryID: [UInt8]] = [:]
        var answers: [String: RememberedAnswer] = [:]
        var archives: [VersionID: [UInt8]] = [:]
        var replay: [(row: ReplayRow, time: UTCInstant)] = []
        var protocols: [VersionID: (record: [UInt8], report: [UInt8]?)] = [:]
        var faults: [Fault] = []
        var failsReads = false
        var free: Int64 = 1 << 40
        var commits = 0
        var truncations = 0
    }

    private let state = Mutex(State())

    package init() {}

    // What a test tells it.

    package func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }
    package func failReads(_ fails: Bool) { state.withLock { $0.failsReads = fails } }
    package func setFreeBytes(_ bytes: Int64) { state.withLock { $0.free = bytes } }
    /// Changes an archive under its id, as somebody with the database in hand might.
    package func tamper(with id: VersionID) { state.withLock { $0.archives[id]?.append(0) } }
    package var commits: Int { state.withLock { $0.commits } }
    package var truncations: Int { state.withLock { $0.truncations } }
    package var copyCount: Int { state.withLock { $0.copies.count } }

    // What the gateway asks of it.

    package func load() throws -> LedgerImage {
        state.withLock { state in
            var image = state.image
            image.cases = state.cases.map { (id: $0.key, sealed: $0.value) }
            image.deliveries = state.deliveries.values.filter { !$0.state.isFinished }.sorted {
                $0.sequence < $1.sequence
            }
            image.protocols = state.protocols.values.map(\.record)
            image.lastSequence = state.deliveries.values.map(\.sequence).max() ?? 0
            return image
        }
    }

    package func remembered(party: PartyID, message: MessageID) throws -> RememberedAnswer? {
        state.withLock { $0.answers["\(party) \(message)"] }
    }

    package func commit(_ batch: LedgerBatch) throws(LedgerDriverFault) {
        let fault = state.withLock { state -> LedgerDriverFault? in
            state.commits += 1
            switch state.faults.isEmpty ? nil : state.faults.removeFirst() {
            case .rollBack: return .rolledBack("told to")
            case .loseAndFail: return .uncertain("told to")
            case .applyButFail:
                return Self.apply(batch, to: &state) ? .uncertain("told to") : .rolledBack("a constraint")
            case nil: return Self.apply(batch, to: &state) ? nil : .rolledBack("a constraint")
            }
        }
        if let fault { throw fault }
    }

    private static func apply(_ batch: LedgerBatch, to state: inout State) -> Bool {
        var next = state
        for leaf in batch.leaves {
            guard leaf.index == UInt64(next.leaves.count) else { return false }
            next.leaves.append(leaf)
        }
        for (address, hash) in batch.nodes {
            guard next.nodes.updateValue(hash, forKey: address) == nil else { return false }
        }
        if !batch.leaves.isEmpty {
            next.notes[batch.size] = batch.checkpoint
            (next.image.checkpoint, next.image.frontier) = (batch.checkpoint, batch.frontier)
            next.image.lastTime = batch.time
        }
        for row in batch.rows { guard apply(row, to: &next) else { return false } }
        state = next
        return true
    }

    private static func apply(_ row: LedgerBatch.Row, to state: inout State) -> Bool {
        switch row {
        case .putCase(let id, let sealed): state.cases[id] = sealed
        case .putDelivery(let delivery, let copy):
            guard state.deliveries.updateValue(delivery, forKey: delivery.id) == nil else { return false }
            state.copies[delivery.id] = copy
        case .moveDelivery(let id, to: let new, let attempts, let next, let copy):
            guard var delivery = state.deliveries[id] else { return false }
            (delivery.state, delivery.attempts, delivery.next) = (new, attempts, next)
            state.deliveries[id] = delivery
            switch copy {
            case .keep: break
            case .replace(let sealed): state.copies[id] = sealed
            case .destroy: state.copies[id] = nil
            }
        case .putStanding(let bytes): state.image.standing = bytes
        case .putArchive(let id, let bytes): state.archives[id] = state.archives[id] ?? bytes
        case .putProtocol(let id, let record, let report):
            guard state.archives[id] != nil else { return false }
            state.protocols[id] = (record, report ?? state.protocols[id]?.report)
        case .putReplay(let first, let time, let sealed):
            let sequence = (state.replay.last?.row.sequence ?? 0) + 1
            state.replay.append((ReplayRow(sequence: sequence, first: first, sealed: sealed), time))
        case .remember(let party, let message, let answer):
            return state.answers.updateValue(answer, forKey: "\(party) \(message)") == nil
        }
        return true
    }

    package func forgetAnswers(before moment: UTCInstant, limit: Int) throws(LedgerDriverFault) {
        state.withLock { state in
            let old = state.answers.filter { $0.value.at < moment }.sorted { $0.value.at < $1.value.at }.prefix(limit)
            for (key, _) in old { state.answers[key] = nil }
        }
    }

    package func forgetReplay(before moment: UTCInstant, limit: Int) throws(LedgerDriverFault) {
        state.withLock { state in
            let old = Set(state.replay.filter { $0.time < moment }.prefix(limit).map(\.row.sequence))
            state.replay.removeAll { old.contains($0.row.sequence) }
        }
    }

    /// Turns one bit of the oldest record that drafts are tried on, as a bad disk would.
    package func damageReplay() {
        state.withLock { state in
            guard let (row, time) = state.replay.first else { return }
            var sealed = row.sealed
            sealed[sealed.count - 1] ^= 1
            state.replay[0] = (ReplayRow(sequence: row.sequence, first: row.first, sealed: sealed), time)
        }
    }

    package func replayRecords(from moment: UTCInstant, before: Int64?, limit: Int) throws -> [ReplayRow] {
        state.withLock { state in
            state.replay.reversed().filter { $0.time >= moment && $0.row.sequence < before ?? .max }.prefix(limit)
                .map(\.row)
        }
    }

    package func checkpoint() throws {}
    package func truncateLog() throws { state.withLock { $0.truncations += 1 } }

    // Reads

    private func read<Value>(_ body: (State) -> Value) throws -> Value {
        try state.withLock { state in
            guard !state.failsReads else { throw ReadFault() }
            return body(state)
        }
    }

    package func entry(at index: UInt64) throws -> [UInt8]? {
        try read { index < UInt64($0.leaves.count) ? $0.leaves[Int(index)].entry : nil }
    }

    package func entries(from index: UInt64, count: Int) throws -> [[UInt8]] {
        try read { $0.leaves.dropFirst(Int(clamping: index)).prefix(count).map(\.entry) }
    }

    package func hashes(at addresses: [SubtreeAddress]) throws -> [MerkleHash] {
        let found = try read { state in addresses.compactMap { state.nodes[$0] } }
        guard found.count == addresses.count else { throw ReadFault() }
        return found
    }

    package func checkpointNote(size: UInt64?) throws -> [UInt8]? {
        try read { state in size.map { state.notes[$0] } ?? state.image.checkpoint }
    }

    package func copy(of delivery: DeliveryID) throws -> [UInt8]? { try read { $0.copies[delivery] } }

    package func deliveries(sender: PartyID, message: MessageID) throws -> [Delivery] {
        try read { state in
            state.deliveries.values.filter { $0.sender == sender && $0.message == message }
                .sorted { $0.sequence < $1.sequence }
        }
    }

    package func deliveries(in states: Set<DeliveryState>, limit: Int) throws -> [Delivery] {
        try read { state in
            Array(
                state.deliveries.values.filter { states.contains($0.state) }.sorted { $0.sequence < $1.sequence }
                    .prefix(limit))
        }
    }

    package func delivery(_ id: DeliveryID) throws -> Delivery? { try read { $0.deliveries[id] } }

    package func leaves(matching filter: LeafFilter, before: UInt64?, limit: Int) throws -> [UInt64] {
        try read { state in
            Array(
                state.leaves.reversed().filter { leaf in
                    (before.map { leaf.index < $0 } ?? true) && (filter.kind.map { leaf.kind == $0 } ?? true)
                        && (filter.party.map { leaf.sender == $0 || leaf.recipient == $0 } ?? true)
                        && (filter.message.map { leaf.message == $0 } ?? true)
                        && (filter.caseID.map { leaf.caseID == $0 } ?? true)
                        && (filter.delivery.map { leaf.delivery == $0 } ?? true)
                }.map(\.index).prefix(limit))
        }
    }

    package func answer(party: PartyID, message: MessageID) throws -> RememberedAnswer? {
        try read { $0.answers["\(party) \(message)"] }
    }

    package func archive(_ id: VersionID) throws -> [UInt8]? { try read { $0.archives[id] } }

    package func protocolReport(_ id: VersionID) throws -> [UInt8]? { try read { $0.protocols[id]?.report } }

    package func freeBytes() throws -> Int64 { state.withLock { $0.free } }
}
