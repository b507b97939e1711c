import ConcordatCrypto
import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms
package import ConcordatWire

/// Why a message was turned away before it could be judged.
package struct IntakeRefusal: Error, Sendable {
    package var party: PartyID
    package var problem: Problem
    package var message: MessageID?
    package var name: MessageName?

    package init(party: PartyID, problem: Problem, message: MessageID? = nil, name: MessageName? = nil) {
        (self.party, self.problem, self.message, self.name) = (party, problem, message, name)
    }

    package init(_ code: String, party: PartyID, message: MessageID? = nil, name: MessageName? = nil) {
        self.init(party: party, problem: ProblemCatalogue.problem(code), message: message, name: name)
    }
}

extension CompiledProtocol {
    /// The type that differs from `type` in nothing but the number at its end, as `….v2` does from `….v1`.
    fileprivate func otherVersion(ofType type: String) -> String? {
        func stem(_ type: String) -> Substring? {
            let parts = type.split(separator: ".", omittingEmptySubsequences: false)
            guard let last = parts.last, last.first == "v", last.count > 1,
                last.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            return type.dropLast(last.count)
        }
        guard let wanted = stem(type) else { return nil }
        return messages.values.map(\.type).filter { stem($0) == wanted }.max()
    }
}

extension Intake {
    /// Who is this, may they speak at all, and is it a CloudEvent of this gateway.
    func read(_ submission: Submission, isDryRun: Bool) throws(IntakeRefusal) -> ReadMessage {
        let party = submission.party
        let footing = house.registers.footing
        if let lack = footing.text.lack { throw IntakeRefusal(party: party, problem: .none(lack)) }
        guard footing.text.text.parties[party] != nil, party != House.gatewayParty else {
            throw IntakeRefusal("party.unknown", party: party)
        }
        let isSuspended = footing.standing.suspended.contains(party)
        let envelope: Envelope
        let data: Range<Int>
        do throws(EnvelopeFault) {
            if let attributes = submission.attributes {
                (envelope, data) = (try attributes.envelope(), 0..<submission.body.count)
            } else {
                let event = try StructuredEvent(submission.body.span.bytes, limits: house.settings.json)
                (envelope, data) = (event.envelope, event.data)
            }
        } catch {
            guard !isSuspended else { throw IntakeRefusal("party.suspended", party: party) }
            var problem = ProblemCatalogue.problem(error.code, detail: error.detail)
            problem.pointer = error.pointer
            throw IntakeRefusal(party: party, problem: problem)
        }
        // A suspended party is heard only when it breaks glass; whether it may is judged.
        guard !isSuspended || envelope.breakGlass != nil else { throw IntakeRefusal("party.suspended", party: party) }
        guard envelope.source == party else {
            throw IntakeRefusal("envelope.source-mismatch", party: party, message: envelope.id)
        }
        return ReadMessage(submission: submission, envelope: envelope, data: data, isDryRun: isDryRun)
    }
}

/// A message that has passed its schema, with what stays the same however often it is judged.
struct IntakeWork: Sendable {
    let house: House
    let message: ReadMessage
    /// The text it was read under and is judged under. Under another it is read again.
    let inForce: TextInForce
    let text: CompiledMessage
    let facts: MessageFacts
    /// Minted once, used only if this message opens the case.
    let newCase: CaseID
    let newPeople: [PersonID]
    let newPersonKeys: [[UInt8]]
    /// Keyed digest of envelope and data, by which a repeated message is known.
    let digest: [UInt8]
    /// Salts of the digests in leaves: of what came in, then of each recipient's copy.
    let salts: [[UInt8]]

    /// Runs pass 1.
    init(_ message: ReadMessage, house: House, under present: TextInForce) throws(IntakeRefusal) {
        let envelope = message.envelope
        let inForce = present.reading(type: envelope.type, at: house.now())
        let party = message.submission.party
        guard let text = inForce.text.message(ofType: envelope.type) else {
            var refusal = IntakeRefusal("message.unknown-type", party: party, message: envelope.id)
            // Names only what the text in force has, so that a sender of an older version can tell it from a slip.
            if let other = inForce.text.otherVersion(ofType: envelope.type) {
                refusal.problem.detail = "it has `\(other)`: send that, by its schema"
            }
            throw refusal
        }
        do throws(PayloadError) {
            facts = try MessageReader.read(
                message.submission.body.span.bytes, range: message.data, schema: text.schema,
                limits: house.settings.json,
                base: message.submission.attributes == nil ? JSONPointer(tokens: ["data"]) : JSONPointer())
        } catch {
            var problem = ProblemCatalogue.problem(error.code, detail: error.description)
            problem.pointer = error.pointer
            throw IntakeRefusal(party: party, problem: problem, message: envelope.id, name: text.name)
        }
        (self.house, self.message, self.inForce, self.text) = (house, message, inForce, text)
        do {
            newCase = try Minting.caseID()
            newPeople = try facts.persons.map { _ in try Minting.personID() }
            let random = try SecureRandom.bytes(32 * (facts.persons.count + 1 + envelope.recipients.count))
            let chunks = stride(from: 0, to: random.count, by: 32).map { Array(random[$0..<$0 + 32]) }
            newPersonKeys = Array(chunks.prefix(facts.persons.count))
            salts = Array(chunks.dropFirst(facts.persons.count))
        } catch {
            throw IntakeRefusal("store.unavailable", party: party, message: envelope.id, name: text.name)
        }
        digest = message.contentDigest(key: house.keys.idempotencyKey)
    }
}
