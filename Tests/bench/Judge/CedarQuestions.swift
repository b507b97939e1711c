import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Foundation

/// What Cedar is asked for one message: one question for each category about each subject in each of its roles.
///
/// A person with several roles is asked about once for each: something passes when every answer is yes.
struct CedarQuestions {
    /// One category about one subject: what is asked, and whether the judge lets it pass.
    struct Field {
        let requests: [[String: Any]]
        let passes: Bool
    }

    private let text: CompiledProtocol
    private let input: JudgeInput

    init(_ text: CompiledProtocol, _ input: JudgeInput) { (self.text, self.input) = (text, input) }

    /// One line of JSON: the questions of each field, and what the judge decided of it.
    func line(_ decision: Decision) throws -> String {
        let fields = try fields(decision).map { ["requests": $0.requests, "passes": $0.passes] as [String: Any] }
        return try Self.json(fields)
    }

    /// Text of JSON with sorted members.
    static func json(_ value: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]), as: UTF8.self)
    }

    private func fields(_ decision: Decision) throws -> [Field] {
        let schema = text.messages[input.message]!.schema
        var seen: Set<AskedItem> = []
        let context = context()
        return try Set(input.facts.fields.keys).union(input.facts.absent).compactMap { field in
            let category = schema.category(of: field.node)
            guard seen.insert(AskedItem(category: category, subject: field.subject)).inserted else { return nil }
            var passes = false
            if case .share(let plan) = decision.answer { passes = plan.action(for: field) != .drop }
            // A document left without any field is not sent at all, and fields that are not there are decided all the same.
            if case .withhold = decision.answer {
                passes = decision.grounds.contains { $0.field == field && $0.action != .drop }
            }
            let requests = try aspects(of: field.subject).map { about in
                var context = context
                context["about"] = about
                let people = people(field.subject)
                let states = people.map { consent(of: $0, to: category) }
                context["given"] = !states.isEmpty && states.allSatisfy { $0 == .given }
                context["objected"] = states.contains(.objected)
                return [
                    "principal": "Party::\"\(input.recipient)\"", "action": "Action::\"\(input.message)\"",
                    "resource": "Category::\"\(category)\"", "context": try Self.json(context),
                ]
            }
            return Field(requests: requests, passes: passes)
        }
    }

    private func aspects(of subject: FieldSubject) -> [String] {
        switch subject {
        case .nobody: ["nobody"]
        case .role(let role): [role.rawValue]
        case .person(let index): input.people[index].roles.map(\.rawValue).sorted()
        }
    }

    private func people(_ subject: FieldSubject) -> [JudgedPerson] {
        switch subject {
        case .nobody: []
        case .role(let role): (input.people + input.casePeople).filter { $0.roles.contains(role) }
        case .person(let index): [input.people[index]]
        }
    }

    private enum Consent { case given, objected, neither }

    /// One objection outweighs any number of agreements.
    private func consent(of person: JudgedPerson, to category: ConcordatTerms.Category) -> Consent {
        let records = input.consents.filter { record in
            record.person == person.id && record.purpose == input.purpose
                && (record.categories == nil || record.categories!.contains(category))
        }
        if records.contains(where: { $0.state == .withdrawn }) { return .objected }
        return records.contains { $0.state == .given } ? .given : .neither
    }

    private func context() -> [String: Any] {
        var counts = Dictionary(uniqueKeysWithValues: BenchProtocol.roles.map { ($0.rawValue, 0) })
        for person in input.people + input.casePeople {
            for role in person.roles { counts[role.rawValue]! += 1 }
        }
        var mentioned = Set(input.people.flatMap(\.roles).map(\.rawValue))
        for field in input.facts.fields.keys {
            switch field.subject {
            case .nobody: mentioned.insert("nobody")
            case .role(let role): mentioned.insert(role.rawValue)
            case .person: break
            }
        }
        var gravity = input.caseFacts.flags["gravity"] ?? []
        if input.message == "message-0" { gravity.formUnion(input.facts.facts[BenchProtocol.sort] ?? []) }
        var context: [String: Any] = [
            "senderKind": text.parties[input.sender]!.kind.rawValue, "purpose": input.purpose.rawValue,
            "fromCapacities": capacities(input.sender), "toCapacities": capacities(input.recipient),
            "mentioned": mentioned.sorted(), "counts": counts, "gravity": gravity.sorted(),
            "sort": (input.facts.facts[BenchProtocol.sort] ?? []).sorted(),
            "band": (input.facts.facts[BenchProtocol.band] ?? []).sorted(),
        ]
        if let day = input.facts.facts[BenchProtocol.day]?.first.flatMap({ CivilDate($0) }) {
            context["day"] = day.daysSinceEpoch - input.now.date.daysSinceEpoch
        }
        return context
    }

    private func capacities(_ party: PartyID) -> [String] {
        var held = Set(input.caseFacts.capacities.filter { $0.party == party }.map(\.capacity.rawValue))
        let grants = text.capacities["case-holder"]!.grants
        if party == input.recipient, grants.contains(where: { $0.message == input.message }) {
            held.insert("case-holder")
        }
        return held.sorted()
    }
}
