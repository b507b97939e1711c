import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

// Holds, routes, break glass, obligations, calendars and expectations.
extension ProtocolChecker {
    // MARK: holds and routes

    func holdTerms(_ syntax: HoldSyntax) -> HoldTerms {
        func known<Value: CaseIterable & RawRepresentable<String>>(_ word: Name?, _ key: String, _ type: Value.Type)
            -> Value?
        {
            guard let word else { return nil }
            if let value = Value(rawValue: word.value) { return value }
            let names = Value.allCases.map(\.rawValue)
            log.error(
                word.span, "`\(key): \(word.value)` is not known",
                NearestName.advice(for: word.value, among: names, declare: "write \(names.joined(separator: " or "))"))
            return nil
        }
        // What could not be read is in the log, and a protocol with an error is not loaded.
        return HoldTerms(
            until: known(syntax.until, "until", HoldTerms.Until.self) ?? .officer,
            atMost: syntax.atMost.flatMap { values.time($0, "a hold") } ?? MessageDefaults.life,
            then: known(syntax.then, "then", HoldTerms.Then.self) ?? .withhold)
    }

    /// A hold must be able to end before what it holds is too old, and must not give what the message gives.
    func checkHold(_ rule: RuleSyntax, _ hold: HoldSyntax, _ scope: [CompiledMessage]) {
        let time = hold.atMost.flatMap { ValueChecker.duration($0.value) }
        for message in scope {
            if let time, let span = hold.atMost?.span, message.life <= time {
                log.error(
                    span, "a `\(message.name)` would expire before this wait is over",
                    "wait for less than its `expires`, or make that longer")
            }
            if message.answeredBy != nil {
                log.error(
                    rule.effectSpan, "`\(message.name)` is a request and cannot be held",
                    "refuse it, or hold its answer")
            }
            let moving = syntax.capacities.first { capacity in
                capacity.grants.contains { $0.message.value == message.name.rawValue && $0.holder.value == "recipient" }
            }
            if let moving {
                log.error(
                    rule.effectSpan,
                    "`\(message.name)` gives its recipient the capacity `\(moving.name.value)`, and cannot be held",
                    "the recipient would hold it before it has the message; hold a message that moves nothing")
            }
        }
    }

    /// A message that goes to none of the kinds a route names could only be refused by it.
    func checkRoute(_ destination: RuleSyntax.Destination, _ scope: [CompiledMessage]) {
        let known = terms.names(.partyKind)
        // One that is not declared is told where it is resolved.
        guard let first = destination.kinds.first, destination.kinds.allSatisfy({ known.contains($0.value) }) else {
            return
        }
        let kinds = Set(destination.kinds.map { PartyKind(unchecked: $0.value) })
        for message in scope where message.to.isDisjoint(with: kinds) {
            log.error(
                first.span, "a `\(message.name)` goes to none of these kinds: the route leads it nowhere",
                "name a kind it goes to, one of \(message.to.sorted().map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// The condition a rule has in full: what its author wrote, where its route leads, and the grounds it depends on.
    func clauseCondition(_ rule: RuleSyntax, _ written: Condition?) -> Condition? {
        var parts = written.map { [$0] } ?? []
        if let destination = rule.destination {
            let kinds: Set<PartyKind> = terms.resolve(destination.kinds, .partyKind)
            var there: [Condition] = []
            if !kinds.isEmpty { there.append(.test(.recipientKind, .containsAny(Set(kinds.map(\.rawValue))))) }
            if let speciality = destination.speciality {
                conditions.checkSpeciality(speciality, isNeeded: true)
                there.append(.test(.recipientSpeciality, .contains(speciality.value)))
            }
            parts.append(.not(there.count == 1 ? there[0] : .all(there)))
        }
        if let grounds = rule.grounds {
            parts.append(.test(.ground, .containsAny(Set(grounds.compactMap(ground)))))
        }
        let yields = Set(rule.yieldsTo.compactMap(ground))
        if !yields.isEmpty { parts.append(.not(.test(.ground, .containsAny(yields)))) }
        // A claimed ground goes at once.
        if case .hold = rule.effect, syntax.breakGlass != nil { parts.append(.test(.ground, .present(false))) }
        return parts.count < 2 ? parts.first : .all(parts)
    }

    // MARK: break glass

    func ground(_ name: Name) -> String? {
        terms.resolve(name, .ground, as: Speciality.self).map { _ in name.value }
    }

    func checkBreakGlass() -> CompiledBreakGlass? {
        guard let syntax = syntax.breakGlass else { return nil }
        var closes = false
        switch syntax.unreviewed?.value {
        case nil, "alarm": break
        case "close": closes = true
        case .some(let word):
            log.error(
                syntax.unreviewed?.span ?? syntax.span, "`unreviewed: \(word)` is not known", "write alarm or close")
        }
        return CompiledBreakGlass(
            grounds: Dictionary(
                syntax.grounds.map { ($0.name.value, $0.title) }, uniquingKeysWith: { first, _ in first }),
            reasonMin: syntax.reasonMin.flatMap {
                values.whole($0, 1...CompiledBreakGlass.reasonMax, "the shortest reason")
            } ?? CompiledBreakGlass.reasonMax,
            reviewWithin: syntax.reviewWithin.flatMap { values.time($0, "a review") } ?? MessageDefaults.life,
            closesWhenUnreviewed: closes)
    }

    // MARK: obligations and expectations

    func checkObligation(_ duty: ObligationSyntax) -> CompiledObligation {
        let onward = duty.onward.flatMap { word -> CompiledObligation.Onward? in
            if let known = CompiledObligation.Onward(rawValue: word.value) { return known }
            log.error(word.span, "`onward: \(word.value)` is not known", "write none, ask-sender or protocol")
            return nil
        }
        let marking = duty.marking.flatMap { terms.resolve($0, .marking, as: Speciality.self) != nil ? $0.value : nil }
        return CompiledObligation(
            id: RuleID(unchecked: duty.id.value), title: duty.title, marking: marking, onward: onward,
            categories: duty.categories.map { expand($0, except: []) }, about: subjects(duty.about),
            messages: terms.resolve(duty.messages, .message), to: terms.resolve(duty.to, .partyKind),
            purposes: terms.resolve(duty.purposes, .purpose))
    }

    func checkCalendars() -> [String: WorkingCalendar] {
        var result: [String: WorkingCalendar] = [:]
        for calendar in syntax.calendars {
            var holidays: Set<CivilDate> = []
            if let name = calendar.holidays {
                guard let list = codelists[name.value] else {
                    log.error(
                        name.span, "there is no code list `\(name.value)`",
                        NearestName.advice(
                            for: name.value, among: codelists.keys, declare: "add `codelists/\(name.value).csv`"))
                    continue
                }
                for entry in list.entries {
                    if let day = CivilDate(entry.code) { holidays.insert(day); continue }
                    log.error(
                        name.span, "code list `\(name.value)` holds a code that is no date", "write days as 2026-12-25")
                    break
                }
            }
            result[calendar.name.value] = WorkingCalendar(holidays: holidays)
        }
        return result
    }

    func checkExpectation(_ expected: ExpectationSyntax) -> CompiledExpectation? {
        let after = expected.after.flatMap { terms.resolve($0, .message, as: MessageName.self) }
        let answers: Set<MessageName> = terms.resolve(expected.answeredBy, .message)
        let scope = after.flatMap { messages[$0] }.map { [$0] } ?? []
        let when = expected.when.map { conditions.check($0, scope: scope, what: "expectation `\(expected.id.value)`") }
        let within = expected.within.flatMap(span)
        let reminders = expected.reminders.compactMap(span)
        checkReminders(expected, reminders, within)
        guard let after, let owed = expected.owedBy, let debtor = debtor(owed), let within else { return nil }
        if let message = messages[after] {
            let able: Set<PartyKind>
            switch debtor {
            case .recipient: able = message.to
            case .sender: able = message.from
            case .capacity(let capacity):
                able = Set(
                    syntax.capacities.first { $0.name.value == capacity.rawValue }?.kinds?.map {
                        PartyKind(unchecked: $0.value)
                    } ?? terms.names(.partyKind).map { PartyKind(unchecked: $0) })
            }
            for name in expected.answeredBy {
                guard let answer = messages[MessageName(unchecked: name.value)] else { continue }
                if answer.from.isDisjoint(with: able) {
                    log.error(
                        name.span, "nobody who owes the answer may send `\(name.value)`",
                        "name a message that they send, or another who owes it")
                }
            }
        }
        return CompiledExpectation(
            id: RuleID(unchecked: expected.id.value), title: expected.title, after: after, when: when, owedBy: debtor,
            answeredBy: answers, within: within, reminders: reminders)
    }

    /// Days of another sort cannot be compared: how many working days lie in a week depends on the holidays.
    private func checkReminders(_ expected: ExpectationSyntax, _ reminders: [DaySpan], _ within: DaySpan?) {
        guard let within, reminders.count == expected.reminders.count else { return }
        for (syntax, reminder) in zip(expected.reminders, reminders)
        where reminder.calendar == within.calendar && reminder.days >= within.days {
            log.error(
                syntax.span, "a reminder after \(reminder.days) days of an answer that is due within \(within.days)",
                "remind earlier; when the day is over it is overdue by itself")
        }
    }

    private func debtor(_ name: Name) -> CompiledExpectation.Debtor? {
        switch name.value {
        case "recipient": .recipient
        case "sender": .sender
        default: terms.resolve(name, .capacity, as: Capacity.self).map { .capacity($0) }
        }
    }

    private func span(_ syntax: SpanSyntax) -> DaySpan? {
        guard let count = syntax.days ?? syntax.workingDays, let days = values.whole(count, 0...366, "days") else {
            return nil
        }
        guard syntax.workingDays != nil else {
            if let stray = syntax.calendar {
                log.error(stray.span, "`calendar` beside plain days", "write `working-days`, or take it out")
            }
            return DaySpan(days: days, calendar: nil)
        }
        guard let calendar = syntax.calendar else {
            log.error(syntax.span, "working days of which calendar", "add `calendar: …`, one of `calendars`")
            return nil
        }
        guard terms.resolve(calendar, .calendar, as: Speciality.self) != nil else { return nil }
        return DaySpan(days: days, calendar: calendar.value)
    }
}
