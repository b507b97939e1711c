import ConcordatCrypto
package import ConcordatLog
package import ConcordatTerms

/// Turns waiting records into one batch and hands it to the store. Lives on the writer's thread only.
package struct BatchWriter: ~Copyable, Sendable {
    enum Outcome {
        case done
        case refused(String)
        case halted(String)
    }

    private let driver: any LedgerDriver
    private let signer: NoteSigner
    private let registerKey: [UInt8]
    private let now: @Sendable () -> UTCInstant
    private let batchesBetweenCheckpoints = 1_000

    private var frontier: TreeFrontier
    private var lastTime: UTCInstant
    private var lastSequence: Int64
    private var batchesSinceCheckpoint = 0
    private let freeBytesReserve: Int64

    /// - Parameters:
    ///   - image: what the store held at start.
    ///   - freeBytesReserve: with less free space than this, only records without new deliveries are taken.
    /// - Throws: when the tree in the store cannot be read, or its newest checkpoint does not fit it.
    package init(
        driver: any LedgerDriver, image: LedgerImage, signer: NoteSigner, registerKey: [UInt8], freeBytesReserve: Int64,
        now: @escaping @Sendable () -> UTCInstant
    ) throws {
        (self.driver, self.signer, self.registerKey) = (driver, signer, registerKey)
        (self.freeBytesReserve, self.now) = (freeBytesReserve, now)
        frontier = try image.frontier.map { try TreeFrontier(restoring: $0) } ?? TreeFrontier()
        lastTime = image.lastTime ?? UTCInstant(milliseconds: 0)
        lastSequence = image.lastSequence
    }

    /// Writes a batch, then answers every record in it.
    mutating func write(_ waiting: [Sequencer.Waiting], over registers: Registers) -> Outcome {
        var draft = Draft(time: max(now(), lastTime), frontier: frontier, sequence: lastSequence)
        var overlay = LedgerOverlay(registers)
        var refused: [(Sequencer.Waiting, LedgerFault)] = []
        let isShort = ((try? driver.freeBytes()) ?? 0) < freeBytesReserve
        for one in waiting {
            do throws(LedgerFault) {
                if isShort, one.record.needsSpace { throw .unavailable }
                try admit(one.record, to: &draft, over: &overlay)
                draft.accepted.append(one)
            } catch {
                refused.append((one, error))
            }
        }
        defer { for (one, fault) in refused { one.then(.failure(fault)) } }
        guard !draft.accepted.isEmpty else { return .done }
        do {
            try seal(&draft)
            try driver.commit(draft.batch)
        } catch LedgerDriverFault.uncertain(let reason) {
            return .halted(reason)
        } catch {
            for one in draft.accepted { one.then(.failure(.unavailable)) }
            return .refused(Self.reason(error))
        }
        (frontier, lastTime, lastSequence) = (draft.after, draft.time, draft.sequence)
        registers.apply(draft.changes)
        answer(draft)
        batchesSinceCheckpoint += 1
        return .done
    }

    /// Copies the write-ahead log back when enough has gathered. Called between batches, when nobody waits.
    mutating func tidy() {
        guard batchesSinceCheckpoint >= batchesBetweenCheckpoints else { return }
        batchesSinceCheckpoint = 0
        try? driver.checkpoint()
    }

    /// Checks one record and adds its leaves and rows to the draft; on a fault the draft is as before.
    private func admit(_ record: LedgerRecord, to draft: inout Draft, over overlay: inout LedgerOverlay)
        throws(LedgerFault)
    {
        if let claim = record.claim {
            guard !overlay.claims.contains(LedgerOverlay.Claim(party: claim.party, message: claim.message)) else {
                throw .inFlight
            }
            do {
                if let remembered = try driver.remembered(party: claim.party, message: claim.message) {
                    throw MAC.constantTimeEquals(remembered.digest, claim.digest)
                        ? LedgerFault.repeated(remembered) : LedgerFault.conflict
                }
            } catch let fault as LedgerFault { throw fault } catch { throw .unavailable }
        }
        guard overlay.holds(record.guards) else { throw .stale }
        var entries: [[UInt8]] = []
        for leaf in record.leaves {
            var stamped = leaf
            stamped.time = draft.time
            do { entries.append(try stamped.encoded()) } catch { throw .leafTooLong }
        }
        draft.add(record, entries: entries)
        overlay.note(record)
    }

    /// Appends the leaves, signs the checkpoint and fills in the rows.
    private func seal(_ draft: inout Draft) throws {
        let prover = BatchProver(before: draft.before, leafHashes: draft.entries.map { MerkleHash.leaf($0) })
        draft.after = prover.after
        draft.batch.nodes = prover.completed
        draft.batch.frontier = prover.after.serialised
        let checkpoint = try Checkpoint(
            origin: signer.verifierKey.name, size: prover.after.size, root: prover.after.root)
        let note = try checkpoint.signed(by: signer)
        draft.batch.checkpoint = note.bytes
        draft.batch.size = prover.after.size
        draft.batch.time = draft.time
        draft.note = note
        draft.prover = prover
        for change in draft.changes { draft.batch.rows.append(try row(for: change)) }
        for (claim, first) in draft.claims {
            guard let memory = claim.remembers else { continue }
            draft.batch.rows.append(
                .remember(
                    party: claim.party, message: claim.message,
                    RememberedAnswer(
                        digest: claim.digest, memory: memory, firstLeaf: first, size: prover.after.size, at: draft.time)))
        }
    }

    private func row(for change: LedgerChange) throws -> LedgerBatch.Row {
        switch change {
        case .putCase(let record):
            .putCase(
                record.id, sealed: try record.sealed(key: registerKey, nonce: try SecureRandom.bytes(AESGCM.nonceCount)))
        case .putDelivery(let delivery, let copy): .putDelivery(delivery, copy: copy)
        case .moveDelivery(let id, let state, let attempts, let next, let copy):
            .moveDelivery(id, to: state, attempts: attempts, next: next, copy: copy)
        case .putStanding(let standing): .putStanding(standing.bytes)
        }
    }

    private func answer(_ draft: borrowing Draft) {
        guard let prover = draft.prover, let note = draft.note else { preconditionFailure("an unsealed batch was written") }
        var index = draft.before.size
        var offset = 0
        for one in draft.accepted {
            let count = one.record.leaves.count
            let proofs = (0..<count).map { step in
                LogProof(
                    index: index + UInt64(step), hashes: prover.inclusionProof(of: index + UInt64(step)) ?? [],
                    checkpoint: note)
            }
            one.then(
                .success(
                    Placement(
                        firstLeaf: index, entries: Array(draft.entries[offset..<offset + count]), proofs: proofs,
                        time: draft.time)))
            index += UInt64(count)
            offset += count
        }
    }

    /// What a fault of the store says in the log: a reason without values.
    private static func reason(_ error: any Error) -> String {
        if case LedgerDriverFault.rolledBack(let reason) = error { return reason }
        return "the batch could not be sealed"
    }
}

extension LedgerRecord {
    /// Whether it asks for room that the reserve is kept from: a new message does, a withdrawal or an end does not.
    var needsSpace: Bool {
        changes.contains { if case .putDelivery = $0 { true } else { false } }
    }
}
