import ConcordatCrypto
import ConcordatJSON
import ConcordatTerms

/// The receipt as JSON, in canonical form so that a remembered receipt is rebuilt byte for byte:
/// `{"answers":[{"answer","clause"?,"code"?,"recipient"}],"case"?,"leaf","message","more"?:[{"leaf","proof"}],"persons"?,"proof"}`.
///
/// `leaf` (base64) and `proof` (the text of a `.tlog-proof`) are those of the first recipient; `more` has those of the
/// others, in the order of the answers, and is there only when there are others.
extension Receipt {
    // Bound: the longest receipt: every recipient's leaf and proof at their longest.
    /// The longest receipt that is read, in bytes.
    public static let bytesMax = 8 << 20

    /// The bytes of the receipt. Refuses person references that JSON cannot carry.
    public func encoded() throws(LogError) -> [UInt8] {
        var members = [
            JSONMember("message", .string(message.rawValue)),
            JSONMember("answers", .array(answers.map(Self.json))),
        ]
        if let caseID { members.append(JSONMember("case", .string(caseID.rawValue))) }
        if let persons {
            let ids = persons.map { JSONMember($0.key, .string($0.value.rawValue)) }
            members.append(JSONMember("persons", .object(ids)))
        }
        members += Self.members(of: evidence[0])
        if evidence.count > 1 {
            members.append(JSONMember("more", .array(evidence.dropFirst().map { .object(Self.members(of: $0)) })))
        }
        do { return try JSONValue.object(members).canonical() } catch { throw .malformedReceipt }
    }

    /// Reads a receipt. Checks its grammar only: see ``verify(logKey:witnesses:)``.
    public init(parsing bytes: [UInt8]) throws(LogError) {
        let limits = JSONLimits(documentBytesMax: Self.bytesMax, depthMax: 4)
        let document: JSONValue
        do { document = try JSONValue.parse(bytes, limits: limits) } catch { throw .malformedReceipt }
        let known: Set<String> = ["message", "answers", "case", "persons", "leaf", "proof", "more"]
        guard let members = document.objectValue, members.allSatisfy({ known.contains($0.name) }),
            let message: MessageID = Self.term(document["message"]), let answers = document["answers"]?.arrayValue,
            (1...Self.recipientsMax).contains(answers.count)
        else { throw .malformedReceipt }
        var evidence = [try Self.evidence(document)]
        if let more = document["more"] {
            guard let others = more.arrayValue, !others.isEmpty else { throw .malformedReceipt }
            for other in others {
                guard other.objectValue?.count == 2 else { throw .malformedReceipt }
                evidence.append(try Self.evidence(other))
            }
        }
        guard evidence.count == answers.count else { throw .malformedReceipt }
        var read: [Answer] = []
        for answer in answers { read.append(try Self.answer(answer)) }
        self.init(
            unchecked: message, caseID: try Self.optionalTerm(document["case"]),
            persons: try Self.persons(document["persons"]), evidence: evidence, answers: read)
    }

    private static func members(of evidence: Evidence) -> [JSONMember] {
        [
            JSONMember("leaf", .string(Base64.encode(evidence.leaf))),
            JSONMember("proof", .string(evidence.proof.text)),
        ]
    }

    private static func json(_ answer: Answer) -> JSONValue {
        var members = [
            JSONMember("recipient", .string(answer.recipient.rawValue)),
            JSONMember("answer", .string(answer.answer.rawValue)),
        ]
        if let code = answer.code { members.append(JSONMember("code", .string(code.rawValue))) }
        if let clause = answer.clause { members.append(JSONMember("clause", .string(clause.rawValue))) }
        return .object(members)
    }

    private static func answer(_ value: JSONValue) throws(LogError) -> Answer {
        let known: Set<String> = ["recipient", "answer", "code", "clause"]
        guard let members = value.objectValue, members.allSatisfy({ known.contains($0.name) }),
            let recipient: PartyID = term(value["recipient"]), let answer: LeafAnswer = term(value["answer"])
        else { throw .malformedReceipt }
        return Answer(
            recipient: recipient, answer: answer, code: try optionalTerm(value["code"]),
            clause: try optionalTerm(value["clause"]))
    }

    private static func evidence(_ value: JSONValue) throws(LogError) -> Evidence {
        guard let leafText = value["leaf"]?.stringValue, let proofText = value["proof"]?.stringValue,
            let leaf = NoteText.base64(leafText.utf8, bytesMax: Leaf.bytesMax)
        else { throw .malformedReceipt }
        return Evidence(leaf: leaf, proof: try LogProof(parsing: Array(proofText.utf8)))
    }

    private static func persons(_ value: JSONValue?) throws(LogError) -> [String: PersonID]? {
        guard let value else { return nil }
        guard let members = value.objectValue else { throw .malformedReceipt }
        var persons: [String: PersonID] = [:]
        for member in members {
            guard let person: PersonID = term(member.value) else { throw .malformedReceipt }
            persons[member.name] = person
        }
        return persons
    }

    private static func term<Term: RawRepresentable>(_ value: JSONValue?) -> Term? where Term.RawValue == String {
        value?.stringValue.flatMap { Term(rawValue: $0) }
    }

    private static func optionalTerm<Term: RawRepresentable>(_ value: JSONValue?) throws(LogError) -> Term?
    where Term.RawValue == String {
        guard let value else { return nil }
        guard let term: Term = term(value) else { throw .malformedReceipt }
        return term
    }
}
