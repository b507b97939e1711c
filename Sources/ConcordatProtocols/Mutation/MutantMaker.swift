import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Makes the mutants of every rule, in the order of the text: from the clause as it is declared where a change is one of
/// what is written, and from the compiled rule where both say the same.
struct MutantMaker {
    let checker: ProtocolChecker
    let compiled: CompiledProtocol
    let map: FlowMap
    /// Every element that a list can be widened by, and not just one of each list.
    let isExhaustive: Bool
    private(set) var mutants: [RuleMutant] = []

    init(_ text: ProtocolDirectory.Resolved, map: FlowMap, isExhaustive: Bool) {
        (checker, compiled, self.map) = (text.checker, text.checked.compiled, map)
        self.isExhaustive = isExhaustive
    }

    /// All of them.
    mutating func make() -> [RuleMutant] {
        let syntax = checker.syntax
        let clauses = syntax.rules + syntax.routes.map(\.rule) + (syntax.breakGlass?.clauses ?? [])
        for (index, pair) in zip(clauses, compiled.rules).enumerated() {
            var clause = ClauseMutants(maker: self, index: index, syntax: pair.0, rule: pair.1)
            clause.make()
            mutants += clause.mutants
        }
        return mutants
    }
}

/// The mutants of one clause.
struct ClauseMutants {
    let maker: MutantMaker
    let index: Int
    let syntax: RuleSyntax
    let rule: CompiledRule
    private(set) var mutants: [RuleMutant] = []

    init(maker: MutantMaker, index: Int, syntax: RuleSyntax, rule: CompiledRule) {
        (self.maker, self.index, self.syntax, self.rule) = (maker, index, syntax, rule)
    }

    /// Whether the clause lets something pass, or else stands against it.
    var isPermit: Bool { rule.isPermit }
    private var isHold: Bool { if case .hold = rule.effect { true } else { false } }

    mutating func make() {
        add(.dropped, "dropped", nil, mayOpen: !isPermit && !isHold)
        turn()
        conditions()
        lists()
        exceptions()
        consent()
        form()
        limits()
    }

    mutating func add(_ kind: RuleMutant.Kind, _ change: String, _ replacement: CompiledRule?, mayOpen: Bool) {
        guard replacement != rule else { return }
        mutants.append(
            RuleMutant(
                rule: rule.id, span: syntax.id.span, kind: kind, change: change, index: index, original: rule,
                replacement: replacement, mayOpen: mayOpen && !isHold))
    }

    /// The rule after a change of what is compiled.
    mutating func add(
        _ kind: RuleMutant.Kind, _ change: String, mayOpen: Bool = true, _ alter: (inout CompiledRule) -> Void
    ) {
        var altered = rule
        alter(&altered)
        add(kind, change, altered, mayOpen: mayOpen)
    }

    /// The rule after a change of what is written. Problems of the written are of no interest: it only loses words.
    mutating func rewrite(
        _ kind: RuleMutant.Kind, _ change: String, mayOpen: Bool = true, _ alter: (inout RuleSyntax) -> Void
    ) {
        var written = syntax
        alter(&written)
        add(kind, change, maker.checker.checkRule(written), mayOpen: mayOpen)
    }

    private mutating func turn() {
        switch rule.effect {
        case .permit where rule.isBreakGlass: break
        case .permit: add(.turned, "turned into a prohibition", mayOpen: false) { $0.effect = .prohibit }
        case .prohibit:
            add(.turned, "turned into a permit") { rule in
                rule.effect = .permit(.keep, ConsentNeed(level: .none))
                rule.silent = false
            }
        case .refuseMessage, .hold: break
        }
    }

    private mutating func exceptions() {
        if let except = syntax.except, !except.isEmpty {
            for name in except {
                rewrite(.exception, "without `\(name.value)` in `except`", mayOpen: isPermit) { written in
                    written.except = except.filter { $0.value != name.value }
                }
            }
        }
        let yields = syntax.yieldsTo
        for name in yields {
            rewrite(.exception, "without `\(name.value)` in `yields-to`", mayOpen: false) { written in
                written.yieldsTo = yields.filter { $0.value != name.value }
            }
        }
    }

    private mutating func consent() {
        guard case .permit(let form, let need) = rule.effect, need.level != .none else { return }
        let weaker: ConsentNeed.Level = need.level == .given ? .notObjected : .none
        add(.consent, "with `consent: \(weaker.rawValue)`") { rule in
            rule.effect = .permit(form, ConsentNeed(level: weaker, of: weaker == .none ? [] : need.of))
        }
        if !need.of.isEmpty {
            add(.consent, "without `consent-of`") {
                $0.effect = .permit(form, ConsentNeed(level: need.level, kinds: need.kinds))
            }
            for role in need.of.sorted() where need.of.count > 1 {
                add(.consent, "without `\(role)` in `consent-of`") {
                    $0.effect = .permit(
                        form, ConsentNeed(level: need.level, of: need.of.subtracting([role]), kinds: need.kinds))
                }
            }
        }
        if !need.kinds.isEmpty {
            add(.consent, "without `consent-kind`") {
                $0.effect = .permit(form, ConsentNeed(level: need.level, of: need.of))
            }
        }
    }

    private mutating func form() {
        if case .permit(let form, let need) = rule.effect, form != .keep {
            add(.form, "without `as`") { $0.effect = .permit(.keep, need) }
        }
        if rule.silent { add(.form, "without `silent`", mayOpen: false) { $0.silent = false } }
        if !rule.tell.isEmpty { add(.form, "without `tell`", mayOpen: false) { $0.tell = [] } }
    }

    private mutating func limits() {
        if case .hold(let terms) = rule.effect {
            let until: HoldTerms.Until = terms.until == .consent ? .officer : .consent
            let then: HoldTerms.Then = terms.then == .share ? .withhold : .share
            func with(_ terms: HoldTerms) -> (inout CompiledRule) -> Void { { $0.effect = .hold(terms) } }
            add(
                .limit, "with `until: \(until.rawValue)`",
                with(HoldTerms(until: until, atMost: terms.atMost, then: terms.then)))
            add(
                .limit, "with twice the time in `at-most`",
                with(HoldTerms(until: terms.until, atMost: terms.atMost * 2, then: terms.then)))
            add(
                .limit, "with `then: \(then.rawValue)`",
                with(HoldTerms(until: terms.until, atMost: terms.atMost, then: then)))
        }
        if let way = syntax.destination, !way.kinds.isEmpty, way.speciality != nil {
            rewrite(.limit, "without `to`") { $0.destination?.kinds = [] }
            rewrite(.limit, "without `speciality`") { $0.destination?.speciality = nil }
        }
        if let grounds = syntax.grounds, let glass = maker.checker.syntax.breakGlass {
            for name in grounds where grounds.count > 1 {
                rewrite(.limit, "without the ground `\(name.value)`", mayOpen: false) { written in
                    written.grounds = grounds.filter { $0.value != name.value }
                }
            }
            let others = glass.grounds.map(\.name).filter { name in !grounds.contains { $0.value == name.value } }
            for name in maker.isExhaustive ? others : Array(others.prefix(1)) {
                rewrite(.limit, "with the ground `\(name.value)`") { $0.grounds = grounds + [name] }
            }
        }
    }
}
