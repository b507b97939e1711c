package import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms

/// What kinds of party can learn by the gateway over every chain of messages: the least fixed point over kind, category
/// and role.
///
/// A chain begins with a message that carries the thing in a structured field. From there on any free text that goes whole
/// may repeat whatever its sender has learnt, within the message's `may-restate`. Worked out three times, each time with
/// more ways open: first what goes by rule, then also what goes under a broken glass, then also by short texts that are
/// put to another use than their own. What a sender knows by other ways is not in it: ``residual`` lists where it could stand.
package struct ChainAnalysis {
    /// How much has to happen for a chain to be walked; a later one is the lesser answer.
    package enum Way: String, Sendable, Hashable, CaseIterable, Comparable {
        /// By the rules alone.
        case byRule = "yes"
        /// Somebody breaks the glass for at least one of its messages.
        case brokenGlass = "broken-glass"
        /// Somebody writes it into a text that is meant for something else.
        case shortText = "short-text"

        package static func < (left: Way, right: Way) -> Bool { left.place < right.place }

        private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// A way for one category about one role to reach a kind of party.
    package struct Chain: Sendable {
        package let category: Category
        package let about: CompiledRule.Subject
        package let way: Way
        /// At least one; the first carries it in a structured field.
        package let steps: [ChainStep]

        package var text: String { steps.map(\.text).joined(separator: ", then ") }
    }

    private struct Knowledge: Hashable {
        let kind: PartyKind
        let category: Category
        let about: CompiledRule.Subject
    }

    private struct Learnt {
        let step: ChainStep
        let before: Knowledge?
        let way: Way
    }

    private let compiled: CompiledProtocol
    private let links: [ChainLink]
    /// The last step to each, and what its sender knew before it.
    private var learnt: [Knowledge: Learnt] = [:]

    /// Works out all that can be learnt. Bounded by kinds × categories × roles.
    package init(_ compiled: CompiledProtocol) { self.init(FlowMap(compiled)) }

    init(_ map: FlowMap) {
        compiled = map.compiled
        var shares = ShareSearch(map)
        links = ChainLink.all(map, &shares)
        let ways = ChainLink.representatives(links)
        for way in Way.allCases {
            originate(map, &shares, way)
            var fresh = learnt.keys.sorted {
                ($0.kind, $0.category, $0.about.text) < ($1.kind, $1.category, $1.about.text)
            }
            while let known = fresh.popLast() {
                for link in ways[known.kind] ?? [] where link.way <= way {
                    guard link.mayRestate?.contains(known.category) ?? true else { continue }
                    let next = Knowledge(kind: link.step.to, category: known.category, about: known.about)
                    guard learnt[next] == nil else { continue }
                    learnt[next] = Learnt(step: link.step, before: known, way: way)
                    fresh.append(next)
                }
            }
        }
    }

    /// Every way, one for each category and role, in which these categories about these people reach a kind of party.
    ///
    /// `about` nil means anyone and nobody. For each the first way that is open: by rule where there is one.
    package func chains(
        of categories: Set<Category>, about: Set<CompiledRule.Subject>?, to kind: PartyKind
    ) -> [Chain] {
        learnt.filter { known, _ in
            known.kind == kind && categories.contains(known.category) && about?.contains(known.about) ?? true
        }
        .sorted {
            ($0.value.way, $0.key.category, $0.key.about.text) < ($1.value.way, $1.key.category, $1.key.about.text)
        }
        .map { Chain(category: $0.key.category, about: $0.key.about, way: $0.value.way, steps: steps(to: $0.key)) }
    }

    /// The texts that go whole, one for each message, sender, recipient and sort of text: what a sender writes there of its
    /// own knowledge nobody can prove anything about. Free texts come first.
    package var residual: [ChainStep] {
        var joined: [ChainStep.Place: ChainStep] = [:]
        for link in links { joined[link.step.place, default: link.step].join(link.step) }
        return joined.values.sorted {
            ($0.carrier, $0.message, $0.from, $0.to, $0.grounds.count)
                < ($1.carrier, $1.message, $1.from, $1.to, $1.grounds.count)
        }
    }

    private func steps(to end: Knowledge) -> [ChainStep] {
        var steps: [ChainStep] = []
        var here: Knowledge? = end
        // Bound: each step was the first to its end, so none stands twice.
        while let known = here, let last = learnt[known] {
            steps.append(last.step)
            here = last.before
        }
        return steps.reversed()
    }

    /// What structured fields tell, at once and without any chain.
    private mutating func originate(_ map: FlowMap, _ shares: inout ShareSearch, _ way: Way) {
        // What a field says of its own is no other use of a text.
        guard way != .shortText else { return }
        for flow in map.flows {
            for field in map.classes[flow.message.name] ?? []
            where field.nodes.contains(where: { !flow.message.schema.isFreeText($0) }) {
                for about in map.subjects(of: field) {
                    let known = Knowledge(kind: flow.to, category: field.category, about: about)
                    guard learnt[known] == nil,
                        let found = shares.permits(field, about, flow, isWholeOnly: false, way)
                    else { continue }
                    let step = ChainStep(
                        message: flow.message.name, from: flow.from, to: flow.to, carrier: .field, fields: [],
                        rules: found.rules, grounds: found.grounds)
                    learnt[known] = Learnt(step: step, before: nil, way: way)
                }
            }
        }
    }
}
