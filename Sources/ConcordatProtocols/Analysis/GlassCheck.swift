import ConcordatDecision
import ConcordatTerms

/// What a break-glass clause promises and can never do: a prohibition that does not give way stands against it.
///
/// A clause all of which is prohibited is an error already; this warns of parts, by role and category, where no message,
/// sender or purpose is left by which it could go.
struct GlassCheck {
    let analysis: ProtocolAnalysis

    private struct Part: Hashable {
        let to: PartyKind
        let category: Category
        let about: CompiledRule.Subject
    }

    func run() {
        for clause in analysis.checked.compiled.rules where clause.isBreakGlass { check(clause) }
    }

    private func check(_ clause: CompiledRule) {
        let map = analysis.map
        let grounds = clause.groundsNamed
        var against: [Part: Set<RuleID>] = [:]
        var open: Set<Part> = []
        for flow in map.flows where map.covers(clause, flow) {
            let standing = analysis.checked.compiled.rules.filter {
                $0.isProhibition && map.covers($0, flow) && Self.stands($0, on: grounds)
            }
            for field in map.classes[flow.message.name] ?? [] where clause.covers(field.category) {
                for subject in map.subjects(of: field) where clause.covers(subject) {
                    let part = Part(to: flow.to, category: field.category, about: subject)
                    let names = standing.filter { $0.covers(field.category) && $0.covers(subject) }.map(\.id)
                    if names.isEmpty { open.insert(part) } else { against[part, default: []].formUnion(names) }
                }
            }
        }
        tell(clause, against.filter { !open.contains($0.key) })
    }

    /// One warning for each role: what of it can never go, and to whom.
    private func tell(_ clause: CompiledRule, _ dead: [Part: Set<RuleID>]) {
        for (about, parts) in Dictionary(grouping: dead.keys, by: \.about).sorted(by: { $0.key.text < $1.key.text }) {
            let categories = Set(parts.map(\.category.rawValue)).sorted().map { "`\($0)`" }.joined(separator: ", ")
            let kinds = Set(parts.map(\.to.rawValue)).sorted().joined(separator: ", ")
            let names = Set(parts.flatMap { dead[$0] ?? [] }).sorted().map { "`\($0)`" }.joined(separator: ", ")
            analysis.log.warning(
                analysis.span(clause.id),
                "`\(clause.id)` can never let \(categories) about \(about.text) go to \(kinds): \(names) stands against it",
                "add `yields-to` to the prohibition, or take these people out of the clause's `about`")
        }
    }

    /// Whether a prohibition holds whatever the facts are, on each of these grounds.
    private static func stands(_ rule: CompiledRule, on grounds: Set<String>) -> Bool {
        guard rule.fromCapacity == nil, rule.toCapacity == nil, rule.fromParties == nil else { return false }
        guard let when = rule.when else { return true }
        guard when.mentions.keys.allSatisfy({ $0 == .ground }) else { return false }
        return grounds.allSatisfy { when.holds([.ground: [$0]]) }
    }
}
