package import ConcordatDecision
import ConcordatJudgeModel
import ConcordatPayload
package import ConcordatProtocols
import ConcordatTerms

/// What a guarantee rules out of one decision, read word by word: the prover's reading a second time.
package struct GuaranteeReading {
    private let text: CompiledProtocol
    private let input: JudgeInput
    private let naive: NaiveJudge

    /// Reads what was decided about `input` under `text`.
    package init(_ text: CompiledProtocol, _ input: JudgeInput) {
        (self.text, self.input, naive) = (text, input, NaiveJudge(text, input))
    }

    /// The data path of a field that goes although the guarantee says never; nil when none does.
    package func breach(of guarantee: Guarantee, in decision: Decision) -> String? {
        guard case .share(let plan) = decision.answer, let message = text.messages[input.message],
            isMeant(guarantee)
        else { return nil }
        for (field, count) in input.facts.fields where count > 0 && plan.action(for: field) != .drop {
            guard guarantee.categories.contains(message.schema.category(of: field.node)),
                forbids(guarantee, message.schema.category(of: field.node), field.subject)
            else { continue }
            return message.schema.path(of: field.node)
        }
        return nil
    }

    /// Whether the guarantee speaks of this sender, recipient, message, purpose and moment.
    private func isMeant(_ guarantee: Guarantee) -> Bool {
        guard let sender = text.parties[input.sender], let recipient = text.parties[input.recipient] else {
            return false
        }
        return guarantee.from?.contains(sender.kind) ?? true && guarantee.to?.contains(recipient.kind) ?? true
            && guarantee.toCapacityNot.isDisjoint(with: naive.capacities(recipient.id))
            && guarantee.messages?.contains(input.message) ?? true
            && guarantee.purposes?.contains(input.purpose) ?? true
            && input.breakGlass.map { !guarantee.exceptGrounds.contains($0) } ?? true
            && naive.met(guarantee.when, recipient.id)
    }

    private func forbids(
        _ guarantee: Guarantee, _ category: ConcordatTerms.Category, _ subject: FieldSubject
    ) -> Bool {
        let everyone = input.people + input.casePeople
        let concerned: [JudgedPerson]
        let subjects: [CompiledRule.Subject]
        switch subject {
        case .nobody: (concerned, subjects) = (everyone, [.nobody])
        case .role(let role): (concerned, subjects) = (everyone.filter { $0.roles.contains(role) }, [.role(role)])
        case .person(let index):
            (concerned, subjects) = ([input.people[index]], input.people[index].roles.map { .role($0) })
        }
        guard guarantee.about.map({ !$0.isDisjoint(with: subjects) }) ?? true else { return false }
        guard guarantee.withoutConsent else { return true }
        let agreed = concerned.map { agrees($0, category) }
        // About nobody anyone's will do; about a role that of everyone who has it.
        return subject == .nobody ? !agreed.contains(true) : agreed.contains(false)
    }

    private func agrees(_ person: JudgedPerson, _ category: ConcordatTerms.Category) -> Bool {
        guard let id = person.id, let recipient = text.parties[input.recipient] else { return false }
        let lineage = Set(text.categories.keys.filter { text.category(category, isWithin: $0) })
        return ConsentSearch.state(
            of: id, for: input.purpose, lineage: lineage, to: recipient.id, kind: recipient.kind,
            in: input.consents, now: input.now
        ).state.allows
    }
}
