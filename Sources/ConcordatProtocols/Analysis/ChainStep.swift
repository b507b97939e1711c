import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms

/// One message of a chain, or one in whose texts something could stand.
package struct ChainStep: Sendable, Hashable {
    /// What in the message carries it.
    package enum Carrier: String, Sendable, Hashable, Comparable, CaseIterable {
        case field
        /// Marked `x-free-text`.
        case freeText = "free-text"
        /// Not marked, and no enum, pattern, code list or form says what may stand in it.
        case shortText = "short-text"

        package static func < (left: Carrier, right: Carrier) -> Bool { left.place < right.place }

        private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package let message: MessageName
    package let from: PartyKind
    package let to: PartyKind
    package let carrier: Carrier
    /// The data paths of the texts, sorted; empty for a structured field.
    package private(set) var fields: [String]
    /// The permits that let it pass.
    package private(set) var rules: [RuleID]
    /// The grounds on which somebody must have broken the glass, one of them; empty when it goes by rule.
    package private(set) var grounds: [String]

    /// What makes two steps one line for people.
    struct Place: Hashable {
        let message: MessageName
        let from: PartyKind
        let to: PartyKind
        let carrier: Carrier
        let isGlass: Bool
    }

    init(
        message: MessageName, from: PartyKind, to: PartyKind, carrier: Carrier, fields: [String], rules: [RuleID],
        grounds: [String]
    ) {
        (self.message, self.from, self.to, self.carrier) = (message, from, to, carrier)
        (self.fields, self.rules, self.grounds) = (fields, rules, grounds)
    }

    var place: Place { Place(message: message, from: from, to: to, carrier: carrier, isGlass: !grounds.isEmpty) }

    /// Takes in what another step of the same place holds.
    mutating func join(_ other: ChainStep) {
        fields = Set(fields + other.fields).sorted()
        rules = Set(rules + other.rules).sorted()
        grounds = Set(grounds + other.grounds).sorted()
    }

    /// How people read it: `police → hub by referral (R3)`.
    package var text: String {
        let names = rules.map(\.rawValue).joined(separator: ", ")
        let glass = grounds.isEmpty ? "" : ", under broken glass for \(grounds.joined(separator: " or "))"
        return "\(from) → \(to) by \(message)\(carrierText)\(glass) (\(names))"
    }

    private var carrierText: String {
        switch carrier {
        case .field: return ""
        case .freeText: return ", free text"
        case .shortText:
            // Bound: paths of one line; the JSON has them all.
            let shown = fields.prefix(Self.shownMax).map { "`\($0)`" }.joined(separator: ", ")
            let more = fields.count > Self.shownMax ? " and \(fields.count - Self.shownMax) more" : ""
            return ", short text \(shown)\(more)"
        }
    }

    private static let shownMax = 4
}

/// A text that goes whole, and so may carry on what its sender has learnt.
struct ChainLink {
    let step: ChainStep
    /// Nil: anything its sender has learnt.
    let mayRestate: Set<Category>?

    /// From when on it counts.
    var way: ChainAnalysis.Way {
        if step.carrier == .shortText { return .shortText }
        return step.grounds.isEmpty ? .byRule : .brokenGlass
    }

    /// Every text of every message, by rule where it can go so, else under a broken glass.
    static func all(_ map: FlowMap, _ shares: inout ShareSearch) -> [ChainLink] {
        var links: [ChainStep: ChainLink] = [:]
        for flow in map.flows {
            let schema = flow.message.schema
            let wide = flow.message.mayRestate.map { named in
                named.reduce(into: Set<Category>()) { $0.formUnion(map.compiled.categories(within: $1)) }
            }
            for field in map.classes[flow.message.name] ?? [] {
                let texts: [(ChainStep.Carrier, [String])] = [
                    (.freeText, field.nodes.filter(schema.isFreeText).map(schema.path)),
                    (.shortText, field.nodes.filter(schema.isShortText).map(schema.path)),
                ].filter { !$0.1.isEmpty }
                guard !texts.isEmpty else { continue }
                for about in map.subjects(of: field) {
                    for way in [ChainAnalysis.Way.byRule, .brokenGlass] {
                        guard let found = shares.permits(field, about, flow, isWholeOnly: true, way) else { continue }
                        for (carrier, fields) in texts {
                            let step = ChainStep(
                                message: flow.message.name, from: flow.from, to: flow.to, carrier: carrier,
                                fields: fields.sorted(), rules: found.rules, grounds: found.grounds)
                            links[step] = ChainLink(step: step, mayRestate: wide)
                        }
                        break
                    }
                }
            }
        }
        return links.values.sorted { $0.step.text < $1.step.text }
    }

    /// By the kind that sends it, one link of those that carry the same between the same kinds.
    static func representatives(_ links: [ChainLink]) -> [PartyKind: [ChainLink]] {
        struct Key: Hashable {
            let (from, to): (PartyKind, PartyKind)
            let way: ChainAnalysis.Way
            let mayRestate: Set<Category>?
        }
        var seen: Set<Key> = []
        let kept = links.filter { link in
            seen.insert(
                Key(from: link.step.from, to: link.step.to, way: link.way, mayRestate: link.mayRestate)
            ).inserted
        }
        return Dictionary(grouping: kept, by: \.step.from)
    }
}
