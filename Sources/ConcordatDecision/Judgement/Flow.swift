package import ConcordatPayload
import ConcordatTerms

/// One message on its way from one party to another, and how the rules stand to it, whatever field they speak of.
///
/// Not copyable: a copy would ask every rule again.
struct Flow: ~Copyable {
    let table: MessageTable
    let from: IndexedParty
    let fromCapacities: NumberSet
    let to: IndexedParty
    let toCapacities: NumberSet
    /// The number of the purpose.
    let purpose: Int
    /// What the protocol says of this message to this kind of recipient.
    let recipientTable: RecipientTable
    private let claimsGround: Bool
    private var values: ConditionValues
    // Bound: words of rules whose standing is remembered, 64 rules each. Beyond them a rule is asked again for each field
    // it speaks of, so that no judgement needs more memory because there are more rules.
    private static let remembered = 8
    private var known = InlineArray<8, Known>(repeating: Known())

    /// - Parameter values: what the message says to the conditions of `table`.
    init(
        _ table: MessageTable, from: IndexedParty, _ fromCapacities: NumberSet, to: IndexedParty,
        _ toCapacities: NumberSet, for purpose: Int, claimsGround: Bool, _ values: consuming ConditionValues
    ) {
        (self.table, self.from, self.fromCapacities) = (table, from, fromCapacities)
        (self.to, self.toCapacities, self.purpose, self.claimsGround) = (to, toCapacities, purpose, claimsGround)
        recipientTable = table.table(to: to.kind)
        self.values = values
    }

    /// How some rules of one word stand to a flow, one bit for each.
    struct Standing {
        /// Those that speak of its parties and purpose; the others are elsewhere.
        let heard: UInt64
        /// Those of them that find the capacities they ask for.
        let satisfied: UInt64
        /// Those of them whose condition holds: they apply.
        let applying: UInt64
    }

    /// What is known of one word of rules.
    private struct Known {
        var isReady = false
        var heard: UInt64 = 0
        var satisfied: UInt64 = 0
        /// Satisfied ones whose condition has been asked, or that have none.
        var asked: UInt64 = 0
        /// Those of them whose condition holds.
        var applying: UInt64 = 0
    }

    /// How these rules of ``recipientTable`` stand. Consent and the field are not looked at here.
    ///
    /// A condition is asked only of rules that stand or fall with it.
    mutating func standing(of rules: RuleWord, _ input: JudgeInput) -> Standing {
        guard rules.word < Self.remembered else {
            var new = Known()
            return standing(of: rules, &new, input)
        }
        var here = known[rules.word]
        let standing = standing(of: rules, &here, input)
        known[rules.word] = here
        return standing
    }

    /// Whether some of these rules apply.
    mutating func meets(anyOf rules: [RuleWord], _ input: JudgeInput) -> Bool {
        for word in rules where standing(of: word, input).applying != 0 { return true }
        return false
    }

    private mutating func standing(of rules: RuleWord, _ here: inout Known, _ input: JudgeInput) -> Standing {
        if !here.isReady { here = ready(rules.word) }
        let open = rules.bits & here.satisfied & ~here.asked
        if open != 0 {
            here.asked |= open
            for bit in BitPlaces(open)
            where values.holds(recipientTable.conditions[rules.word * 64 + bit], input) {
                here.applying |= UInt64(1) << UInt64(bit)
            }
        }
        return Standing(
            heard: rules.bits & here.heard, satisfied: rules.bits & here.satisfied,
            applying: rules.bits & here.applying)
    }

    /// What is known of a word before any condition is asked.
    private func ready(_ word: Int) -> Known {
        let traits = recipientTable.traits[word]
        var heard = recipientTable.speaking(word, ofKind: from.kind, purpose: purpose)
        for bit in BitPlaces(heard & traits.namesSenders) {
            let named = recipientTable.rules[word * 64 + bit].text.fromParties
            if !(named?.contains(from.party.id) ?? true) { heard &= ~(UInt64(1) << UInt64(bit)) }
        }
        // A clause that nobody claims is no missed permit: it says nothing of an ordinary message.
        if !claimsGround { heard &= ~traits.isBreakGlass }
        let satisfied = heard & recipientTable.satisfied(word, from: fromCapacities, to: toCapacities)
        let unconditional = satisfied & ~traits.isConditional
        return Known(
            isReady: true, heard: heard, satisfied: satisfied, asked: unconditional, applying: unconditional)
    }
}

extension FieldSubject: Comparable {
    /// Nobody first, then persons in the order of the message, then roles by name.
    package static func < (left: FieldSubject, right: FieldSubject) -> Bool {
        switch (left, right) {
        case (.nobody, .nobody), (.person, .nobody), (.role, .nobody), (.role, .person): false
        case (.nobody, _), (.person, .role): true
        case (.person(let one), .person(let other)): one < other
        case (.role(let one), .role(let other)): one < other
        }
    }
}
