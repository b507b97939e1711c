package import ConcordatTerms

/// How the sharing of some fields with some parties differs between two texts.
package struct SharingChange: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Not shared before, whatever the facts.
        case newly
        /// Shared before, and now never.
        case noLonger = "no-longer"
        /// In the same cases, in another form.
        case otherForm = "other-form"
        /// In more cases, or in a fuller form, and in none less.
        case weaker
        /// In fewer cases, or in a lesser form, and in none more.
        case stronger
        /// In some more and in some fewer.
        case otherwise
        /// The rules can tell too much apart to compare; taken as a gain.
        case unclear
    }

    package let kind: Kind
    /// Whether somebody gets something under facts under which they did not.
    package let isGain: Bool
    package var messages: Set<MessageName>
    /// Data paths, `/people/*/phone`. Empty when the change is when whole messages are refused: then ``now`` and ``before``
    /// say when they are.
    package var fields: Set<String>
    /// The categories of the fields, in the text that shares them.
    package var categories: Set<Category>
    /// Roles, or `nobody`.
    package var about: Set<String>
    package var from: Set<PartyKind>
    package var to: Set<PartyKind>
    package var purposes: Set<PurposeID>
    /// On what terms the new text shares, in words; empty when it does not.
    package let now: String
    /// On what terms the old text did.
    package let before: String
    /// The rules that share it now; those that did before when less is shared; those that differ for a refusal.
    package var rules: Set<RuleID>

    package var effect: ProtocolDifference.Effect { isGain ? .shares : .narrows }

    /// Whether the two differ in nothing but the place, so that they can be told in one sentence.
    func isSameChange(as other: SharingChange) -> Bool {
        kind == other.kind && isGain == other.isGain && now == other.now && before == other.before
    }
}

extension SharingChange {
    // Bound: fields named in a sentence; beyond it they are counted by category, and named in the JSON.
    private static let fieldsMax = 40

    /// `probation newly receives people[].phone of harmed, when consent is given, for rj-service, in case-update from hub (R14)`.
    package var sentence: String {
        guard !fields.isEmpty else { return refusalSentence }
        let names = about.filter { $0 != TermTable.nobody }
        let of = names.isEmpty ? "" : " of " + Self.list(Array(names)) + (names.count < about.count ? " or nobody" : "")
        let verb = to.count == 1 ? "receives" : "receive"
        let who = Self.list(to.map(\.rawValue))
        let place =
            ", for \(Self.list(purposes.map(\.rawValue))), in \(Self.list(messages.map(\.rawValue))) from "
            + Self.list(from.map(\.rawValue))
        let terms = "\(now), before \(before)"
        switch kind {
        case .newly: return "\(who) newly \(verb) \(what)\(of)\(Self.terms(now))\(place)\(clauses)"
        case .noLonger: return "\(who) no longer \(verb) \(what)\(of)\(place)\(clauses)"
        case .otherForm: return "\(who) \(verb) \(what)\(of) in another form: \(terms)\(place)\(clauses)"
        case .weaker: return "\(who) \(verb) \(what)\(of) on weaker terms: \(terms)\(place)\(clauses)"
        case .stronger: return "\(who) \(verb) \(what)\(of) on stricter terms: \(terms)\(place)\(clauses)"
        case .otherwise: return "\(who) \(verb) \(what)\(of) on other terms: \(terms)\(place)\(clauses)"
        case .unclear:
            return "\(who) may newly receive \(what)\(of)\(place): the rules tell too much apart to compare\(clauses)"
        }
    }

    private var refusalSentence: String {
        let cases =
            switch kind {
            case .weaker: "in fewer cases"
            case .stronger: "in more cases"
            case .newly, .noLonger, .otherForm, .otherwise: "in other cases"
            case .unclear: "in cases too many to compare"
            }
        let terms = kind == .unclear ? "" : ": \(now), before \(before)"
        return "\(Self.list(messages.map(\.rawValue))) from \(Self.list(from.map(\.rawValue))) to "
            + "\(Self.list(to.map(\.rawValue))) for \(Self.list(purposes.map(\.rawValue))) is refused \(cases)\(terms)"
            + clauses
    }

    private var clauses: String {
        guard !rules.isEmpty else { return "" }
        let names = rules.sorted().map(\.rawValue).joined(separator: ", ")
        switch kind {
        case .noLonger: return " (was \(names))"
        case .stronger: return fields.isEmpty ? " (\(names))" : " (was \(names))"
        case .newly, .otherForm, .weaker, .otherwise, .unclear: return " (\(names))"
        }
    }

    private var what: String {
        guard fields.count > Self.fieldsMax else { return Self.list(fields.map { "`\(Self.shown($0))`" }) }
        return "\(fields.count) fields (\(categories.sorted().map(\.rawValue).joined(separator: ", ")))"
    }

    private static func terms(_ text: String) -> String { text == RegionWords.always ? "" : ", \(text)" }

    /// `/people/*/phone` as authors say it: `people[].phone`.
    package static func shown(_ path: String) -> String {
        path.split(separator: "/").reduce(into: "") { text, part in
            if part == "*" { text += "[]" } else { text += (text.isEmpty ? "" : ".") + part }
        }
    }

    static func list(_ names: [String]) -> String {
        let sorted = names.sorted()
        guard sorted.count > 1, let last = sorted.last else { return sorted.first ?? "" }
        return sorted.dropLast().joined(separator: ", ") + " and " + last
    }
}
