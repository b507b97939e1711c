import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import Logging

extension HandOver {
    /// What judging a copy again came to.
    enum Again {
        case same
        /// Less than before, and the leaf that says so; or no leaf, when only what goes with it changed.
        case narrowed(DeliveryCopy, DecisionLeaf?)
        /// Nothing may leave any more.
        case nothing
        /// Not now.
        case held
        /// It is not a copy this protocol can judge.
        case unreadable
    }

    /// What was decided about a copy that waits, what it was judged by, and the message as it was read.
    struct HeldDecision {
        let decision: Decision
        let input: JudgeInput
        let message: CompiledMessage
    }

    /// Judges a copy again, as the case, its consents and the text in force stand now. The answer can only be the same or
    /// less.
    ///
    /// A copy is read by the schema it was cut by. When that is another text's, what the text in force does not know of it,
    /// the message or a path, does not go.
    func judged(
        _ copy: DeliveryCopy, of delivery: Delivery, record: CaseRecord?, on footing: Footing, now: UTCInstant
    ) async -> Again {
        guard let record else { return .nothing }
        let text = footing.text.text
        let isOwn = copy.context.textDigest == text.digest
        let cutBy = isOwn ? text : await house.shelf.text(digest: copy.context.textDigest)
        guard let message = cutBy?.messages[copy.context.name] else { return .unreadable }
        do {
            let facts = try facts(of: copy, as: message)
            let input = input(for: copy, facts: facts, record: record, message: message, now: now)
            let stopped = footing.standing.stoppedCategories
            func judge(_ input: JudgeInput) -> Decision {
                isOwn
                    ? text.judge(input, without: stopped)
                    : TextBridge(read: message, text: text).judge(input, without: stopped)
            }
            let decision = judge(input)
            var carried = decision.marked(of: input, under: text, judge: judge)
            let isSuspended = footing.standing.suspended.contains(copy.context.sender)
            if copy.context.breakGlass != nil, isSuspended || !footing.text.isInForce(at: now) {
                carried = decision.carriedByGlass(of: text)
                // What goes by no clause of its own waits like everything else.
                guard !carried.brokenGlass.isEmpty else { return .held }
            }
            switch carried.answer {
            case .share(let plan):
                var again = copy
                again.cut = try narrow(copy, by: plan, as: message, facts: facts, now: now)
                guard !again.cut.isEmpty else { return .nothing }
                let duties = self.duties(of: carried, people: input.people, in: copy.context, under: text)
                again.context.duties = isOwn ? duties : duties.joined(to: copy.context.duties, markings: text.markings)
                guard again.cut != copy.cut || again.context != copy.context else { return .same }
                let isLess = again.cut.bytes != copy.cut.bytes
                return .narrowed(
                    again, isLess ? leaf(again, delivery, carried, judged: input, as: message, in: record) : nil)
            case .hold: return .held
            case .withhold(let refusal), .refuse(let refusal):
                return Self.codesThatPass.contains(refusal.code) ? .held : .nothing
            }
        } catch {
            house.logger.error("delivery: a copy could not be judged", metadata: ["message": "\(copy.context.name)"])
            return .unreadable
        }
    }

    /// The copy cut once more by what passes now.
    func narrow(
        _ copy: DeliveryCopy, by plan: FieldPlan, as message: CompiledMessage, facts: MessageFacts, now: UTCInstant
    ) throws -> CutDocument {
        try Cutter.narrow(
            copy.cut, schema: message.schema, facts: facts, plan: plan, now: now,
            pseudonymKey: house.keys.transformKey(of: copy.context.recipient), limits: limits)
    }

    /// What the copy still says, with the facts of the message it was cut from.
    func facts(of copy: DeliveryCopy, as message: CompiledMessage) throws -> MessageFacts {
        var facts = try MessageReader.readCopy(copy.cut.bytes.span.bytes, schema: message.schema, limits: limits)
        (facts.facts, facts.parties) = (copy.facts, copy.parties)
        return facts
    }

    // Bound: a copy of ours; minted ids may have made it longer than what came in.
    private var limits: JSONLimits {
        var limits = house.settings.json
        limits.documentBytesMax = 1 << 30
        return limits
    }

    /// What goes of a copy, field by field. An earlier leaf of its delivery speaks of what was to go then.
    func leaf(
        _ copy: DeliveryCopy, _ delivery: Delivery, _ decision: Decision, judged input: JudgeInput,
        as message: CompiledMessage, in record: CaseRecord
    ) -> DecisionLeaf {
        let fields = DecisionLeaf.groups(
            of: decision.grounds, people: input.people, schema: message.schema, cut: copy.cut)
        // It goes marked with the ground, whether or not what is left still needs it.
        let ground = copy.context.breakGlass.flatMap { LeafToken($0) }
        return DecisionLeaf(
            message: delivery.message, name: delivery.messageName, caseID: delivery.caseID, sender: delivery.sender,
            recipient: delivery.recipient, purpose: input.purpose, answer: .share, code: nil, clause: nil,
            rules: Array(Set(fields.flatMap(\.rules))).sorted(), fields: fields,
            persons: Set(input.people.compactMap(\.id)).compactMap(record.pseudonym).sorted(),
            consents: record.lookedAt(decision.consents), digestIn: nil,
            digestOut: LeafDigest(bytes: MAC.hmacSHA256(key: copy.context.salt, copy.cut.bytes)),
            delivery: delivery.id, ground: ground, brokenGlass: ground == nil ? [] : decision.brokenGlass,
            isDryRun: false)
    }

    /// What the recipient undertakes with what it is handed: a consent may have opened something since the copy was cut, or
    /// closed it, and another text may ask for more.
    private func duties(
        of decision: Decision, people: [JudgedPerson], in context: DeliveryCopy.Context, under text: CompiledProtocol
    ) -> CopyDuties {
        guard let kind = text.parties[context.recipient]?.kind else { return context.duties }
        return CopyDuties(
            text.obligations(
                in: context.name, to: kind, for: context.purpose, sharing: decision.shared(people: people)))
    }

    /// Refusals that may be over again, as when a text is not signed yet: what waits, goes on waiting.
    static let codesThatPass: Set<String> = [
        "protocol.lapsed", "protocol.not-yet", "party.not-signed", Decision.stoppedCode,
    ]

    /// What the text says now of a copy that waits.
    ///
    /// It is read by the schema it was cut by, like a copy that is handed over.
    ///
    /// - Parameter isReleased: whether an officer lets it go.
    /// - Returns: the decision and what it was judged by; nil when the text it was cut by is gone.
    /// - Throws: when it is not a copy of that text.
    func decision(
        onHeld copy: DeliveryCopy, since: UTCInstant, isReleased: Bool, record: CaseRecord, on footing: Footing,
        now: UTCInstant
    ) async throws -> HeldDecision? {
        let text = footing.text.text
        let isOwn = copy.context.textDigest == text.digest
        let cutBy = isOwn ? text : await house.shelf.text(digest: copy.context.textDigest)
        guard let message = cutBy?.messages[copy.context.name] else { return nil }
        let facts = try facts(of: copy, as: message)
        var input = input(for: copy, facts: facts, record: record, message: message, now: now)
        (input.heldSince, input.isReleased) = (since, isReleased)
        let stopped = footing.standing.stoppedCategories
        let decision =
            isOwn
            ? text.judge(input, without: stopped) : TextBridge(read: message, text: text).judge(input, without: stopped)
        return HeldDecision(decision: decision, input: input, message: message)
    }

    private func input(
        for copy: DeliveryCopy, facts: MessageFacts, record: CaseRecord, message: CompiledMessage, now: UTCInstant
    ) -> JudgeInput {
        let context = copy.context
        var people = facts.persons.map { person -> JudgedPerson in
            // A copy holds the gateway's own person ids where the sender's references were.
            let id = PersonID(person.reference.reveal())
            let stated = copy.persons.lazy.filter { $0.id == id }.reduce(into: Set<Role>()) { $0.formUnion($1.roles) }
            return JudgedPerson(
                id: id, roles: stated.union(id.flatMap { record.facts.roles[$0] } ?? []),
                born: copy.persons.lazy.filter { $0.id == id }.compactMap(\.born).first)
        }
        var mentioned = Set(people.compactMap(\.id))
        // Whoever nothing is left of in the copy is somebody the message is about all the same. No field is theirs, so their
        // places come after those of the copy.
        for person in copy.persons {
            guard let id = person.id, mentioned.insert(id).inserted else { continue }
            let same = copy.persons.filter { $0.id == id }
            people.append(
                JudgedPerson(
                    id: id, roles: same.reduce(into: record.facts.roles[id] ?? []) { $0.formUnion($1.roles) },
                    born: same.lazy.compactMap(\.born).first))
        }
        let others = record.facts.roles.filter { !mentioned.contains($0.key) }
            .map { JudgedPerson(id: $0.key, roles: $0.value) }.sorted { ($0.id ?? "-") < ($1.id ?? "-") }
        var caseFacts = record.facts
        // What the sender was when it sent still counts for the rules that look at the sender: a later move does not
        // unsend it. What the recipient is counts as of now.
        if context.sender != context.recipient {
            caseFacts.capacities += copy.senderCapacities.map {
                CapacityHolding(party: context.sender, capacity: $0, from: record.opened)
            }
        }
        var input = JudgeInput(
            message: context.name, sender: context.sender, recipient: context.recipient, purpose: context.purpose,
            facts: facts, people: people, casePeople: others, caseFacts: caseFacts, isNewCase: false,
            consents: record.consentFacts(at: now), repliesTo: copy.repliesTo,
            claimsReply: copy.repliesTo != nil || message.answers != nil, recipients: context.recipients, now: now,
            messageID: context.message, expires: context.expires, acceptedWith: copy.moves)
        input.breakGlass = context.breakGlass
        return input
    }
}
