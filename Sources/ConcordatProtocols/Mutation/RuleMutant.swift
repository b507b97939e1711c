import ConcordatDecision
package import ConcordatTerms

/// One small wrong change of one rule, made in memory: what an author could write by mistake.
package struct RuleMutant: Sendable {
    /// What sort of change it is.
    package enum Kind: String, Sendable, CaseIterable {
        /// The rule is not there.
        case dropped
        /// A permit prohibits, or a prohibition permits.
        case turned
        /// A condition, or a part of one, is gone, turned round or moved by one.
        case condition
        /// One element more of what a permit names, or one less of what stands against sharing.
        case list
        /// An exception is gone: `except`, `yields-to`.
        case exception
        /// A consent asked for is weaker.
        case consent
        /// Whole instead of a form, told instead of silent, or nobody is told.
        case form
        /// What bounds a hold, a route or a break-glass clause is wider.
        case limit
    }

    /// The rule, and where it stands.
    package let rule: RuleID
    package let span: SourceSpan
    package let kind: Kind
    /// What was changed, to stand after the rule's name: "with `court` in `to`".
    package let change: String
    /// Its place among the rules of the text.
    let index: Int
    let original: CompiledRule
    /// Nil: the rule is not there.
    let replacement: CompiledRule?
    /// Whether something could pass that did not before. Where not, no guarantee can notice.
    let mayOpen: Bool

    /// The text with this one change.
    func applied(to compiled: CompiledProtocol) -> CompiledProtocol {
        var text = compiled
        if let replacement { text.rules[index] = replacement } else { text.rules.remove(at: index) }
        return text
    }
}

/// What came of one mutant.
package enum MutantVerdict: Sendable, Equatable {
    /// A worked case comes out otherwise.
    case noticedByCase(String)
    /// A guarantee is broken, or can no longer be proven: the text would not load.
    case noticedByGuarantee(GuaranteeID)
    /// It decides every message as the text does, so there is nothing to notice.
    case sameMeaning
    /// No case and no guarantee notices.
    case survives
}
