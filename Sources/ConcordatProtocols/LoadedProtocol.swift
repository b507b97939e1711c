package import ConcordatDecision
package import ConcordatJSON
package import ConcordatTerms

/// A protocol directory that passed every check: what the judge needs, and what the author's tools need beside it.
package struct LoadedProtocol: Sendable {
    /// What the judge works with.
    package let compiled: CompiledProtocol
    /// Proven while loading.
    package let guarantees: [Guarantee]
    /// The code lists by file stem.
    package let codelists: [String: Codelist]
    /// Titles for people, by declared name.
    package let titles: ProtocolTitles
    /// What the parties have agreed beside the rules.
    package let agreement: Agreement
    /// Each purpose with all the text says of it.
    package let purposes: [PurposeID: PurposeRecord]
    /// What the agreement names of each party of the roster.
    package let parties: [PartyID: PartyRecord]
    /// Categories that need a condition beside a basis, with those that lie within them.
    package let sensitive: [Category: SensitiveKind]
    /// Doubtful things that do not stop the load.
    package let warnings: [ProtocolProblem]
    /// How much was enumerated to prove the guarantees.
    package let proof: ProofSize
    /// What is signed, byte for byte.
    package let text: SignedText
    /// What parties prohibit on what they send: no part of the text, and in force as soon as it is there.
    package private(set) var prohibitions: [CompiledRule]
    /// Each message's schema as its sender needs it: one document, with every definition it uses.
    package let schemas: [MessageName: JSONValue]

    /// What a gateway judges by: the text, and the parties' own prohibitions.
    package var served: CompiledProtocol {
        var served = compiled
        if !prohibitions.isEmpty { served.rules += prohibitions }
        return served
    }

    /// The same, narrowed by prohibitions of the same text that stood elsewhere as well.
    ///
    /// One that is here already is not there twice; one of the same id that says something else is kept beside it under
    /// `<id>.proposed`, so that neither is lost.
    package func narrowed(by others: [CompiledRule]) -> LoadedProtocol {
        var result = self
        for var rule in others where !prohibitions.contains(rule) {
            if prohibitions.contains(where: { $0.id == rule.id }) {
                // Bound: an id is 64 bytes; what is cut off is only for people.
                rule.id = RuleID(unchecked: String(rule.id.rawValue.prefix(55)) + ".proposed")
            }
            result.prohibitions.append(rule)
        }
        return result
    }
}

/// What declared names are called before people.
package struct ProtocolTitles: Sendable, Equatable {
    package var partyKinds: [PartyKind: String] = [:]
    package var roles: [Role: String] = [:]
    package var categories: [Category: String] = [:]
    package var flags: [String: String] = [:]
    /// Of consent clauses, by id; no entry where the text gives none.
    package var consents: [String: String] = [:]
    package var calendars: [String: String] = [:]
}

/// How much a proof looked at, for `protocol check`.
package struct ProofSize: Sendable, Equatable {
    /// Cells: message, category and roles, kinds of sender and recipient, purpose.
    package var cells = 0
    /// Assignments of facts, consents and capacities tried in them.
    package var assignments = 0
}
