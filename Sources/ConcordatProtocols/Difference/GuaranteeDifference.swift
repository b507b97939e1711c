import ConcordatTerms

/// Which guarantees one text gives that another does not, by meaning.
enum GuaranteeDifference {
    static func findings(old: [Guarantee], new: [Guarantee]) -> [ProtocolDifference.Finding] {
        let (before, now) = (old.map(core), new.map(core))
        let dropped = zip(old, before).filter { !now.contains($0.1) }.map { guarantee, _ in
            ProtocolDifference.Finding(
                effect: .loosens, sentence: "guarantee \(name(guarantee)) is no longer given", parties: [], sharing: nil
            )
        }
        let added = zip(new, now).filter { !before.contains($0.1) }.map { guarantee, _ in
            ProtocolDifference.Finding(
                effect: .narrows, sentence: "guarantee \(name(guarantee)) is newly given", parties: [], sharing: nil)
        }
        return dropped + added
    }

    private static func name(_ guarantee: Guarantee) -> String {
        [guarantee.id.rawValue, ""].contains(guarantee.title)
            ? guarantee.id.rawValue : "\(guarantee.id) (\(guarantee.title))"
    }

    /// What it promises, whatever it is called.
    private static func core(_ guarantee: Guarantee) -> Guarantee {
        var core = guarantee
        (core.id, core.title) = (GuaranteeID(unchecked: "any"), "")
        return core
    }
}
