/// What a text may differ in from the one that was signed so that the signature still stands. The whole list: whatever is
/// not on it asks everybody to sign again.
///
/// None of these gives anybody anything or takes back a promise. That permits give no more is judged by meaning, over
/// everything the rules of both texts can tell apart; the rest is compared word for word.
package enum HarmlessChange: String, Sendable, CaseIterable {
    /// The number in `version`.
    case version
    /// The protocol's `title`, and those of kinds of party, roles, categories, flags, capacities, messages, rules and
    /// guarantees. Not those of purposes, and not a word of the agreement.
    case titles
    /// The order of rules and of guarantees, and their ids.
    case order
    /// Permits that give less, or the same in other words.
    case permits
    /// A prohibition that is new or reaches further.
    case prohibitions
    /// A refusal of messages that is new or reaches further.
    case refusals
    /// A guarantee that is given beside those before.
    case guarantees

    /// As `docs/sign-off.md` has it.
    package var words: String {
        switch self {
        case .version: "the number in `version`"
        case .titles:
            "the title of the protocol, of kinds of party, roles, categories, flags, capacities, messages, rules, guarantees"
        case .order: "the order and the ids of rules and guarantees"
        case .permits: "a permit dropped or confined, so that nobody gains anything"
        case .prohibitions: "a prohibition added or widened, as long as it is not `silent`"
        case .refusals: "a `refuse: message` added or widened, as long as it is told to nobody and not `silent`"
        case .guarantees: "a guarantee added"
        }
    }
}
