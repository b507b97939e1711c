package import ConcordatDecision
package import ConcordatPayload
import ConcordatTerms

/// Rules, guarantees and obligations as sentences that a reader without the text's language understands.
///
/// Whatever narrows a clause is in its sentence; what a clause does not mention means any.
package struct RuleWords: Sendable {
    let words: ProtocolWords
    let conditions: ConditionWords

    /// The words of a protocol's clauses.
    package init(_ words: ProtocolWords) { (self.words, conditions) = (words, ConditionWords(words)) }

    // MARK: rules

    /// The rule, in one to three sentences.
    package func text(_ rule: CompiledRule) -> String {
        var sentences: [String]
        switch rule.effect {
        case .permit(let form, let need): sentences = [permit(rule, form, need)]
        case .prohibit:
            sentences = [
                ProtocolWords.sentence(words.categories(rule.categories)) + about(rule.about)
                    + " must not go" + route(rule, "or") + when(rule.when) + ", whatever else is permitted."
            ]
        case .refuseMessage: sentences = [message(rule) + " is not accepted at all" + when(rule.when, "when") + "."]
        case .hold(let terms):
            sentences = [message(rule) + " waits" + hold(terms) + when(rule.when, "when") + ". " + after(terms)]
        }
        if rule.silent { sentences.append("The recipient is not told that anything was left out.") }
        if !rule.tell.isEmpty {
            let whom = words.names(rule.tell.map(words.partyOrKind), "and")
            sentences.append(
                "When that happens, \(whom) \(rule.tell.count == 1 ? "is" : "are") told, without the message.")
        }
        return sentences.joined(separator: " ")
    }

    private func permit(_ rule: CompiledRule, _ form: FieldAction, _ need: ConsentNeed) -> String {
        ProtocolWords.sentence(words.categories(rule.categories)) + about(rule.about) + " may go" + route(rule)
            + Self.form(form) + consent(need) + when(rule.when) + "."
    }

    /// From whom, to whom, in what and for what.
    private func route(_ rule: CompiledRule, _ joint: String = "and") -> String {
        var text = ""
        if let from = rule.from { text += " from " + words.kinds(from, "or") }
        if let parties = rule.fromParties { text += " from " + words.names(parties.map(words.party), "or") }
        if let capacity = rule.fromCapacity {
            text += rule.from == nil && rule.fromParties == nil ? " from a sender" : ""
            text += " whose part in the case is " + words.capacities(capacity)
        }
        text += " to " + (rule.to.map { words.kinds($0, joint) } ?? "whoever the message may go to")
        if let capacity = rule.toCapacity { text += " whose part in the case is " + words.capacities(capacity) }
        if let messages = rule.messages { text += ", in the message " + words.messages(messages) }
        if let purposes = rule.purposes { text += ", for " + words.purposes(purposes) }
        return text
    }

    /// A refused or held message, with all that narrows it.
    private func message(_ rule: CompiledRule) -> String {
        var text = rule.messages.map { "The message " + words.messages($0) } ?? "Any message"
        if let about = rule.about { text += " in which there is somebody who is " + words.subjects(about) + "," }
        if let from = rule.from { text += " from " + words.kinds(from, "or") }
        if let parties = rule.fromParties { text += " from " + words.names(parties.map(words.party), "or") }
        if let capacity = rule.fromCapacity { text += " from a sender whose part is " + words.capacities(capacity) }
        if let to = rule.to { text += " to " + words.kinds(to, "or") }
        if let capacity = rule.toCapacity { text += " to a recipient whose part is " + words.capacities(capacity) }
        if let purposes = rule.purposes { text += ", for " + words.purposes(purposes) + "," }
        return text
    }

    private func about(_ subjects: Set<CompiledRule.Subject>?) -> String {
        guard let subjects else { return "" }
        if subjects == [.nobody] { return " that is about nobody in particular" }
        return " about " + words.subjects(subjects)
    }

    private func when(_ condition: Condition?, _ word: String = "only when") -> String {
        guard let condition else { return "" }
        if case .not(.test(.ground, let test)) = condition {
            return ", unless " + conditions.text(.test(.ground, test))
        }
        return ", \(word) " + conditions.text(condition)
    }

    private func hold(_ terms: HoldTerms) -> String {
        let until: String =
            switch terms.until {
            case .consent: " until the consent that it still lacks is given"
            case .officer: " until a data protection officer has decided"
            }
        return until + ", for at most " + Self.time(terms.atMost)
    }

    private func after(_ terms: HoldTerms) -> String {
        switch terms.then {
        case .share: "After that, what may be shared without it is shared."
        case .withhold: "After that, the recipient gets nothing."
        }
    }

    /// The consent a permit rests on, to stand at the end of a clause.
    package func consent(_ need: ConsentNeed) -> String {
        let roles = words.subjects(Set(need.of.map { .role($0) }))
        let isOwn = need.of.isEmpty
        switch need.level {
        case .none: return ""
        case .notObjected:
            let whose = isOwn ? "the person it is about" : "anybody in the case who is \(roles)"
            return ", unless \(whose) has refused, withdrawn or objected"
        case .given:
            let whose = isOwn ? "the person it is about" : "everybody in the case who is \(roles)"
            let kinds = need.kinds.map(Self.words).sorted()
            return ", only while \(whose) consents" + (kinds.isEmpty ? "" : " (\(ProtocolWords.list(kinds, "or")))")
        }
    }

    /// The form in which a value leaves, to stand in a clause.
    package static func form(_ action: FieldAction) -> String {
        switch action {
        case .keep, .drop: ""
        case .year: ", only as the year"
        case .ageBand: ", only as an age band"
        case .outwardCode: ", only as the first half of the postcode"
        case .initials: ", only as initials"
        case .pseudonym: ", only under a pseudonym that no other recipient sees"
        }
    }

    // MARK: guarantees

    /// The guarantee as a promise.
    package func text(_ guarantee: Guarantee) -> String {
        var text = ProtocolWords.sentence(words.categories(guarantee.categories)) + about(guarantee.about)
        text += " will never reach "
        text += guarantee.to.map { words.kinds($0, "or") } ?? "anybody"
        if !guarantee.toCapacityNot.isEmpty {
            text += " whose part in the case is not " + words.capacities(guarantee.toCapacityNot)
        }
        if let from = guarantee.from { text += " from " + words.kinds(from, "or") }
        if let messages = guarantee.messages { text += " by the message " + words.messages(messages) }
        if let purposes = guarantee.purposes { text += " for " + words.purposes(purposes) }
        if guarantee.withoutConsent { text += " without the consent of the person concerned" }
        if !guarantee.exceptGrounds.isEmpty {
            text += ", except on the emergency ground " + words.names(guarantee.exceptGrounds.map(words.ground), "or")
        }
        if let condition = guarantee.when { text += ", when " + conditions.text(condition) }
        return text + "."
    }
}
