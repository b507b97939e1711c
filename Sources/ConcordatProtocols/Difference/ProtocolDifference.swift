package import ConcordatDecision
package import ConcordatTerms

/// What one protocol text shares that another does not, by meaning: `protocol diff`.
///
/// Compares what the rules of both decide in every cell (message, field, role, kinds of party, purpose) over everything
/// they can tell apart. Wording, order, ids of rules and the way a meaning is split into rules do not count. Pure, and
/// over-approximates as the prover does: it may name a difference that no facts can bring about, and misses none.
package struct ProtocolDifference: Sendable {
    /// What a finding does to the protection of data.
    package enum Effect: String, Sendable, CaseIterable {
        /// Somebody gains data.
        case shares
        /// A safeguard is weaker; nobody gains data by that alone.
        case loosens
        /// Somebody gets less, or a safeguard is stronger.
        case narrows
        /// Neither.
        case changes
    }

    /// One difference, in a sentence and in its parts.
    package struct Finding: Sendable, Equatable {
        package let effect: Effect
        /// One sentence without a full stop.
        package let sentence: String
        /// Those who gain or lose; empty when it concerns everyone.
        package let parties: Set<PartyKind>
        /// What changes for them; nil for a finding that is not about fields.
        package let sharing: SharingChange?
    }

    /// Gains first, then what is weaker, what is less, and the rest.
    package let findings: [Finding]

    /// Compares two texts that load.
    package init(old: LoadedProtocol, new: LoadedProtocol) {
        self.init(
            old: old.compiled, new: new.compiled,
            others: TermsDifference(old: old.compiled, new: new.compiled).findings()
                + GuaranteeDifference(old: old, new: new).findings()
                + AgreementDifference(old: old.agreement, new: new.agreement).findings()
                + PurposeDifference(old: old, new: new).findings() + BesideDifference(old: old, new: new).findings())
    }

    /// Compares two compiled texts: their guarantees, their agreements and the files beside them aside.
    package init(old: CompiledProtocol, new: CompiledProtocol) {
        self.init(old: old, new: new, others: TermsDifference(old: old, new: new).findings())
    }

    private init(old: CompiledProtocol, new: CompiledProtocol, others: [Finding]) {
        let sharing = SharingDifference(old: old, new: new).changes().map { change in
            Finding(effect: change.effect, sentence: change.sentence, parties: change.to, sharing: change)
        }
        let all = sharing + others
        findings = Effect.allCases.flatMap { effect in all.filter { $0.effect == effect } }
    }

    /// Whether anybody gains data: what `protocol diff` ends with code 3 for.
    package var gainsAnything: Bool { findings.contains { $0.effect == .shares } }

    /// What a kind of party gains.
    package func gains(by kind: PartyKind) -> [Finding] {
        findings.filter { $0.effect == .shares && ($0.parties.isEmpty || $0.parties.contains(kind)) }
    }

    /// Every kind of party that gains something; those of the new text.
    package func gainingKinds(in new: CompiledProtocol) -> Set<PartyKind> {
        new.partyKinds.filter { !gains(by: $0).isEmpty }
    }

    /// Whether anybody gains data by the new text.
    package static func gainsAnything(_ old: CompiledProtocol, _ new: CompiledProtocol) -> Bool {
        ProtocolDifference(old: old, new: new).gainsAnything
    }
}
