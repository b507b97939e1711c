import ConcordatJudgeModel
import ConcordatPayload
import ConcordatTerms
import Testing

@testable import ConcordatDecision

/// A judgement looks only at rules that can matter to it, however many there are beside them.
@Suite struct JudgeIndexTests {
    @Test func aCellHoldsTheRulesThatSpeakOfItAndNoOther() throws {
        var protocols = RandomProtocols(seed: 20)
        var held = 0
        for number in 0..<10 {
            let text = try protocols.make()
            for (name, message) in text.messages {
                for kind in message.to {
                    let spoken = text.rules.filter { rule in
                        rule.messages?.contains(name) ?? true && rule.to?.contains(kind) ?? true
                    }
                    let table = try #require(text.index.messages[name]).table(to: text.index.kinds[kind])
                    for category in text.categories.keys.sorted() {
                        for subject in subjects(of: text) {
                            let meant = spoken.filter { rule in
                                rule.categories.contains(category) && rule.about?.contains(subject) ?? true
                            }
                            let place = try #require(text.index.categories.known(category))
                            let cell = (place, text.index.subjects[subject])
                            let permits = rules(table.permits, cell, in: table)
                            let permitting = meant.filter { $0.isPermit }.map(\.id)
                            let prohibiting = meant.filter { $0.effect == .prohibit }.map(\.id)
                            try #require(permits == permitting, "protocol \(number)")
                            let prohibits = rules(table.prohibits, cell, in: table)
                            try #require(prohibits == prohibiting, "protocol \(number)")
                            held += permits.count + prohibits.count
                        }
                    }
                }
            }
        }
        #expect(held > 1_000, "too few rules stand in cells to say much")
    }

    @Test func rulesAboutOtherMessagesAreNotEvenPassedOver() throws {
        var protocols = RandomProtocols(seed: 21)
        let text = try protocols.make()
        var crowded = text
        let permits = text.rules.filter { $0.isPermit }
        let other = try #require(permits.first)
        crowded.rules =
            (0..<500).map { number in
                var rule = other
                (rule.id, rule.messages) = (RuleID(unchecked: "E\(number)"), ["unsent"])
                return rule
            } + text.rules
        for (name, message) in text.messages {
            for kind in message.to {
                let table = try #require(text.index.messages[name]).table(to: text.index.kinds[kind])
                let same = try #require(crowded.index.messages[name]).table(to: crowded.index.kinds[kind])
                #expect(same.ids == table.ids)
                #expect(same.traits.count == table.traits.count)
            }
        }
    }

    /// Sixty-four rules fill a word, and every word counts: the judge and the naive interpreter agree on crowded protocols too,
    /// beyond what a judgement remembers.
    @Test func aRuleInAnyWordCounts() throws {
        var protocols = RandomProtocols(seed: 22)
        for _ in 0..<3 {
            let base = try protocols.make()
            var text = base
            text.rules = (0..<120).flatMap { round in
                base.rules.map { rule in
                    var copy = rule
                    copy.id = RuleID(unchecked: "\(rule.id)-\(round)")
                    return copy
                }
            }
            let tables = text.messages.keys.compactMap { text.index.messages[$0] }
            let most = tables.flatMap { table in
                text.partyKinds.map { table.table(to: text.index.kinds[$0]).traits.count }
            }
            #expect((most.max() ?? 0) > 8, "no table is longer than what is remembered")
            var messages = RandomMessages(seed: protocols.dice.next(), text: text)
            for _ in 0..<12 {
                let input = messages.make()
                var naive = NaiveJudge(text, input)
                let expected = naive.decide()
                try #require(text.judge(input) == expected)
            }
        }
    }

    private func subjects(of text: CompiledProtocol) -> [CompiledRule.Subject] {
        [.nobody] + text.roles.sorted().map { .role($0) }
    }

    private func rules(_ cells: RuleCells, _ cell: (Int, Int), in table: RecipientTable) -> [RuleID] {
        cells.cell(cell.0, cell.1).flatMap { position in
            BitPlaces(cells[position].bits).map { table.ids[cells[position].word * 64 + $0] }
        }
    }
}

extension CompiledRule {
    fileprivate var isPermit: Bool {
        if case .permit = effect { true } else { false }
    }
}
