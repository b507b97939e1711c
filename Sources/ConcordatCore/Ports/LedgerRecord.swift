package import ConcordatLog
package import ConcordatTerms

/// One unit of work for the ledger: its leaves, its changes and what must still be true when the writer takes it.
///
/// All of it becomes durable together, or none of it.
package struct LedgerRecord: Sendable {
    /// What the work was judged under. If any of it moved, the record comes back as ``LedgerFault/stale``.
    package var guards: [LedgerGuard]
    /// The sender's id this work answers, if it is a message of a party.
    package var claim: IdempotencyClaim?
    package var leaves: [Leaf]
    package var changes: [LedgerChange]

    package init(
        guards: [LedgerGuard] = [], claim: IdempotencyClaim? = nil, leaves: [Leaf] = [], changes: [LedgerChange] = []
    ) {
        (self.guards, self.claim, self.leaves, self.changes) = (guards, claim, leaves, changes)
    }
}

/// Something that must not have moved between judging and writing.
package enum LedgerGuard: Sendable, Hashable {
    /// The case stands at this epoch; 0 for a case that must not exist yet.
    case caseEpoch(CaseID, Int)
    /// The party's reference does not name a case yet.
    case unusedReference(PartyID, String)
    /// The delivery is in this state, after so many attempts.
    case delivery(DeliveryID, DeliveryState, attempts: Int)
    /// The registers of parties, stops and the protocol stand at this epoch.
    case standing(Int)
}

/// The claim of one sending party on one message id.
package struct IdempotencyClaim: Sendable, Hashable {
    package let party: PartyID
    package let message: MessageID
    /// Keyed digest of the validated envelope and data, 32 bytes.
    package let digest: [UInt8]
    /// What to remember when the record is placed; nil remembers nothing (refusals may be tried again).
    package var remembers: AnswerMemory?

    package init(party: PartyID, message: MessageID, digest: [UInt8], remembers: AnswerMemory?) {
        (self.party, self.message, self.digest, self.remembers) = (party, message, digest, remembers)
    }
}

/// What is kept of an answer, so that the same bytes can be given again.
package struct AnswerMemory: Sendable, Hashable {
    /// A person of the message, and how its sender named them there.
    package struct NamedPerson: Sendable, Hashable {
        package let id: PersonID
        /// Whether the sender wrote the gateway's id; else its own reference, which is looked up in the case.
        package let isByID: Bool

        package init(id: PersonID, isByID: Bool) { (self.id, self.isByID) = (id, isByID) }
    }

    package let caseID: CaseID
    /// The persons of the message in its own order. The sender's references of them stand only in the sealed case.
    package let people: [NamedPerson]
    /// The salt of the digest of what came in, given to the sender only.
    package let salt: [UInt8]
    /// Which of the record's leaves are decisions, counted from its first leaf.
    package let decisionLeaves: [Int]

    package init(caseID: CaseID, people: [NamedPerson], salt: [UInt8], decisionLeaves: [Int]) {
        (self.caseID, self.people, self.salt) = (caseID, people, salt)
        self.decisionLeaves = decisionLeaves
    }
}

/// An answer given before, as the store keeps it.
package struct RememberedAnswer: Sendable, Hashable {
    package let digest: [UInt8]
    package let memory: AnswerMemory
    /// The index of the record's first leaf.
    package let firstLeaf: UInt64
    /// The tree size of the checkpoint of its batch.
    package let size: UInt64
    package let at: UTCInstant

    package init(digest: [UInt8], memory: AnswerMemory, firstLeaf: UInt64, size: UInt64, at: UTCInstant) {
        (self.digest, self.memory, self.firstLeaf) = (digest, memory, firstLeaf)
        (self.size, self.at) = (size, at)
    }
}

/// One change to what the gateway keeps. Applied to the registers in memory only after it is durable.
package enum LedgerChange: Sendable {
    /// A whole case in its new state; its epoch is one more than before.
    case putCase(CaseRecord)
    /// A new delivery with its sealed copy.
    case putDelivery(Delivery, copy: [UInt8])
    /// A delivery moves on. `.keep` leaves its copy, `.replace` narrows it, `.destroy` ends it.
    case moveDelivery(DeliveryID, to: DeliveryState, attempts: Int, next: UTCInstant, copy: CopyChange)
    /// A party or a message is stopped or resumed.
    case putStanding(Standing)
    /// Files of a protocol, packed; kept for ever, and never changed.
    case putArchive(VersionID, [UInt8])
    /// A protocol version is new or moved on; its archive is there already, or comes before it in the record.
    case putProtocol(ProtocolVersion, report: [UInt8]?)
    /// What the record's decisions were judged by, sealed; kept for a set time.
    case putReplay([UInt8])
    /// From this record on everything is judged by that text. In memory only: which version it is stands in the standing.
    case putInForce(TextInForce)

    /// Whether it only keeps what a decision was judged by.
    var isReplay: Bool { if case .putReplay = self { true } else { false } }

    package enum CopyChange: Sendable, Hashable {
        case keep
        case replace([UInt8])
        case destroy
    }
}

/// Where a record came to stand in the log.
package struct Placement: Sendable {
    /// The index of its first leaf; the others follow.
    package let firstLeaf: UInt64
    /// Its leaves as they stand in the log.
    package let entries: [[UInt8]]
    /// For each leaf, its proof file at the checkpoint of its batch.
    package let proofs: [LogProof]
    package let time: UTCInstant

    package init(firstLeaf: UInt64, entries: [[UInt8]], proofs: [LogProof], time: UTCInstant) {
        (self.firstLeaf, self.entries, self.proofs, self.time) = (firstLeaf, entries, proofs, time)
    }
}

/// Why a record was not placed. In each case nothing of it is durable.
package enum LedgerFault: Error, Sendable {
    /// A guard no longer holds: judge again.
    case stale
    /// The id was answered before with the same content: give that answer again.
    case repeated(RememberedAnswer)
    /// The id was used for other content.
    case conflict
    /// The same id is in the batch being written.
    case inFlight
    /// The queue before the writer is full.
    case busy
    /// A leaf is over its bound.
    case leafTooLong
    /// The store cannot take it now: disk full, reserve reached, unreadable.
    case unavailable
}
