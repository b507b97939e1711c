import ArgumentParser
import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatProtocols
import ConcordatTerms
import ConcordatWire

/// One message that opens a case, with everything each part of its way starts from.
struct MessageWay {
    private let body: [UInt8]
    private let compiled: CompiledProtocol
    private let message: CompiledMessage
    private let event: StructuredEvent
    private let facts: MessageFacts
    private let input: JudgeInput
    private let plan: FieldPlan
    private let persons: [PersonID]
    private let decided: Leaf
    /// Fields in the message, and what becomes of them.
    let present: Int
    let dropped: Int
    let transformed: Int

    private static let key = [UInt8](repeating: 7, count: 32)

    init(protocolDirectory: String, body: [UInt8], recipient: String) throws {
        switch ProtocolDirectory.load(try ProtocolDirectory.read(protocolDirectory)) {
        case .success(let loaded): compiled = loaded.compiled
        case .failure(let problems):
            throw ValidationError("the protocol does not load: \(problems.errors.count) problems")
        }
        self.body = body
        event = try StructuredEvent(body.span.bytes, limits: JSONLimits())
        guard let message = compiled.message(ofType: event.envelope.type) else {
            throw ValidationError("no message of the protocol has that type")
        }
        self.message = message
        let facts = try MessageReader.read(body.span.bytes, range: event.data, schema: message.schema)
        self.facts = facts
        let persons = facts.persons.indices.map { PersonID(unchecked: "p-\($0)") }
        self.persons = persons
        // In force on its review day, whatever day this is.
        let now = UTCInstant(startOf: compiled.period.review)
        input = JudgeInput(
            message: message.name, sender: event.envelope.source, recipient: PartyID(unchecked: recipient),
            purpose: event.envelope.purpose, facts: facts,
            people: zip(persons, facts.persons).map { JudgedPerson(id: $0, roles: $1.roles) }, caseFacts: CaseFacts(),
            isNewCase: true, recipients: event.envelope.recipients, now: now, messageID: event.envelope.id)
        let decision = compiled.judge(input)
        guard case .share(let plan) = decision.answer else {
            throw ValidationError("the message is not shared; measure one that is")
        }
        self.plan = plan
        let there = decision.grounds.filter { $0.count > 0 }
        present = there.reduce(0) { $0 + $1.count }
        dropped = there.filter { $0.action == .drop }.reduce(0) { $0 + $1.count }
        transformed = there.filter { $0.action.isTransform }.reduce(0) { $0 + $1.count }
        decided = Self.leaf(decision, message, event.envelope, input)
    }

    func copyAndHash() -> Int {
        var copy = [UInt8](repeating: 0, count: body.count)
        copy.withUnsafeMutableBytes { to in body.withUnsafeBytes { to.copyMemory(from: $0) } }
        return Int(Digest.sha256(copy)[0]) + 1
    }

    func envelope() -> Int { (try? StructuredEvent(body.span.bytes, limits: JSONLimits()))?.data.count ?? 0 }

    func read() -> Int {
        (try? MessageReader.read(body.span.bytes, range: event.data, schema: message.schema))?.fields.count ?? 0
    }

    func judge() -> Int { compiled.judge(input).grounds.count }

    func cut() -> Int {
        (try? Cutter.cut(
            body.span.bytes, range: event.data, schema: message.schema, facts: facts, plan: plan, persons: persons,
            now: input.now, pseudonymKey: Self.key))?.bytes.count ?? 0
    }

    func leaf() -> Int { Int((try? decided.encoded()).map(MerkleHash.leaf)?.bytes[0] ?? 0) + 1 }

    /// The leaf of the decision, its fields grouped as in the log: by path, role, action and rules.
    private static func leaf(
        _ decision: Decision, _ message: CompiledMessage, _ envelope: Envelope, _ input: JudgeInput
    ) -> Leaf {
        let fields = decision.grounds.filter { $0.count > 0 }.compactMap { ground -> FieldGroup? in
            let roles: [Role] =
                switch ground.field.subject {
                case .nobody: []
                case .role(let role): [role]
                case .person(let index): input.people[index].roles.sorted()
                }
            guard let path = SchemaPath(rawValue: message.schema.path(of: ground.field.node)) else { return nil }
            return FieldGroup(
                path: path, roles: roles, action: FieldGroup.Action(rawValue: ground.action.rawValue) ?? .drop,
                rules: Array(ground.rules), count: ground.count)
        }
        let digest = LeafDigest(bytes: [UInt8](repeating: 1, count: 32))
        return Leaf(
            time: input.now, deployment: LeafToken("training-ground"),
            body: .decision(
                DecisionLeaf(
                    message: envelope.id, name: message.name, caseID: "case-000000000000", sender: envelope.source,
                    recipient: input.recipient, purpose: envelope.purpose, answer: .share,
                    rules: Set(fields.flatMap(\.rules)).sorted(), fields: fields, digestIn: digest, digestOut: digest,
                    delivery: "delivery-000000000000")))
    }
}
