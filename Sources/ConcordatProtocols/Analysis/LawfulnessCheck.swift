import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// What the law asks of flows and not of single words: a condition where sensitive data arrives, and a gateway where
/// data held for law enforcement leaves for another purpose.
///
/// Looked at is each flow the protocol admits, so a kind that can never receive a category need not state a condition.
struct LawfulnessCheck {
    let checked: CheckedProtocol
    let syntax: ProtocolSyntax
    let log: ProblemLog

    func run() {
        let map = FlowMap(checked.compiled)
        checkConditions(map)
        checkGateways(map)
    }

    /// Sensitive categories that some permit lets through, by who receives them for what.
    private func checkConditions(_ map: FlowMap) {
        guard !checked.sensitive.isEmpty else { return }
        var lacking: [Place: Set<Category>] = [:]
        for flow in map.flows {
            guard let party = checked.purposes[flow.purpose]?.parties[flow.to], party.conditions.isEmpty else {
                continue
            }
            let rules = checked.compiled.rules.filter { map.covers($0, flow) }
            for field in map.classes[flow.message.name] ?? [] where needsCondition(field.category, party) {
                if isShared(field, by: rules, map) { lacking[Place(flow), default: []].insert(field.category) }
            }
        }
        for (place, categories) in lacking.sorted(by: { $0.key < $1.key }) {
            let names = categories.sorted().map { "`\($0)`" }.joined(separator: ", ")
            log.error(
                span(place), "`\(place.kind)` may receive \(names) for `\(place.purpose)` and states no condition",
                "add `condition: …` for it: UK GDPR art. 9 or 10 with DPA 2018 Sch. 1, or s.35(5) with Sch. 8")
        }
    }

    /// Whether a permit lets it pass about somebody, and no prohibition always stops it.
    private func isShared(_ field: FieldClass, by rules: [CompiledRule], _ map: FlowMap) -> Bool {
        let speaking = rules.filter { $0.covers(field.category) }
        return map.subjects(of: field).contains { subject in
            speaking.contains { $0.isPermit && $0.covers(subject) }
                && !speaking.contains { $0.isProhibition && $0.isUnconditional && $0.covers(subject) }
        }
    }

    /// Part 3 knows no rule of its own for data about offences.
    private func needsCondition(_ category: Category, _ party: PurposeParty) -> Bool {
        switch checked.sensitive[category] {
        case nil: false
        case .specialCategory?: true
        case .criminalOffence?: party.receiving == .ukGDPR
        }
    }

    /// DPA 2018 s.36(4): to a recipient that is no competent authority only where law authorises it.
    private func checkGateways(_ map: FlowMap) {
        var places: [Place: Set<PartyKind>] = [:]
        for flow in map.flows {
            guard let purpose = checked.purposes[flow.purpose], let sender = purpose.parties[flow.from],
                let recipient = purpose.parties[flow.to], sender.sending == .part3, !recipient.isCompetent,
                sender.gateway.isEmpty, purpose.gateway.isEmpty
            else { continue }
            places[Place(kind: flow.from, purpose: flow.purpose), default: []].insert(flow.to)
        }
        for (place, recipients) in places.sorted(by: { $0.key < $1.key }) {
            let names = recipients.sorted().map { "`\($0)`" }.joined(separator: ", ")
            log.error(
                span(place), "`\(place.kind)` sends under Part 3 to \(names) for `\(place.purpose)` without a gateway",
                "add `gateway: […]`: data held for law enforcement leaves it only where law authorises that "
                    + "(DPA 2018 s.36(4))")
        }
    }

    private func span(_ place: Place) -> SourceSpan {
        let purpose = syntax.purposes.first { $0.name.value == place.purpose.rawValue }
        let party = purpose?.basis.first { $0.kind.value == place.kind.rawValue }
        return party?.kind.span ?? purpose?.name.span ?? .start(of: ProtocolDirectory.textName)
    }

    private struct Place: Hashable, Comparable {
        let kind: PartyKind
        let purpose: PurposeID

        init(kind: PartyKind, purpose: PurposeID) { (self.kind, self.purpose) = (kind, purpose) }
        init(_ flow: Flow) { self.init(kind: flow.to, purpose: flow.purpose) }

        static func < (left: Place, right: Place) -> Bool {
            (left.purpose, left.kind) < (right.purpose, right.kind)
        }
    }
}
