import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

extension ProtocolChecker {
    /// Compiles every schema and looks up everything a message names.
    func checkMessages() {
        let vocabulary = SchemaVocabulary(
            categories: Set(categories.keys), roles: Set(terms.names(.role).map { Role(unchecked: $0) }),
            codelists: codelists.mapValues(\.codes))
        let loader = SchemaLoader(files: files, vocabulary: vocabulary, log: log, isTraining: isTraining)
        var types: [String: Name] = [:]
        for syntax in syntax.messages {
            let loaded = syntax.schema.flatMap(loader.load)
            if let type = syntax.type {
                checkType(type, &types)
            }
            let message = compile(syntax, loaded)
            guard let message, let loaded else { continue }
            messages[message.name] = message
            schemas[message.name] = loaded
            markUsed(in: message.schema)
        }
        for syntax in syntax.messages { checkPair(syntax) }
    }

    private func checkType(_ type: Name, _ types: inout [String: Name]) {
        let bytes = type.value.utf8
        if bytes.count > 128 || !bytes.allSatisfy({ (0x21...0x7E).contains($0) }) {
            log.error(type.span, "`\(type.value)` is not a message type", "write a dotted name, `uk.rj.referral.v1`")
        }
        if let first = types[type.value] {
            log.error(
                type.span, "type `\(type.value)` is taken", "it is first used in line \(first.span.line); rename one")
        }
        types[type.value] = type
    }

    private func compile(_ syntax: MessageSyntax, _ loaded: LoadedSchema?) -> CompiledMessage? {
        let from: Set<PartyKind> = terms.resolve(syntax.from, .partyKind)
        let to: Set<PartyKind> = terms.resolve(syntax.to, .partyKind)
        let purposeIDs: Set<PurposeID> = terms.resolve(syntax.purposes, .purpose)
        for name in syntax.purposes {
            guard let basis = purposes[PurposeID(unchecked: name.value)]?.basis else { continue }
            let sides = [("send", from), ("receive", to)]
            if let side = sides.first(where: { !$1.isEmpty && $1.isDisjoint(with: basis.keys) })?.0 {
                log.error(
                    name.span, "no kind that may \(side) `\(syntax.name.value)` has a basis for `\(name.value)`",
                    "add the kind to the purpose's `basis`, or take the purpose out")
            }
        }
        if let opens = syntax.opens, opens.value != "case" {
            log.error(opens.span, "`opens: \(opens.value)` is not known", "only `opens: case` can be said")
        }
        var keep: [KeptBy: CompiledRetention] = [:]
        for (whom, rule) in syntax.keep {
            if whom.value != "recipient", whom.value != "gateway" {
                _ = terms.resolve(whom, .partyKind, as: PartyKind.self)
            }
            guard let retention = values.retention(rule) else { continue }
            switch whom.value {
            // What the gateway itself keeps is not said to a recipient.
            case "gateway": break
            case "recipient": keep[.recipients] = retention
            default: keep[.kind(PartyKind(unchecked: whom.value))] = retention
            }
        }
        let mayRestate: Set<Category>? = terms.resolve(syntax.mayRestate, .category)
        let fromCapacity: Set<Capacity> = terms.resolve(syntax.fromCapacity ?? [], .capacity)
        let toCapacity: Set<Capacity> = terms.resolve(syntax.toCapacity ?? [], .capacity)
        let answeredBy = syntax.asks.flatMap { terms.resolve($0, .message, as: MessageName.self) }
        let answers = syntax.answers.flatMap { terms.resolve($0, .message, as: MessageName.self) }
        let life = syntax.expires.map(values.life) ?? MessageDefaults.life
        guard let loaded, terms.isDeclared(syntax.name.value, .message) else { return nil }
        var message = CompiledMessage(
            name: MessageName(unchecked: syntax.name.value), title: syntax.title, type: syntax.type?.value ?? "",
            schema: loaded.schema, from: from, fromCapacity: fromCapacity, to: to, toCapacity: toCapacity,
            purposes: purposeIDs, opensCase: syntax.opens?.value == "case", answeredBy: answeredBy, answers: answers,
            life: life)
        message.keep = keep
        message.mayRestate = mayRestate.map { named in
            named.reduce(into: Set<Category>()) { $0.formUnion(expandedChildren(of: $1)) }
        }
        return message
    }

    /// The category and everything within it.
    private func expandedChildren(of category: Category) -> Set<Category> {
        Set(categories.keys.filter { lies($0, within: category) })
    }

    /// A request and its answer name each other, and go the opposite way.
    private func checkPair(_ syntax: MessageSyntax) {
        guard let message = messages[MessageName(unchecked: syntax.name.value)] else { return }
        if let asks = syntax.asks, let name = message.answeredBy, let answer = messages[name] {
            if answer.answers != message.name {
                log.error(
                    asks.span, "`\(name)` does not say that it answers `\(message.name)`",
                    "add `answers: \(message.name)` to it")
            }
            if message.schema.requestCodes.isEmpty {
                log.error(
                    asks.span, "the schema of `\(message.name)` has no `x-requests`",
                    "add `x-requests` to the codes by which items are asked for")
            }
            if answer.to.isDisjoint(with: message.from) || answer.from.isDisjoint(with: message.to) {
                log.error(
                    asks.span, "no asker of `\(message.name)` may receive `\(name)` from its holder",
                    "let `\(name)` go from those asked to those who ask")
            }
        }
        if let answers = syntax.answers, let name = message.answers, let request = messages[name],
            request.answeredBy != message.name
        {
            log.error(
                answers.span, "`\(name)` does not say that it asks for `\(message.name)`",
                "add `asks: \(message.name)` to it")
        }
    }

    /// What a schema says counts as use of a category and of a role.
    private func markUsed(in schema: MessageSchema) {
        for node in schema.fieldNodes {
            terms.markUsed(schema.category(of: node).rawValue, .category)
            switch schema.possibleSubjects(of: node) {
            case .nobody: break
            case .role(let role): terms.markUsed(role.rawValue, .role)
            case .person(let roles):
                // A schema that states no role may speak of anyone, which uses no role in particular.
                if roles.count < terms.names(.role).count { roles.forEach { terms.markUsed($0.rawValue, .role) } }
            }
        }
        schema.requestCodes.values.forEach { terms.markUsed($0.rawValue, .category) }
    }

    /// Every capacity, with the messages that move it.
    func checkCapacities() -> [Capacity: CompiledCapacity] {
        var result: [Capacity: CompiledCapacity] = [:]
        for syntax in syntax.capacities {
            let kinds: Set<PartyKind> = terms.resolve(syntax.kinds ?? [], .partyKind)
            result[Capacity(unchecked: syntax.name.value)] = CompiledCapacity(
                title: syntax.title, kinds: kinds, exclusive: syntax.isExclusive,
                grants: syntax.grants.compactMap { move($0, of: syntax, kinds: kinds, isGrant: true) },
                ends: syntax.ends.compactMap { move($0, of: syntax, kinds: kinds, isGrant: false) })
        }
        return result
    }

    private func move(
        _ move: MoveSyntax, of capacity: CapacitySyntax, kinds: Set<PartyKind>, isGrant: Bool
    ) -> CapacityMove? {
        guard let name = terms.resolve(move.message, .message, as: MessageName.self), let message = messages[name]
        else { return nil }
        let what = "capacity `\(capacity.name.value)`"
        let when = move.when.map { conditions.check($0, scope: [message], what: what) }
        if let field = move.field, move.holder.value != "field" {
            log.error(field.span, "`field` beside `\(move.holder.value)`", "name one holder only")
        }
        switch move.holder.value {
        case "sender", "recipient":
            let able = move.holder.value == "sender" ? message.from : message.to
            if isGrant, !kinds.isEmpty, !able.isEmpty, kinds.isDisjoint(with: able) {
                log.error(
                    move.holder.span, "no \(move.holder.value) of `\(name)` is of a kind that may hold \(what)",
                    "add the kind to its `kinds`, or take the grant out")
            }
            return CapacityMove(message: name, holder: move.holder.value == "sender" ? .sender : .recipient, when: when)
        case "everyone" where !isGrant:
            return CapacityMove(message: name, holder: .everyone, when: when)
        case "field":
            guard let field = move.field else {
                log.error(move.holder.span, "`field` is not named", "add `field: /path` of an `x-party` field")
                return nil
            }
            guard message.schema.partyPaths.contains(field.value) else {
                log.error(
                    field.span, "`\(field.value)` of `\(name)` is no `x-party` field",
                    NearestName.advice(
                        for: field.value, among: message.schema.partyPaths,
                        declare: "add `x-party: true` to it; only such fields may grant or end a capacity"))
                return nil
            }
            return CapacityMove(message: name, holder: .field(field.value), when: when)
        default:
            log.error(
                move.holder.span, "`\(move.holder.value)` can not be a holder",
                isGrant ? "write sender, recipient or field" : "write sender, recipient, field or everyone")
            return nil
        }
    }

    /// Looks up conditions against what is known so far.
    var conditions: ConditionChecker {
        ConditionChecker(
            terms: terms, log: log, flagValues: flagValues,
            specialities: Set(roster.values.flatMap(\.specialities)),
            isComplete: messages.count == syntax.messages.count)
    }
}
