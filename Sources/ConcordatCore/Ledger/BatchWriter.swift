import ConcordatCrypto
package import ConcordatLog
package import ConcordatTerms

/// Turns waiting records into one batch and hands it to the store. Lives on the writer's thread only.
package struct BatchWriter: ~Copyable, Sendable {
    /// What came of a batch. Every record in it has been answered, unless the writer halts.
    enum Outcome {
        /// `isShort`: free space is under the reserve, and new messages were or would be refused.
        case done(isShort: Bool)
        case refused(String)
        case halted(String)
    }

    private let driver: any LedgerDriver
    private let signer: NoteSigner
    private let registerKey: [UInt8]
    private let freeBytesReserve: Int64
    private let now: @Sendable () -> UTCInstant

    private var frontier: TreeFrontier
    private var lastTime: UTCInstant
    private var lastSequence: Int64
    private var chores: LedgerChores

    /// - Parameters:
    ///   - image: what the store held at start.
    ///   - freeBytesReserve: with less free space than this, only records without new deliveries are taken.
    /// - Throws: when the tree in the store cannot be read, or its newest checkpoint does not fit it.
    package init(
        driver: any LedgerDriver, image: LedgerImage, signer: NoteSigner, registerKey: [UInt8], freeBytesReserve: Int64,
        chores: LedgerChores = LedgerChores(), now: @escaping @Sendable () -> UTCInstant
    ) throws {
        let frontier = try image.frontier.map { try TreeFrontier(restoring: $0) } ?? TreeFrontier()
        if let note = image.checkpoint {
            let checkpoint = try Checkpoint(parsing: try SignedNote(parsing: note).text)
            guard checkpoint.size == frontier.size, checkpoint.root == frontier.root else { throw TreeMismatch() }
        } else if frontier.size > 0 {
            throw TreeMismatch()
        }
        (self.driver, self.signer, self.registerKey) = (driver, signer, registerKey)
        (self.freeBytesReserve, self.chores, self.now, self.frontier) = (freeBytesReserve, chores, now, frontier)
        lastTime = image.lastTime ?? UTCInstant(milliseconds: .min)
        lastSequence = image.lastSequence
    }

    /// The tree in the store is not the one its newest checkpoint was signed over.
    package struct TreeMismatch: Error {}

    /// Writes a batch, then answers every record in it.
    mutating func write(_ waiting: [Sequencer.Waiting], over registers: Registers) -> Outcome {
        // Time comes with the records, from the one clock that is watched for steps; and it never goes backwards.
        let newest = waiting.lazy.flatMap(\.record.leaves).map(\.time).max() ?? now()
        var draft = Draft(time: max(newest, lastTime), frontier: frontier, sequence: lastSequence)
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
        let outcome =
            draft.accepted.isEmpty ? .done(isShort: isShort) : commit(&draft, over: registers, isShort: isShort)
        if case .halted = outcome { return outcome }
        for (one, fault) in refused { one.then(.failure(fault)) }
        return outcome
    }

    /// Does what is due beside commits, when nobody waits or has let it wait for long.
    mutating func tidy() { chores.run(driver, now: lastTime) }

    /// Whether ``tidy()`` must not wait any longer for a moment when nobody waits.
    var isTidyingOverdue: Bool { chores.isOverdue }

    private mutating func commit(_ draft: inout Draft, over registers: Registers, isShort: Bool) -> Outcome {
        do {
            try seal(&draft)
            try driver.commit(draft.batch)
        } catch LedgerDriverFault.uncertain(let reason) {
            return .halted(reason)
        } catch {
            guard draft.accepted.count > 1 else {
                for one in draft.accepted { one.then(.failure(.unavailable)) }
                return .refused(Self.reason(error))
            }
            return writeOneByOne(draft.accepted, over: registers)
        }
        (frontier, lastTime, lastSequence) = (draft.after, draft.time, draft.sequence)
        registers.apply(draft.changes)
        chores.noteBatch()
        answer(draft)
        return .done(isShort: isShort)
    }

    /// A batch was rolled back: one record in it may be what the store cannot take, and the others are not to blame.
    private mutating func writeOneByOne(_ waiting: [Sequencer.Waiting], over registers: Registers) -> Outcome {
        var worst = Outcome.done(isShort: false)
        for one in waiting {
            switch write([one], over: registers) {
            case .done(isShort: let isShort):
                if isShort, case .done = worst { worst = .done(isShort: true) }
            case .refused(let reason): worst = .refused(reason)
            case .halted(let reason): return .halted(reason)
            }
        }
        return worst
    }

    /// Checks one record and adds its leaves and rows to the draft; on a fault the draft is as before.
    private func admit(_ record: LedgerRecord, to draft: inout Draft, over overlay: inout LedgerOverlay)
        throws(LedgerFault)
    {
        if let claim = record.claim {
            guard !overlay.claims.contains(LedgerOverlay.Claim(party: claim.party, message: claim.message)) else {
                throw .inFlight
            }
            let known: RememberedAnswer?
            do { known = try driver.remembered(party: claim.party, message: claim.message) } catch {
                throw .unavailable
            }
            if let known { throw known.isAnswer(to: claim) ? .repeated(known) : .conflict }
        }
        guard overlay.holds(record.guards) else { throw .stale }
        var entries: [[UInt8]] = []
        for leaf in record.leaves {
            var stamped = leaf
            stamped.time = draft.time
            do { entries.append(try stamped.encoded()) } catch { throw .leafTooLong }
        }
        let changes = draft.numbered(record.changes)
        var rows: [LedgerBatch.Row] = []
        for change in changes {
            do { if let row = try row(for: change) { rows.append(row) } } catch { throw .unavailable }
        }
        draft.add(record, entries: entries, changes: changes, rows: rows)
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
        draft.sealed = (prover, note)
        for (claim, first) in draft.claims {
            guard let memory = claim.remembers else { continue }
            draft.batch.rows.append(
                .remember(
                    party: claim.party, message: claim.message,
                    RememberedAnswer(
                        digest: claim.digest, memory: memory, firstLeaf: first, size: prover.after.size, at: draft.time)
                ))
        }
    }

    /// The row of a change; nil for one that is in memory only.
    private func row(for change: LedgerChange) throws -> LedgerBatch.Row? {
        switch change {
        case .putCase(let record):
            .putCase(
                record.id, sealed: try record.sealed(key: registerKey, nonce: try SecureRandom.bytes(AESGCM.nonceCount))
            )
        case .putDelivery(let delivery, let copy): .putDelivery(delivery, copy: copy)
        case .moveDelivery(let id, let state, let attempts, let next, let copy):
            .moveDelivery(id, to: state, attempts: attempts, next: next, copy: copy)
        case .putStanding(let standing): .putStanding(standing.bytes)
        case .putArchive(let id, let bytes): .putArchive(id, bytes)
        // Its place is known once the record has one.
        case .putReplay(let sealed): .putReplay(first: 0, time: now(), sealed: sealed)
        case .putProtocol(let version, let report):
            .putProtocol(version.id, record: version.bytes, report: report)
        case .putInForce: nil
        }
    }

    private func answer(_ draft: borrowing Draft) {
        guard let sealed = draft.sealed else { preconditionFailure("an unsealed batch was written") }
        var index = draft.before.size
        var offset = 0
        for one in draft.accepted {
            let count = one.record.leaves.count
            let proofs = (0..<count).map { step in
                guard let hashes = sealed.prover.inclusionProof(of: index + UInt64(step)) else {
                    preconditionFailure("leaf \(index + UInt64(step)) is not in a tree of \(sealed.prover.after.size)")
                }
                return LogProof(index: index + UInt64(step), hashes: hashes, checkpoint: sealed.note)
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

extension RememberedAnswer {
    /// Whether the claim is for the same content as what was answered. Takes the same time either way.
    func isAnswer(to claim: IdempotencyClaim) -> Bool { MAC.constantTimeEquals(digest, claim.digest) }
}

extension LedgerRecord {
    /// Whether it asks for room that the reserve is kept from: a new message does, a withdrawal or an end does not.
    var needsSpace: Bool {
        changes.contains { if case .putDelivery = $0 { true } else { false } }
    }
}
