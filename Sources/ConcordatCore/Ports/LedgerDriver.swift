package import ConcordatLog
package import ConcordatTerms

/// The store under the ledger: inserts, commits, reads. It decides nothing.
///
/// Everything above the reads is called by one thread only, the writer's (`load` before it starts). The reads are called
/// from any thread and see only what was committed, and all of that.
package protocol LedgerDriver: Sendable {
    /// Everything the registers in memory need, as of the last commit.
    func load() throws -> LedgerImage

    /// The answer remembered for one party's message id.
    func remembered(party: PartyID, message: MessageID) throws -> RememberedAnswer?

    /// Makes a whole batch durable in one transaction, or none of it.
    ///
    /// Implementations MUST NOT return before the batch would survive a power cut. When it throws
    /// ``LedgerDriverFault/rolledBack`` nothing of the batch is there; ``LedgerDriverFault/uncertain`` (a failed sync)
    /// means nobody can tell: the caller MUST stop the process and MUST NOT retry.
    func commit(_ batch: LedgerBatch) throws(LedgerDriverFault)

    /// Removes remembered answers given before `moment`; at most `limit` rows, so that the writer is not held up.
    func forgetAnswers(before moment: UTCInstant, limit: Int) throws(LedgerDriverFault)

    /// Removes what decisions before `moment` were judged by; at most `limit` rows, oldest first.
    func forgetReplay(before moment: UTCInstant, limit: Int) throws(LedgerDriverFault)

    /// Copies the write-ahead log back into the database, without waiting for readers.
    func checkpoint() throws

    /// Copies the whole write-ahead log back and empties it, so that nothing deleted stays readable in it.
    ///
    /// Fails, with nothing lost, while somebody reads; the caller tries again later.
    func truncateLog() throws

    // Reads

    /// The entry at `index`, or nil when the log is not that long.
    func entry(at index: UInt64) throws -> [UInt8]?
    /// Up to `count` entries from `index` on, in order.
    func entries(from index: UInt64, count: Int) throws -> [[UInt8]]
    /// The hashes of complete subtrees; fails when one of them is not complete.
    func hashes(at addresses: [SubtreeAddress]) throws -> [MerkleHash]
    /// The signed checkpoint of that size; the newest when `size` is nil.
    func checkpointNote(size: UInt64?) throws -> [UInt8]?
    /// The sealed copy of a delivery, or nil when it was destroyed.
    func copy(of delivery: DeliveryID) throws -> [UInt8]?
    /// Every delivery of one sender's message, finished ones included.
    func deliveries(sender: PartyID, message: MessageID) throws -> [Delivery]
    /// Every delivery in these states, oldest first, at most `limit`.
    func deliveries(in states: Set<DeliveryState>, limit: Int) throws -> [Delivery]
    /// The delivery with that id, finished ones included.
    func delivery(_ id: DeliveryID) throws -> Delivery?
    /// Indexes of leaves that match, newest first, below `before`; at most `limit`.
    func leaves(matching filter: LeafFilter, before: UInt64?, limit: Int) throws -> [UInt64]
    /// The answer remembered for one party's message id, read outside the writer.
    func answer(party: PartyID, message: MessageID) throws -> RememberedAnswer?
    /// The archive with that id, as it was first put; nil when there is none.
    func archive(_ id: VersionID) throws -> [UInt8]?
    /// What was last reported of a version; nil when nothing was.
    func protocolReport(_ id: VersionID) throws -> [UInt8]?
    /// What decisions since `moment` were judged by, newest first, below `before`; at most `limit`.
    func replayRecords(from moment: UTCInstant, before: Int64?, limit: Int) throws -> [ReplayRow]
    /// Bytes that may still be written before the disk is full.
    func freeBytes() throws -> Int64
}

/// What one message was judged by, as the store keeps it.
package struct ReplayRow: Sendable, Equatable {
    /// The order in which they were kept; unique.
    package let sequence: Int64
    /// The index of the message's first decision leaf.
    package let first: UInt64
    package let sealed: [UInt8]

    package init(sequence: Int64, first: UInt64, sealed: [UInt8]) {
        (self.sequence, self.first, self.sealed) = (sequence, first, sealed)
    }
}

/// Why a commit did not happen.
package enum LedgerDriverFault: Error, Sendable {
    /// Nothing of the batch is there; the store may take the next one.
    case rolledBack(String)
    /// A sync failed: what is on disk is unknown. The process must stop.
    case uncertain(String)
}

/// Which leaves a reader is after. Nil members match everything.
package struct LeafFilter: Sendable, Hashable {
    package var kind: String?
    /// A party that is sender or recipient of the leaf.
    package var party: PartyID?
    package var message: MessageID?
    package var caseID: CaseID?
    package var delivery: DeliveryID?

    package init(
        kind: String? = nil, party: PartyID? = nil, message: MessageID? = nil, caseID: CaseID? = nil,
        delivery: DeliveryID? = nil
    ) {
        (self.kind, self.party, self.message, self.caseID) = (kind, party, message, caseID)
        self.delivery = delivery
    }
}

/// What the registers in memory are built from at start.
package struct LedgerImage: Sendable {
    /// Cases as sealed bytes; only the keyring's register key opens them.
    package var cases: [(id: CaseID, sealed: [UInt8])]
    /// Deliveries that are not finished.
    package var deliveries: [Delivery]
    package var standing: [UInt8]?
    /// The records of every protocol version ever proposed; not their archives.
    package var protocols: [[UInt8]] = []
    /// The hashes of the peaks of the tree, largest first, and its size.
    package var frontier: [UInt8]?
    /// The time of the newest leaf.
    package var lastTime: UTCInstant?
    /// The highest delivery sequence ever given.
    package var lastSequence: Int64
    /// The newest signed checkpoint.
    package var checkpoint: [UInt8]?

    package init(
        cases: [(id: CaseID, sealed: [UInt8])] = [], deliveries: [Delivery] = [], standing: [UInt8]? = nil,
        frontier: [UInt8]? = nil, lastTime: UTCInstant? = nil, lastSequence: Int64 = 0, checkpoint: [UInt8]? = nil
    ) {
        (self.cases, self.deliveries, self.standing, self.frontier) = (cases, deliveries, standing, frontier)
        (self.lastTime, self.lastSequence, self.checkpoint) = (lastTime, lastSequence, checkpoint)
    }
}

/// One batch as the store writes it: rows only, everything personal already sealed.
package struct LedgerBatch: Sendable {
    /// A leaf with the ids it can be found by.
    package struct LeafRow: Sendable {
        package let index: UInt64
        package let entry: [UInt8]
        package let time: UTCInstant
        package let kind: String
        package let sender: PartyID?
        package let recipient: PartyID?
        package let message: MessageID?
        package let caseID: CaseID?
        package let delivery: DeliveryID?

        package init(
            index: UInt64, entry: [UInt8], time: UTCInstant, kind: String, sender: PartyID?, recipient: PartyID?,
            message: MessageID?, caseID: CaseID?, delivery: DeliveryID?
        ) {
            (self.index, self.entry, self.time, self.kind) = (index, entry, time, kind)
            (self.sender, self.recipient, self.message) = (sender, recipient, message)
            (self.caseID, self.delivery) = (caseID, delivery)
        }
    }

    /// One row beside the leaves.
    package enum Row: Sendable {
        case putCase(CaseID, sealed: [UInt8])
        case putDelivery(Delivery, copy: [UInt8])
        case moveDelivery(DeliveryID, to: DeliveryState, attempts: Int, next: UTCInstant, copy: LedgerChange.CopyChange)
        case putStanding([UInt8])
        /// Files of a protocol, packed. What is there already under that id MUST stay as it is.
        case putArchive(VersionID, [UInt8])
        /// A version whose archive is there: its record in place of the one before. A nil report leaves the one there is.
        case putProtocol(VersionID, record: [UInt8], report: [UInt8]?)
        /// `first` is the index of the first leaf of the record it belongs to.
        case putReplay(first: UInt64, time: UTCInstant, sealed: [UInt8])
        case remember(party: PartyID, message: MessageID, RememberedAnswer)
    }

    package var leaves: [LeafRow] = []
    /// Hashes of subtrees this batch completed, leaves' own included (level 0).
    package var nodes: [(address: SubtreeAddress, hash: MerkleHash)] = []
    package var rows: [Row] = []
    /// The tree after the batch, serialised.
    package var frontier: [UInt8] = []
    /// The signed checkpoint after the batch, and its size.
    package var checkpoint: [UInt8] = []
    package var size: UInt64 = 0
    package var time = UTCInstant(milliseconds: 0)

    package init() {}
}
