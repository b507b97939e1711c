package import ConcordatDecision
import ConcordatTerms

// What parties undertake beside sharing: retention, obligations, answers in time, consent.
extension RuleWords {
    /// How long something is kept: `2 years from case closed`.
    package static func text(_ retention: CompiledRetention) -> String {
        let units: [Character: String] = ["Y": "year", "M": "month", "W": "week", "D": "day"]
        let number = String(retention.time.dropFirst().dropLast())
        let unit = retention.time.last.flatMap { units[$0] } ?? ""
        return "\(number) \(unit)\(number == "1" ? "" : "s") from: \(ProtocolWords.plain(retention.event))"
    }

    /// A span of whole days or hours, or of minutes.
    package static func time(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        let (count, unit): (Int64, String) =
            seconds % 86_400 == 0
            ? (seconds / 86_400, "day") : seconds % 3600 == 0 ? (seconds / 3600, "hour") : (seconds / 60, "minute")
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }

    /// The obligation as a sentence about the recipient.
    package func text(_ duty: CompiledObligation) -> String {
        var text = duty.to.map { ProtocolWords.sentence(words.kinds($0, "or")) } ?? "Whoever receives it"
        text += " that receives " + (duty.categories.map { words.categories($0) } ?? "anything")
        if duty.to == nil { text = "Whoever receives " + (duty.categories.map { words.categories($0) } ?? "anything") }
        if let about = duty.about { text += " about " + words.subjects(about) }
        if let messages = duty.messages { text += " in the message " + words.messages(messages) }
        if let purposes = duty.purposes { text += " for " + words.purposes(purposes) }
        var parts: [String] = []
        if let marking = duty.marking { parts.append("keeps it marked \(ProtocolWords.quoted(marking))") }
        switch duty.onward {
        case nil: break
        case .none?: parts.append("passes it on to nobody")
        case .askSender?: parts.append("passes it on only after the sender has agreed")
        case .protocol?: parts.append("passes it on only as this agreement allows")
        }
        return text + " " + ProtocolWords.list(parts) + "."
    }

    /// The expectation as a sentence about who owes the answer.
    package func text(_ expected: CompiledExpectation) -> String {
        let debtor: String =
            switch expected.owedBy {
            case .recipient: "its recipient"
            case .sender: "its sender"
            case .capacity(let capacity):
                "whoever's part in the case is \(ProtocolWords.quoted(words.capacity(capacity)))"
            }
        var text = "After the message \(ProtocolWords.quoted(words.message(expected.after)))"
        if let when = expected.when { text += ", when " + conditions.text(when) }
        text += ", \(debtor) answers with \(words.messages(expected.answeredBy)) \(within(expected.within))."
        guard !expected.reminders.isEmpty else { return text }
        return text + " A reminder follows after \(ProtocolWords.list(expected.reminders.map(span)))."
    }

    private func within(_ time: DaySpan) -> String {
        guard time.days == 0 else { return "within " + span(time) }
        return time.calendar.map { "on the same working day, \(words.calendar($0))" } ?? "on the same day"
    }

    private func span(_ span: DaySpan) -> String {
        let days = span.days == 1 ? "day" : "days"
        guard let calendar = span.calendar else { return "\(span.days) \(days)" }
        return "\(span.days) working \(days) (\(words.calendar(calendar)))"
    }

    /// Who may record a consent, and of whom.
    package func text(_ clause: ConsentClause) -> String {
        let kinds = ProtocolWords.list(clause.kinds.map { Self.words($0) }.sorted(), "or")
        var text = "Consent of somebody who is \(words.subjects(Set(clause.about.map { .role($0) })))"
        text += " (\(kinds)) may be recorded by \(words.kinds(clause.recordedBy, "or"))"
        if !clause.neverBy.isEmpty { text += ", never by \(words.kinds(clause.neverBy, "or"))" }
        text += "."
        if clause.toldRightToWithdraw {
            text += " They are told first that they may withdraw at any time, as easily as they gave it."
        }
        return text + givers(clause)
    }

    /// Who speaks, where it is not the person alone.
    private func givers(_ clause: ConsentClause) -> String {
        var text = clause.givenBy.contains(.person) ? "" : " The person alone does not give it."
        if let age = clause.competentFrom {
            text += " A person under 18 decides alone from the age of \(age) when found competent."
        }
        let bar =
            clause.neverGuardian.isEmpty
            ? "" : ", and never by somebody who is also \(words.subjects(Set(clause.neverGuardian.map { .role($0) })))"
        if clause.givenBy.contains(.guardian) {
            let roles = words.subjects(Set(clause.guardianRoles.map { .role($0) }))
            text += " Otherwise it is given by somebody with parental responsibility who is \(roles) in the case\(bar)."
        }
        if clause.givenBy.contains(.attorney) {
            text += " For an adult who cannot decide it is given by an attorney or a deputy\(bar)."
        }
        return text
    }

    /// A kind of consent, in brackets after the word.
    static func words(_ kind: ConsentKind) -> String {
        switch kind {
        case .participation: "to take part"
        case .confidence: "to lift confidence"
        case .specialCategory: "explicit, for special categories"
        case .basis: "as the lawful basis"
        }
    }
}
