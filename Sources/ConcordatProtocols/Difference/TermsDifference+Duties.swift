import ConcordatDecision
import ConcordatTerms

extension TermsDifference {
    /// What waits, what recipients undertake, what is expected of whom.
    func duties() -> [Finding] {
        HoldDifference(old: old, new: new).findings()
            + sets(
                old.obligations.map(Self.core), new.obligations.map(Self.core),
                told: { "the undertaking of \($0.to.map(Self.list) ?? "every recipient")\(Self.words($0))" })
            + expectations() + calendars() + markings()
    }

    /// An answer that is due in another time is told with both times.
    private func expectations() -> [Finding] {
        let (before, now) = (old.expectations.map(Self.core), new.expectations.map(Self.core))
        let matched = Self.matched(
            before.filter { !now.contains($0) }, now.filter { !before.contains($0) },
            by: { one, other in
                one.after == other.after && one.owedBy == other.owedBy && one.answeredBy == other.answeredBy
                    && one.when == other.when
            })
        func words(_ duty: CompiledExpectation) -> String {
            let debtor =
                switch duty.owedBy {
                case .recipient: "the recipient"
                case .sender: "the sender"
                case .capacity(let capacity): "the \(capacity)"
                }
            let when = duty.when.map { " when \(ConditionTerms.text($0))" } ?? ""
            return "the answer of \(debtor) by \(Self.list(duty.answeredBy)) to `\(duty.after)`\(when)"
        }
        func reminders(_ duty: CompiledExpectation) -> String {
            duty.reminders.isEmpty ? "never" : "after \(SharingChange.list(duty.reminders.map(Self.days)))"
        }
        var findings: [Finding] = []
        for (was, now) in matched.pairs {
            if was.within != now.within {
                findings.append(
                    change("\(words(now)) is due within \(Self.days(now.within)), before \(Self.days(was.within))"))
            }
            if was.reminders != now.reminders {
                findings.append(change("\(words(now)) is reminded of \(reminders(now)), before \(reminders(was))"))
            }
        }
        findings += matched.new.map { change("\(words($0)) is newly due within \(Self.days($0.within))") }
        return findings + matched.gone.map { change("\(words($0)) within \(Self.days($0.within)) is no longer due") }
    }

    private static func days(_ span: DaySpan) -> String {
        let days = span.days == 1 ? "day" : "days"
        return span.calendar.map { "\(span.days) working \(days) of `\($0)`" } ?? "\(span.days) \(days)"
    }

    private func calendars() -> [Finding] {
        var findings = names("calendar", Array(old.calendars.keys), Array(new.calendars.keys))
        for (name, now) in new.calendars.sorted(by: { $0.key < $1.key }) {
            guard let before = old.calendars[name], before != now else { continue }
            let added = now.holidays.subtracting(before.holidays).sorted()
            let gone = before.holidays.subtracting(now.holidays).sorted()
            for (words, days) in [("newly has the", added), ("no longer has the", gone)] where !days.isEmpty {
                let told = days.prefix(Self.holidaysMax).map(\.description).joined(separator: ", ")
                let more = days.count > Self.holidaysMax ? " and \(days.count - Self.holidaysMax) more" : ""
                let noun = days.count == 1 ? "holiday" : "holidays"
                findings.append(change("calendar `\(name)` \(words) \(noun) \(told)\(more)"))
            }
        }
        return findings
    }

    // Bound: holidays told of a calendar; the rest is counted.
    private static let holidaysMax = 6

    /// The later marking is the stricter: their order decides which of two a recipient keeps.
    private func markings() -> [Finding] {
        let kept = old.markings.filter(new.markings.contains)
        let order = new.markings.filter(old.markings.contains)
        let names = names("marking", old.markings, new.markings)
        guard kept != order else { return names }
        let (now, before) = (order.joined(separator: ", "), kept.joined(separator: ", "))
        return names + [change("markings, the strictest last, are \(now), before \(before)", .loosens)]
    }

    /// What stands in one list and not in the other.
    private func sets<Duty: Equatable>(
        _ before: [Duty], _ now: [Duty], told: (Duty) -> String,
        effects: (gone: ProtocolDifference.Effect, new: ProtocolDifference.Effect) = (.loosens, .narrows)
    ) -> [Finding] {
        let added = now.filter { !before.contains($0) }.map { change("\(told($0)) is new", effects.new) }
        return added + before.filter { !now.contains($0) }.map { change("\(told($0)) is gone", effects.gone) }
    }

    private static func core(_ duty: CompiledObligation) -> CompiledObligation {
        var core = duty
        (core.id, core.title) = (RuleID(unchecked: "any"), "")
        return core
    }

    private static func core(_ duty: CompiledExpectation) -> CompiledExpectation {
        var core = duty
        (core.id, core.title) = (RuleID(unchecked: "any"), "")
        return core
    }

    private static func words(_ duty: CompiledObligation) -> String {
        var words = ""
        if let categories = duty.categories { words += " of \(list(categories))" }
        if let about = duty.about {
            let roles = about.map { if case .role(let role) = $0 { role.rawValue } else { "nobody" } }
            words += " about \(SharingChange.list(roles))"
        }
        if let messages = duty.messages { words += " in \(list(messages))" }
        if let purposes = duty.purposes { words += " for \(list(purposes))" }
        var parts = duty.marking.map { [" to mark it \($0)"] } ?? []
        switch duty.onward {
        case nil: break
        case .none?: parts.append(" to pass it on to nobody")
        case .askSender?: parts.append(" to pass it on only when the sender agrees")
        case .protocol?: parts.append(" to pass it on only by this text")
        }
        return words + parts.joined(separator: " and")
    }

    /// On which grounds the glass may be broken, and what is done about it. What it opens shows in the fields.
    func breakGlass() -> [Finding] {
        let (before, now) = (old.breakGlass, new.breakGlass)
        guard let before, let now else {
            if before == nil, now != nil { return [change("break glass is new")] }
            return before == nil ? [] : [change("break glass is gone", .narrows)]
        }
        var findings: [Finding] = []
        for ground in Set(now.grounds.keys).subtracting(before.grounds.keys).sorted() {
            findings.append(change("break-glass ground `\(ground)` is new", .loosens))
        }
        for ground in Set(before.grounds.keys).subtracting(now.grounds.keys).sorted() {
            findings.append(change("break-glass ground `\(ground)` is gone", .narrows))
        }
        if before.reasonMin != now.reasonMin {
            findings.append(
                change(
                    "the written reason has at least \(now.reasonMin) characters, before \(before.reasonMin)",
                    now.reasonMin < before.reasonMin ? .loosens : .narrows))
        }
        if before.reviewWithin != now.reviewWithin {
            findings.append(
                change(
                    "break glass is reviewed within \(Self.days(now.reviewWithin)), before \(Self.days(before.reviewWithin))",
                    now.reviewWithin > before.reviewWithin ? .loosens : .narrows))
        }
        if before.closesWhenUnreviewed != now.closesWhenUnreviewed {
            findings.append(
                change(
                    "break glass that is not reviewed in time \(now.closesWhenUnreviewed ? "newly" : "no longer") closes the door",
                    now.closesWhenUnreviewed ? .narrows : .loosens))
        }
        return findings
    }
}
