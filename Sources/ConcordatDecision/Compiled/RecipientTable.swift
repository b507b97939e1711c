import ConcordatPayload
import ConcordatTerms

/// The rules that can speak of one message on its way to one kind of recipient, in the text's order.
///
/// They are numbered anew and stand in words of 64, so that what a rule asks is asked of a whole word at once, and what a
/// judgement remembers of them is small. A place is an index of ``rules``; its word is the place by 64.
final class RecipientTable: Sendable {
    /// What is known of the rules of one word whatever the message says: one bit for each.
    struct Traits: Sendable {
        /// Those that ask for no capacity of the sender, and of the recipient.
        fileprivate(set) var asksNoneOfSender: UInt64 = 0
        fileprivate(set) var asksNoneOfRecipient: UInt64 = 0
        /// Those that have a condition.
        fileprivate(set) var isConditional: UInt64 = 0
        fileprivate(set) var isBreakGlass: UInt64 = 0
        /// Those that speak of some senders by name.
        fileprivate(set) var namesSenders: UInt64 = 0
        fileprivate(set) var isSilent: UInt64 = 0
        /// Permits that let a field pass in some form, those that let it pass whole, and those that rest on a consent.
        fileprivate(set) var passes: UInt64 = 0
        fileprivate(set) var isWhole: UInt64 = 0
        fileprivate(set) var needsConsent: UInt64 = 0
    }

    let rules: [IndexedRule]
    /// By place, as plain lists: the name, the form a permit lets pass, what it asks of consents, where its condition begins.
    let ids: [RuleID]
    let forms: [FieldAction]
    let needs: [Int]
    let conditions: [Int]
    /// By word.
    let traits: [Traits]
    let refusals: [RuleWord]
    let holds: [RuleWord]
    /// Break-glass clauses.
    let glass: [RuleWord]
    let permits: RuleCells
    let prohibits: RuleCells
    private let fromKinds: RuleRows
    private let purposes: RuleRows
    private let fromCapacities: RuleRows
    private let toCapacities: RuleRows

    /// - Parameter heard: each rule with the place of its condition in the message's table.
    init(_ heard: [(rule: IndexedRule, condition: Int)], _ numbers: RuleNumbers, _ categories: Numbering<Category>) {
        let rules = heard.map(\.rule)
        (self.rules, ids, conditions) = (rules, rules.map(\.text.id), heard.map(\.condition))
        (forms, needs) = (rules.map { $0.permits ?? .drop }, rules.map { $0.need ?? 0 })
        traits = Self.traits(of: rules)
        fromKinds = RuleRows(rules, rows: numbers.kinds.count, all: true) { $0.from }
        purposes = RuleRows(rules, rows: numbers.purposes.count, all: true) { $0.purposes }
        fromCapacities = RuleRows(rules, rows: numbers.capacities.count, all: false) { $0.fromCapacity }
        toCapacities = RuleRows(rules, rows: numbers.capacities.count, all: false) { $0.toCapacity }
        func words(_ isMeant: (CompiledRule.Effect) -> Bool) -> [RuleWord] {
            RuleWord.words(of: rules.indices.filter { isMeant(rules[$0].text.effect) })
        }
        refusals = words { if case .refuseMessage = $0 { true } else { false } }
        holds = words { if case .hold = $0 { true } else { false } }
        glass = RuleWord.words(of: rules.indices.filter { rules[$0].text.isBreakGlass })
        func cells(_ isMeant: (CompiledRule.Effect) -> Bool) -> RuleCells {
            RuleCells(
                rules, categories, subjectCount: numbers.subjects.count,
                of: rules.indices.filter { isMeant(rules[$0].text.effect) })
        }
        permits = cells { if case .permit = $0 { true } else { false } }
        prohibits = cells { if case .prohibit = $0 { true } else { false } }
    }

    private static func traits(of rules: [IndexedRule]) -> [Traits] {
        var traits = Array(repeating: Traits(), count: (rules.count + 63) / 64)
        for (place, rule) in rules.enumerated() {
            let (word, bit) = (place / 64, UInt64(1) << UInt64(place % 64))
            if rule.fromCapacity == nil { traits[word].asksNoneOfSender |= bit }
            if rule.toCapacity == nil { traits[word].asksNoneOfRecipient |= bit }
            if rule.text.when != nil { traits[word].isConditional |= bit }
            if rule.text.isBreakGlass { traits[word].isBreakGlass |= bit }
            if rule.text.fromParties != nil { traits[word].namesSenders |= bit }
            if rule.text.silent { traits[word].isSilent |= bit }
            if rule.permits.map({ $0 != .drop }) ?? false { traits[word].passes |= bit }
            if rule.permits == .keep { traits[word].isWhole |= bit }
            if rule.need != nil { traits[word].needsConsent |= bit }
        }
        return traits
    }

    /// Those of a word that speak of a kind of sender and a purpose, by their numbers.
    func speaking(_ word: Int, ofKind kind: Int, purpose: Int) -> UInt64 {
        fromKinds[kind, word] & purposes[purpose, word]
    }

    /// Those of a word that find the capacities they ask for.
    func satisfied(_ word: Int, from sender: NumberSet, to recipient: NumberSet) -> UInt64 {
        var from = traits[word].asksNoneOfSender
        for capacity in sender { from |= fromCapacities[capacity, word] }
        var to = traits[word].asksNoneOfRecipient
        for capacity in recipient { to |= toCapacities[capacity, word] }
        return from & to
    }

    /// A refusal that names the rule at a place, and tells whom the rule wants told.
    func refusal(_ code: String, clause place: Int32?) -> Refusal {
        guard let place else { return Refusal(code: code) }
        return Refusal(code: code, clause: ids[Int(place)], tell: rules[Int(place)].text.tell)
    }
}

/// Some rules of one word of a table.
struct RuleWord: Sendable {
    let word: Int
    var bits: UInt64

    /// Those at these places, which ascend.
    static func words(of places: [Int]) -> [RuleWord] {
        var words: [RuleWord] = []
        for place in places { words.join(UInt64(1) << UInt64(place % 64), at: place / 64) }
        return words
    }
}

extension [RuleWord] {
    /// Adds rules of the last word or of one after it.
    fileprivate mutating func join(_ bits: UInt64, at word: Int) {
        if let last, last.word == word {
            self[count - 1].bits |= bits
        } else {
            append(RuleWord(word: word, bits: bits))
        }
    }
}

/// For each row, the rules that a set of numbers of theirs puts into it; as flat words.
private struct RuleRows: Sendable {
    private let words: [UInt64]
    private let wordCount: Int

    /// - Parameter all: whether a rule without such a set stands in every row, or in none.
    init(_ rules: [IndexedRule], rows: Int, all: Bool, _ numbers: (IndexedRule) -> NumberSet?) {
        wordCount = (rules.count + 63) / 64
        var words = Array(repeating: UInt64(0), count: rows * wordCount)
        for (place, rule) in rules.enumerated() {
            let named = numbers(rule)
            for row in 0..<rows where named?.contains(row) ?? all {
                words[row * wordCount + place / 64] |= UInt64(1) << UInt64(place % 64)
            }
        }
        self.words = words
    }

    subscript(row: Int, word: Int) -> UInt64 { words[row * wordCount + word] }
}

/// For each category and subject, by their numbers, the rules that can speak of it: those about it and those about anyone.
///
/// One flat list with the bounds of each cell, so that reading a cell asks for no memory and passes over no other rule.
struct RuleCells: Sendable {
    private var words: [RuleWord] = []
    /// The first word of each cell, and the end of the last.
    private var bounds: [Int] = [0]
    private let subjectCount: Int

    fileprivate init(
        _ rules: [IndexedRule], _ categories: Numbering<Category>, subjectCount: Int, of places: [Int]
    ) {
        self.subjectCount = subjectCount
        guard !places.isEmpty else { return }
        var cells = Array(repeating: [RuleWord](), count: categories.count * subjectCount)
        for place in places {
            let (word, bit) = (place / 64, UInt64(1) << UInt64(place % 64))
            for category in rules[place].text.categories.compactMap(categories.known) {
                for subject in 0..<subjectCount where rules[place].about?.contains(subject) ?? true {
                    cells[category * subjectCount + subject].join(bit, at: word)
                }
            }
        }
        for cell in cells {
            words += cell
            bounds.append(words.count)
        }
    }

    /// Where in the list the words of a cell stand, in the order of the text.
    func cell(_ category: Int, _ subject: Int) -> Range<Int> {
        let cell = category * subjectCount + subject
        return cell + 1 < bounds.count ? bounds[cell]..<bounds[cell + 1] : 0..<0
    }

    subscript(position: Int) -> RuleWord { words[position] }

    /// The rules of one word that can speak of a category and some of several subjects.
    func rules(_ category: Int, _ subjects: NumberSet, _ word: Int) -> RuleWord {
        var all = RuleWord(word: word, bits: 0)
        for subject in subjects { all.bits |= rules(category, subject, word).bits }
        return all
    }

    /// Those of a cell that stand in one word.
    func rules(_ category: Int, _ subject: Int, _ word: Int) -> RuleWord {
        let cell = cell(category, subject)
        var (low, high) = (cell.lowerBound, cell.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if words[middle].word < word { low = middle + 1 } else { high = middle }
        }
        return low < cell.upperBound && words[low].word == word ? words[low] : RuleWord(word: word, bits: 0)
    }
}
