import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

extension ProtocolChecker {
    /// The rules as written, then what the routes and the break-glass clauses stand for.
    func checkRules() -> [CompiledRule] {
        (syntax.rules + syntax.routes.map(\.rule) + (syntax.breakGlass?.clauses ?? [])).map(checkRule)
    }

    func checkRule(_ rule: RuleSyntax) -> CompiledRule {
        let messageNames: Set<MessageName>? = terms.resolve(rule.messages, .message)
        let from: Set<PartyKind>? = terms.resolve(rule.from, .partyKind)
        let to: Set<PartyKind>? = terms.resolve(rule.to, .partyKind)
        let purposeIDs: Set<PurposeID>? = terms.resolve(rule.purposes, .purpose)
        let about = subjects(rule.about)
        let scope = messages.values.filter { message in
            (messageNames?.contains(message.name) ?? true) && !(from?.isDisjoint(with: message.from) ?? false)
                && !(to?.isDisjoint(with: message.to) ?? false)
                && !(purposeIDs?.isDisjoint(with: message.purposes) ?? false)
        }.sorted { $0.name < $1.name }
        checkKeys(rule)
        let when = rule.when.map { conditions.check($0, scope: scope, what: "rule `\(rule.id.value)`") }
        let covered = coveredCategories(rule)
        var compiled = CompiledRule(
            id: RuleID(unchecked: rule.id.value), title: rule.title, effect: effect(rule), categories: covered,
            about: about, messages: messageNames, from: from, fromCapacity: terms.resolve(rule.fromCapacity, .capacity),
            to: to, toCapacity: terms.resolve(rule.toCapacity, .capacity), purposes: purposeIDs, when: when,
            silent: rule.isSilent, tell: rule.tell.compactMap(told))
        compiled.when = clauseCondition(rule, compiled.when)
        compiled.isBreakGlass = rule.grounds != nil
        if case .hold(let hold) = rule.effect { checkHold(rule, hold, scope) }
        if let way = rule.destination, rule.messages != nil { checkRoute(way, scope) }
        return compiled
    }

    /// Roles and `nobody`.
    func subjects(_ names: [Name]?) -> Set<CompiledRule.Subject>? {
        names.map { names in
            Set(
                names.compactMap { name in
                    if name.value == TermTable.nobody { return .nobody }
                    return terms.resolve(name, .role, as: Role.self).map { .role($0) }
                })
        }
    }

    private func effect(_ rule: RuleSyntax) -> CompiledRule.Effect {
        switch rule.effect {
        case .permit: .permit(action(rule.action), consent(rule))
        case .prohibit, .prohibitAll: .prohibit
        case .refuseMessage: .refuseMessage
        case .hold(let syntax): .hold(holdTerms(syntax))
        }
    }

    private func action(_ word: Name?) -> FieldAction {
        guard let word else { return .keep }
        let known = ["whole"] + FieldAction.allCases.filter(\.isTransform).map(\.rawValue)
        switch word.value {
        case "whole": return .keep
        case "masked":
            log.error(
                word.span, "`as: masked` is not built yet",
                "free text is whole or withheld: leave `as` out, or take the category out of this permit")
            return .drop
        default:
            if let action = FieldAction(rawValue: word.value), action.isTransform { return action }
            log.error(
                word.span, "unknown form `\(word.value)`",
                NearestName.advice(for: word.value, among: known, declare: "use one of the forms"))
            return .drop
        }
    }

    private func consent(_ rule: RuleSyntax) -> ConsentNeed {
        let of: Set<Role> = terms.resolve(rule.consentOf ?? [], .role)
        var level = ConsentNeed.Level.none
        if let word = rule.consent {
            if let known = ConsentNeed.Level(rawValue: word.value) {
                level = known
            } else {
                log.error(word.span, "unknown consent `\(word.value)`", "write given, not-objected or none")
                level = .given
            }
        }
        if let first = rule.consentOf?.first, level == .none {
            log.error(first.span, "`consent-of` without a consent", "add `consent: given` or `consent: not-objected`")
        }
        return ConsentNeed(level: level, of: of, kinds: consentKinds(rule, level))
    }

    /// The kinds of consent that will do; they mean something only where one must be given.
    private func consentKinds(_ rule: RuleSyntax, _ level: ConsentNeed.Level) -> Set<ConsentKind> {
        guard let names = rule.consentKinds else { return [] }
        if level != .given, let first = names.first {
            log.error(
                first.span, "`consent-kind` without a consent that is given", "add `consent: given`, or take it out")
        }
        return Set(names.compactMap(consentKind))
    }

    func consentKind(_ word: Name) -> ConsentKind? {
        if let kind = ConsentKind(rawValue: word.value) { return kind }
        let known = ConsentKind.allCases.map(\.rawValue)
        log.error(
            word.span, "unknown kind of consent `\(word.value)`",
            NearestName.advice(for: word.value, among: known, declare: "use one of the kinds"))
        return nil
    }

    /// The categories named and all their children, without the exceptions and theirs.
    private func coveredCategories(_ rule: RuleSyntax) -> Set<Category> {
        let named: [Name]
        switch rule.effect {
        case .permit(let names), .prohibit(let names): named = names
        case .prohibitAll: return expand(nil, except: rule.except ?? [])
        case .refuseMessage, .hold: return []
        }
        return expand(named, except: rule.except ?? [])
    }

    /// `nil` stands for every category.
    func expand(_ named: [Name]?, except: [Name]) -> Set<Category> {
        let roots: Set<Category> = named.map { terms.resolve($0, .category) } ?? Set(categories.keys)
        let excepted: Set<Category> = terms.resolve(except, .category)
        let covered = Set(categories.keys.filter { category in roots.contains { lies(category, within: $0) } })
        for name in except {
            let category = Category(unchecked: name.value)
            if categories.keys.contains(category), covered.allSatisfy({ !lies($0, within: category) }) {
                log.error(name.span, "`\(name.value)` is not among what it is excepted from", "take the exception out")
            }
        }
        return covered.filter { category in !excepted.contains { lies(category, within: $0) } }
    }

    func lies(_ category: Category, within ancestor: Category) -> Bool {
        var here: Category? = category
        // Bound: rings were refused, so a chain is at most as long as there are categories.
        for _ in 0...categories.count {
            guard let current = here else { return false }
            if current == ancestor { return true }
            here = categories[current] ?? nil
        }
        return false
    }

    /// Keys that mean something only beside another.
    private func checkKeys(_ rule: RuleSyntax) {
        func only(_ span: SourceSpan?, _ key: String, _ effects: String) {
            if let span { log.error(span, "`\(key)` has no meaning here", "it belongs to \(effects); take it out") }
        }
        let isPermit: Bool
        let isRefusal: Bool
        switch rule.effect {
        case .permit: (isPermit, isRefusal) = (true, false)
        case .prohibit, .prohibitAll: (isPermit, isRefusal) = (false, false)
        case .refuseMessage, .hold: (isPermit, isRefusal) = (false, true)
        }
        if isPermit { only(rule.yieldsTo.first?.span, "yields-to", "`prohibit`, `refuse` and routes") }
        if case .hold = rule.effect {
            only(rule.yieldsTo.first?.span, "yields-to", "`prohibit` and `refuse`; a hold always yields")
        }
        if !isPermit {
            only(rule.consent?.span, "consent", "`permit`")
            only(rule.consentOf?.first?.span, "consent-of", "`permit`")
            only(rule.consentKinds?.first?.span, "consent-kind", "`permit`")
            only(rule.action?.span, "as", "`permit`")
        }
        if isRefusal {
            only(rule.except?.first?.span, "except", "`permit` and `prohibit`")
            if rule.isSilent { only(rule.effectSpan, "silent", "`permit` and `prohibit`") }
        }
    }

    func told(_ name: Name) -> String? {
        if PartyID(name.value).map({ roster[$0] != nil }) ?? false { return name.value }
        if terms.isDeclared(name.value, .partyKind) {
            terms.markUsed(name.value, .partyKind)
            return name.value
        }
        log.error(
            name.span, "`\(name.value)` is neither a party nor a party kind",
            NearestName.advice(
                for: name.value, among: roster.keys.map(\.rawValue) + terms.names(.partyKind),
                declare: "add it to the roster, or name a kind of party"))
        return nil
    }

    func checkGuarantee(_ guarantee: GuaranteeSyntax) -> Guarantee {
        let names: Set<MessageName>? = terms.resolve(guarantee.messages, .message)
        let scope = messages.values.filter { names?.contains($0.name) ?? true }.sorted { $0.name < $1.name }
        let when = guarantee.when.map {
            conditions.check($0, scope: scope, what: "guarantee `\(guarantee.id.value)`")
        }
        return Guarantee(
            id: GuaranteeID(unchecked: guarantee.id.value), title: guarantee.title,
            categories: expand(guarantee.categories, except: guarantee.except), about: subjects(guarantee.about),
            to: terms.resolve(guarantee.to, .partyKind), from: terms.resolve(guarantee.from, .partyKind),
            toCapacityNot: terms.resolve(guarantee.toCapacityNot ?? [], .capacity),
            withoutConsent: guarantee.withoutConsent, exceptGrounds: Set(guarantee.exceptGrounds.compactMap(ground)),
            messages: names, purposes: terms.resolve(guarantee.purposes, .purpose), when: when)
    }
}
