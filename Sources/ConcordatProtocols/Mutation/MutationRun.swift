import ConcordatDecision
import ConcordatTerms

/// Changes one rule of a text after the other in a small wrong way, and looks whether the worked cases or the guarantees
/// notice: `protocol mutate`.
///
/// The text is read and compiled once; each mutant is the compiled text with one rule exchanged. Pure: nothing is written,
/// and each mutant may be tried on a thread of its own.
package struct MutationRun: Sendable {
    // Bound: mutants of one run; the rest is not tried.
    package static let countMax = 20_000

    /// Every mutant of the text, in its order.
    package let mutants: [RuleMutant]
    /// How many rules the text has, routes and break-glass clauses among them.
    package let ruleCount: Int
    private let compiled: CompiledProtocol
    private let guarantees: [Guarantee]
    private let map: FlowMap
    private let cases: [PreparedCase]
    /// By case, in the order of ``cases``.
    private let met: [RulesMet]

    /// Why there is nothing to run.
    package enum Fault: Error {
        /// The text does not load, or a case cannot be read.
        case problems(ProtocolProblems)
        /// A case fails under the text as it is.
        case failing(String)
    }

    /// Makes the mutants of a text that loads and whose cases pass; those of rules only.
    ///
    /// - Parameters:
    ///   - isExhaustive: widen each list by every element that reaches anything, and not by the first alone.
    ///   - isKnownToLoad: leave out the proof of the text as it is.
    package static func make(
        _ files: ProtocolFiles, isExhaustive: Bool = false, isKnownToLoad: Bool = false
    ) throws(Fault) -> MutationRun {
        // Order matters: what does not load has no meaning that could be changed.
        if !isKnownToLoad, case .failure(let problems) = ProtocolDirectory.load(files) { throw .problems(problems) }
        let log = ProblemLog(files)
        guard let text = ProtocolDirectory.resolve(files, log) else { throw .problems(log.problems()) }
        let compiled = text.checked.compiled
        let names = files.folders(in: "cases").prefix(ProtocolCases.countMax)
        let cases = names.compactMap {
            PreparedCase.read($0, compiled: compiled, files: files, log: log).ready
        }
        guard !log.hasErrors else { throw .problems(log.problems()) }
        var met: [RulesMet] = []
        for prepared in cases {
            let result = prepared.result(under: compiled)
            guard result.passed else { throw .failing(prepared.name) }
            met.append(result.rules)
        }
        let map = FlowMap(compiled)
        var maker = MutantMaker(text, map: map, isExhaustive: isExhaustive)
        return MutationRun(
            mutants: Array(maker.make().prefix(countMax)), ruleCount: compiled.rules.count, compiled: compiled,
            guarantees: text.checked.guarantees, map: map, cases: cases, met: met)
    }

    /// At most `count` of the mutants, spread evenly over the text.
    package func sample(_ count: Int) -> [RuleMutant] {
        guard count < mutants.count, count > 0 else { return mutants }
        return (0..<count).map { mutants[$0 * mutants.count / count] }
    }

    /// Tries one mutant. Cases come first: they cost less than a proof.
    package func verdict(of mutant: RuleMutant) -> MutantVerdict {
        let changed = mutant.applied(to: compiled)
        let widest = [mutant.original, mutant.replacement].compactMap { $0 }
        let flows = map.flows.filter { flow in widest.contains { map.covers($0, flow) } }
        if let name = noticing(changed, Set(flows.map(\.message.name)), of: mutant.rule) { return .noticedByCase(name) }
        let changedMap = map.under(changed)
        if mutant.mayOpen, let broken = broken(changedMap, by: mutant) { return .noticedByGuarantee(broken) }
        return isSame(changedMap, mutant, widest) ? .sameMeaning : .survives
    }

    /// The first case that comes out otherwise, of those that send a message the rule has a say in; those that met the
    /// rule are tried first.
    private func noticing(_ changed: CompiledProtocol, _ messages: Set<MessageName>, of rule: RuleID) -> String? {
        let concerned = cases.indices.filter { !cases[$0].messages.isDisjoint(with: messages) }
        let near = concerned.filter { met[$0].decided.contains(rule) }
        let nearer = near + concerned.filter { met[$0].missed.contains(rule) && !near.contains($0) }
        let rest = concerned.filter { !nearer.contains($0) }
        return (nearer + rest).first { !cases[$0].passes(under: changed) }.map { cases[$0].name }
    }

    /// A guarantee that the text would no longer load with.
    private func broken(_ changed: FlowMap, by mutant: RuleMutant) -> GuaranteeID? {
        let rule = mutant.original.isPermit ? mutant.replacement ?? mutant.original : mutant.original
        var proof = GuaranteeProof(map: changed, guarantees: guarantees, concerning: rule, stopsAtFirst: true)
        let findings = proof.run()
        return findings.broken.map(\.guarantee).min() ?? findings.unproven.min()
    }

    /// Whether every message is decided as by the text, as far as that can be told: never of what waits, is silent or tells.
    private func isSame(_ changed: FlowMap, _ mutant: RuleMutant, _ rules: [CompiledRule]) -> Bool {
        let saysMore = rules.contains { rule in
            if case .hold = rule.effect { return true }
            return rule.silent || !rule.tell.isEmpty
        }
        return !saysMore && SharingDifference(old: map, new: changed).isNone(concerning: rules)
    }
}
