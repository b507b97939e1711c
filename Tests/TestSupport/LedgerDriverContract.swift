package import ConcordatCore
import ConcordatCrypto
import ConcordatLog
import ConcordatTerms

/// What every ledger driver keeps; each driver is run through all of it.
package struct LedgerDriverContract {
    /// A promise that a driver does not keep.
    package struct Breach: Error, CustomStringConvertible {
        package let description: String
    }

    private let driver: any LedgerDriver

    /// - Parameter driver: a new one, empty.
    package init(_ driver: any LedgerDriver) { self.driver = driver }

    /// Runs the whole contract over one driver.
    package func run() throws {
        try startsEmpty()
        let first = try batch(3, after: TreeFrontier(), delivery: 1)
        try driver.commit(first.batch)
        try givesBack(first.batch)
        try isAllOrNothing(after: first.tree)
        try movesDeliveries(after: first.tree)
        try forgets()
        try keepsVersions()
        try driver.checkpoint()
        try driver.truncateLog()
        try keep(try driver.freeBytes() >= 0, "free bytes are known")
    }

    private func startsEmpty() throws {
        let image = try driver.load()
        try keep(image.cases.isEmpty && image.deliveries.isEmpty, "a new store has no cases and deliveries")
        try keep(image.checkpoint == nil && image.frontier == nil && image.lastSequence == 0, "a new store has no log")
        try keep(try driver.entry(at: 0) == nil && driver.checkpointNote(size: nil) == nil, "a new store has no leaf")
    }

    private func givesBack(_ batch: LedgerBatch) throws {
        try keep(try driver.entries(from: 0, count: 10) == batch.leaves.map(\.entry), "entries come back in order")
        try keep(try driver.entries(from: 2, count: 10).count == 1, "entries are read from an index on")
        try keep(try driver.entry(at: .max) == nil, "there is no entry at the largest index")
        try keep(try driver.checkpointNote(size: 3) == batch.checkpoint, "a checkpoint is found by its size")
        try keep(try driver.checkpointNote(size: 2) == nil, "there is no checkpoint of a size never signed")
        try keep(
            try driver.hashes(at: batch.nodes.map(\.address)) == batch.nodes.map(\.hash), "hashes come back in order")
        do {
            _ = try driver.hashes(at: [SubtreeAddress(level: 5, index: 9)])
            throw Breach(description: "a subtree that is not complete has no hash")
        } catch is Breach {
            throw Breach(description: "a subtree that is not complete has no hash")
        } catch {}
        let image = try driver.load()
        try keep(
            image.frontier == batch.frontier && image.lastTime == batch.time, "the tree's edge and time are loaded")
        try keep(image.cases.map(\.id) == ["c-1"] && image.cases.first?.sealed == [1, 2, 3], "cases are loaded sealed")
        try keep(image.standing == [9], "the standing is loaded")
        try keep(image.lastSequence == 1 && image.deliveries.map(\.id) == ["d-1"], "open deliveries are loaded")
        try keep(image.deliveries.first == Self.delivery(1), "a delivery comes back whole")
        try keep(try driver.copy(of: "d-1") == [4, 5], "a copy comes back")
        let answer = try driver.answer(party: "police", message: "m-1")
        try keep(
            answer != nil && answer == (try driver.remembered(party: "police", message: "m-1")), "an answer comes back")
        try keep(answer?.memory == Self.memory, "an answer comes back whole")
        try keep(try driver.answer(party: "hub", message: "m-1") == nil, "an answer is its party's own")
        func found(_ filter: LeafFilter, before: UInt64? = nil, limit: Int = 10) throws -> [UInt64] {
            try driver.leaves(matching: filter, before: before, limit: limit)
        }
        try keep(try found(LeafFilter()) == [2, 1, 0], "leaves are found newest first")
        try keep(try found(LeafFilter(party: "police")) == [2, 0], "leaves are found by sender and by recipient")
        try keep(try found(LeafFilter(party: "police"), limit: 1) == [2], "no more leaves than asked for")
        try keep(try found(LeafFilter(kind: "view"), before: 2) == [1], "leaves are found by kind and below an index")
        try keep(
            try found(LeafFilter(message: "m-1", caseID: "c-1", delivery: "d-1")) == [0], "leaves are found by all ids")
    }

    /// A batch that breaks a constraint leaves nothing at all, and the next one is taken.
    private func isAllOrNothing(after tree: TreeFrontier) throws {
        var broken = try batch(1, after: tree, delivery: 2).batch
        broken.rows.append(
            .moveDelivery("d-none", to: .handed, attempts: 1, next: UTCInstant(milliseconds: 0), copy: .keep))
        do {
            try driver.commit(broken)
            throw Breach(description: "a move of a delivery that is not there is refused")
        } catch let fault as LedgerDriverFault {
            guard case .rolledBack = fault else {
                throw Breach(description: "a broken constraint is rolled back for sure")
            }
        }
        try keep(try driver.entry(at: 3) == nil, "no leaf of a batch that was rolled back")
        try keep(try driver.delivery("d-2") == nil && driver.copy(of: "d-2") == nil, "no delivery of it, and no copy")
        try keep(try driver.answer(party: "police", message: "m-2") == nil, "no answer of it")
        try driver.commit(try batch(1, after: tree, delivery: 2).batch)
        try keep(try driver.delivery("d-2") != nil, "the next batch is taken")
    }

    private func movesDeliveries(after tree: TreeFrontier) throws {
        let next = UTCInstant(milliseconds: 77)
        var moves = LedgerBatch()
        moves.rows = [
            .moveDelivery("d-1", to: .handed, attempts: 1, next: next, copy: .replace([6])),
            .moveDelivery("d-2", to: .delivered, attempts: 1, next: next, copy: .destroy),
        ]
        try driver.commit(moves)
        try keep(
            try driver.copy(of: "d-1") == [6] && driver.copy(of: "d-2") == nil, "copies are replaced and destroyed")
        let handed = try driver.delivery("d-1")
        try keep(handed?.state == .handed && handed?.attempts == 1 && handed?.next == next, "a move is whole")
        try keep(try driver.load().deliveries.map(\.id) == ["d-1"], "finished deliveries are not loaded")
        try keep(try driver.load().lastSequence == 2, "a sequence is never given twice")
        try keep(
            try driver.deliveries(in: [.delivered], limit: 9).map(\.id) == ["d-2"], "deliveries are found by state")
        try keep(
            try driver.deliveries(sender: "police", message: "m-2").map(\.id) == ["d-2"],
            "deliveries of a message are found when finished too")
    }

    /// An archive stays what it was at first; its record and report move on.
    private func keepsVersions() throws {
        let id = VersionID(unchecked: String(repeating: "a", count: 64))
        let unknown = VersionID(unchecked: String(repeating: "b", count: 64))
        func put(_ id: VersionID, _ record: [UInt8], archive: [UInt8]?, report: [UInt8]?) throws {
            var batch = LedgerBatch()
            batch.rows = archive.map { [.putArchive(id, $0)] } ?? []
            batch.rows.append(.putProtocol(id, record: record, report: report))
            try driver.commit(batch)
        }
        try keep(try driver.load().protocols.isEmpty, "a new store has no version")
        do {
            try put(unknown, [1], archive: nil, report: nil)
            throw Breach(description: "a version without its archive is refused")
        } catch let fault as LedgerDriverFault {
            guard case .rolledBack = fault else { throw Breach(description: "and leaves nothing behind") }
        }
        try put(id, [1], archive: [2], report: nil)
        try keep(try driver.load().protocols == [[1]], "a version's record is loaded")
        try keep(try driver.archive(id) == [2], "its archive comes back")
        try keep(try driver.protocolReport(id) == nil, "there is no report before one is put")
        try put(id, [3], archive: [4], report: [5])
        try put(id, [6], archive: nil, report: nil)
        try keep(try driver.load().protocols == [[6]], "its record moves on")
        try keep(try driver.archive(id) == [2], "its archive never changes")
        try keep(try driver.protocolReport(id) == [5], "its report stays until there is another")
        try keep(try driver.archive(unknown) == nil, "what was never put is not there")
    }

    private func forgets() throws {
        try driver.forgetAnswers(before: UTCInstant(milliseconds: 1_000), limit: 10)
        try keep(try driver.answer(party: "police", message: "m-1") != nil, "an answer of that moment is kept")
        try driver.forgetAnswers(before: UTCInstant(milliseconds: 1_001), limit: 1)
        let left = try ["m-1", "m-2"].filter { (id: MessageID) in try driver.answer(party: "police", message: id) != nil
        }
        try keep(left.count == 1, "no more answers are forgotten than asked for")
    }

    private func keep(_ holds: @autoclosure () throws -> Bool, _ promise: String) throws {
        guard try holds() else { throw Breach(description: promise) }
    }

    private static let memory = AnswerMemory(
        caseID: "c-1",
        people: [
            AnswerMemory.NamedPerson(id: "p-1", isByID: false), AnswerMemory.NamedPerson(id: "p-2", isByID: true),
        ],
        salt: [1, 2], decisionLeaves: [0, 2])

    private static func delivery(_ number: Int) -> Delivery {
        Delivery(
            id: DeliveryID(unchecked: "d-\(number)"), sequence: Int64(number),
            message: MessageID(unchecked: "m-\(number)"),
            messageName: "referral", sender: "police", recipient: "hub", caseID: "c-1",
            next: UTCInstant(milliseconds: 5),
            created: UTCInstant(milliseconds: 6), expires: UTCInstant(milliseconds: 7), dayKey: "2026-06-15",
            isUrgent: true)
    }

    /// A batch of `count` leaves with one delivery, as the writer would make it.
    private func batch(_ count: Int, after tree: TreeFrontier, delivery number: Int) throws
        -> (batch: LedgerBatch, tree: TreeFrontier)
    {
        var batch = LedgerBatch()
        let entries = (0..<count).map { [UInt8]("leaf \(tree.size + UInt64($0))".utf8) }
        let prover = BatchProver(before: tree, leafHashes: entries.map { MerkleHash.leaf($0) })
        batch.time = UTCInstant(milliseconds: 1_000)
        for (step, entry) in entries.enumerated() {
            batch.leaves.append(
                LedgerBatch.LeafRow(
                    index: tree.size + UInt64(step), entry: entry, time: batch.time,
                    kind: step == 1 ? "view" : "decision",
                    sender: step == 0 ? "police" : nil, recipient: step == 2 ? "police" : nil,
                    message: step == 0 ? "m-1" : nil,
                    caseID: step == 0 ? "c-1" : nil, delivery: step == 0 ? "d-1" : nil))
        }
        batch.nodes = prover.completed
        batch.frontier = prover.after.serialised
        batch.size = prover.after.size
        batch.checkpoint = [UInt8]("checkpoint \(batch.size)".utf8)
        batch.rows = [
            .putCase("c-1", sealed: [1, 2, 3]), .putDelivery(Self.delivery(number), copy: [4, 5]), .putStanding([9]),
            .remember(
                party: "police", message: MessageID(unchecked: "m-\(number)"),
                RememberedAnswer(
                    digest: [8], memory: Self.memory, firstLeaf: tree.size, size: batch.size, at: batch.time)),
        ]
        return (batch, prover.after)
    }
}
