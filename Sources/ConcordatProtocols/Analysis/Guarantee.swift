package import ConcordatDecision
package import ConcordatTerms

/// A promise of the protocol, proven when it is loaded: these categories about these people never reach those parties.
package struct Guarantee: Sendable, Equatable {
    package var id: GuaranteeID
    package var title: String
    /// Children included, exceptions taken out.
    package let categories: Set<Category>
    /// Nil: about anyone or nobody.
    package let about: Set<CompiledRule.Subject>?
    /// Nil: to anyone.
    package let to: Set<PartyKind>?
    /// Nil: from anyone.
    package let from: Set<PartyKind>?
    /// A recipient that holds one of these is not meant.
    package let toCapacityNot: Set<Capacity>
    /// Only sharing without the consent of the person concerned is meant.
    package let withoutConsent: Bool
    /// Sharing under one of these break-glass grounds is not meant.
    package let exceptGrounds: Set<String>
    /// Nil: by any message.
    package let messages: Set<MessageName>?
    /// Nil: for any purpose.
    package let purposes: Set<PurposeID>?
    /// Only sharing while this holds is meant.
    package let when: Condition?

    package init(
        id: GuaranteeID, title: String, categories: Set<Category>, about: Set<CompiledRule.Subject>?,
        to: Set<PartyKind>?, from: Set<PartyKind>?, toCapacityNot: Set<Capacity>, withoutConsent: Bool,
        exceptGrounds: Set<String>, messages: Set<MessageName>?, purposes: Set<PurposeID>?, when: Condition?
    ) {
        (self.id, self.title, self.categories, self.about) = (id, title, categories, about)
        (self.to, self.from, self.toCapacityNot) = (to, from, toCapacityNot)
        (self.withoutConsent, self.exceptGrounds, self.messages) = (withoutConsent, exceptGrounds, messages)
        (self.purposes, self.when) = (purposes, when)
    }
}
