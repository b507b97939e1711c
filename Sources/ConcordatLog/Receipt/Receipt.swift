public import ConcordatTerms

/// What the sender of a message gets: the leaf for each recipient, the proof that the log holds it, and the answers.
///
/// The only signature is that of the checkpoint inside each proof: the answers derive from the leaves, and ``verify(logKey:)``
/// derives them again. The person ids and the case id are told here for convenience; the case id stands in the leaves too,
/// the person ids do not.
public struct Receipt: Equatable, Sendable {
    // Bound: recipients of one message.
    /// The largest number of recipients.
    public static let recipientsMax = 64

    /// One recipient's leaf and its proof.
    public struct Evidence: Equatable, Sendable {
        /// The bytes of the leaf.
        public let leaf: [UInt8]
        /// The proof, at the checkpoint of the leaf's own batch or a later one.
        public let proof: LogProof

        /// A leaf with its proof.
        package init(leaf: [UInt8], proof: LogProof) {
            self.leaf = leaf
            self.proof = proof
        }
    }

    /// What one recipient gets, and why not more.
    public struct Answer: Equatable, Sendable {
        /// The recipient.
        public let recipient: PartyID
        /// Share, hold, withhold or refuse.
        public let answer: LeafAnswer
        /// Why, where the answer is not to share.
        public let code: LeafCode?
        /// The clause of the protocol that says so.
        public let clause: RuleID?

        init(recipient: PartyID, answer: LeafAnswer, code: LeafCode?, clause: RuleID?) {
            (self.recipient, self.answer, self.code, self.clause) = (recipient, answer, code, clause)
        }

        init(_ leaf: DecisionLeaf) {
            self.init(recipient: leaf.recipient, answer: leaf.answer, code: leaf.code, clause: leaf.clause)
        }
    }

    /// The message's id, as the sender gave it.
    public let message: MessageID
    /// The case the message belongs to, where there is one.
    public let caseID: CaseID?
    /// The ids the gateway uses for the people in the message, by the sender's own references; nil when there are none.
    public let persons: [String: PersonID]?
    /// One for each recipient, in the order of the answers; at least one.
    public let evidence: [Evidence]
    /// One for each recipient.
    public let answers: [Answer]

    /// The receipt over these decision leaves. Refuses none, too many, and leaves of another kind, message or case.
    package init(persons: [String: PersonID]? = nil, evidence: [Evidence]) throws(LogError) {
        let decisions = try Self.decisions(in: evidence)
        message = decisions[0].message
        caseID = decisions[0].caseID
        self.persons = persons
        self.evidence = evidence
        answers = decisions.map { Answer($0) }
    }

    /// The receipt over leaves this process has just made from `decisions`, which it does not read again.
    ///
    /// `decisions` MUST be those of the leaves in `evidence`, in its order: of one message, one for each recipient.
    package init(persons: [String: PersonID]?, evidence: [Evidence], decisions: [DecisionLeaf]) {
        precondition(
            (1...Self.recipientsMax).contains(decisions.count) && decisions.count == evidence.count,
            "\(evidence.count) leaves for \(decisions.count) decisions")
        self.init(
            unchecked: decisions[0].message, caseID: decisions[0].caseID, persons: persons, evidence: evidence,
            answers: decisions.map { Answer($0) })
    }

    init(
        unchecked message: MessageID, caseID: CaseID?, persons: [String: PersonID]?, evidence: [Evidence],
        answers: [Answer]
    ) {
        (self.message, self.caseID, self.persons) = (message, caseID, persons)
        (self.evidence, self.answers) = (evidence, answers)
    }

    /// Checks that the log of `logKey` holds every leaf, and that message, case and answers are those of the leaves.
    ///
    /// Returns the checkpoints of the proofs, in order.
    public func verify(
        logKey: NoteVerifierKey, witnesses: [NoteVerifierKey] = []
    ) throws(LogError) -> [VerifiedCheckpoint] {
        let decisions = try Self.decisions(in: evidence)
        guard decisions[0].message == message, decisions[0].caseID == caseID, decisions.map({ Answer($0) }) == answers
        else { throw .receiptMismatch }
        var checkpoints: [VerifiedCheckpoint] = []
        for item in evidence {
            checkpoints.append(try item.proof.verify(entry: item.leaf, logKey: logKey, witnesses: witnesses))
        }
        return checkpoints
    }

    /// The decision in each leaf; all of one message, and each for a recipient of its own.
    private static func decisions(in evidence: [Evidence]) throws(LogError) -> [DecisionLeaf] {
        guard (1...recipientsMax).contains(evidence.count) else { throw .malformedReceipt }
        var decisions: [DecisionLeaf] = []
        for item in evidence {
            let leaf: Leaf
            do { leaf = try Leaf(parsing: item.leaf) } catch { throw .malformedReceipt }
            guard case .decision(let decision) = leaf.body else { throw .malformedReceipt }
            decisions.append(decision)
        }
        let first = decisions[0]
        let isOneMessage = decisions.allSatisfy { decision in
            decision.message == first.message && decision.sender == first.sender && decision.caseID == first.caseID
                && decision.name == first.name && decision.isDryRun == first.isDryRun
        }
        guard isOneMessage, Set(decisions.map(\.recipient)).count == decisions.count else { throw .receiptMismatch }
        return decisions
    }
}
