import ConcordatTerms

extension PartySignoff {
    /// How the party stands, for the sign-off page: whether it is in force for it, what its officer says, what is owed.
    package var sentence: String {
        var sentences = [isSigned ? "In force for this party." : "Not in force for this party."]
        if let signed = text.mark { sentences.append("Signed on \(AgreementRender.day(signed.at.date)).") }
        if let opinion {
            let says: String =
                switch opinion.opinion {
                case .supports: "supports it"
                case .supportsWithConditions: "supports it on conditions: " + opinion.conditions.joined(separator: "; ")
                case .opposes: "opposes it"
                }
            sentences.append("On \(AgreementRender.day(opinion.date)) the data protection officer \(says).")
        }
        if !owed.isEmpty { sentences.append("Owed: " + owed.joined(separator: "; ") + ".") }
        return sentences.joined(separator: " ")
    }
}
