package import ConcordatTerms

/// Break glass (brief P6): sharing at once, on a named ground, marked, and reviewed afterwards.
///
/// Its clauses are rules of the protocol with ``CompiledRule/isBreakGlass`` set.
package struct CompiledBreakGlass: Sendable, Equatable {
    /// The grounds that may be claimed, with what they are called before people.
    package var grounds: [String: String]
    /// Characters that the written reason has at least; 1 to ``reasonMax``.
    package var reasonMin: Int
    /// How long an officer has to review a use of it.
    package var reviewWithin: Duration
    /// Whether a use that was not reviewed in time closes the door to further ones of its sender.
    package var closesWhenUnreviewed: Bool

    // Bound: characters of a written reason.
    package static let reasonMax = 1_000

    package init(grounds: [String: String], reasonMin: Int, reviewWithin: Duration, closesWhenUnreviewed: Bool) {
        (self.grounds, self.reasonMin) = (grounds, reasonMin)
        (self.reviewWithin, self.closesWhenUnreviewed) = (reviewWithin, closesWhenUnreviewed)
    }
}

extension CompiledProtocol {
    /// The break-glass clauses that let `sender` claim `ground` in that message, whoever receives it.
    package func breakGlassClauses(
        on ground: String, in message: MessageName, from sender: PartyKind, for purpose: PurposeID
    ) -> [CompiledRule] {
        rules.filter { $0.isBreakGlassClause(on: ground, in: message, from: sender, for: purpose) }
    }
}

extension CompiledRule {
    /// Whether it is a clause that lets `sender` claim `ground` in that message, whoever receives it.
    func isBreakGlassClause(
        on ground: String, in message: MessageName, from sender: PartyKind, for purpose: PurposeID
    ) -> Bool {
        isBreakGlass && (messages?.contains(message) ?? true) && (from?.contains(sender) ?? true)
            && (purposes?.contains(purpose) ?? true) && (when?.admits(ground: ground) ?? false)
    }
}

extension Condition {
    /// Whether the condition of a break-glass clause names the ground.
    fileprivate func admits(ground: String) -> Bool {
        switch self {
        case .test(.ground, .containsAny(let grounds)): grounds.contains(ground)
        case .all(let parts): parts.contains { $0.admits(ground: ground) }
        case .any, .not, .test: false
        }
    }
}
