package import ConcordatPayload
package import ConcordatTerms

/// A person as a judgement sees them: who they are in the case, and every role they are known to have.
package struct JudgedPerson: Sendable, Equatable {
    /// Nil only when a message is explained without a case.
    package var id: PersonID?
    /// The roles the message states and the roles the case remembers, together.
    package var roles: Set<Role>
    /// When they were born, where the message tells it in a field marked for ages.
    package var born: Sensitive<CivilDate>?

    package init(id: PersonID?, roles: Set<Role>, born: Sensitive<CivilDate>? = nil) {
        (self.id, self.roles, self.born) = (id, roles, born)
    }
}

/// All that a judgement of one message for one recipient may look at.
package struct JudgeInput: Sendable {
    package var message: MessageName
    package var sender: PartyID
    package var recipient: PartyID
    package var purpose: PurposeID
    package var facts: MessageFacts
    /// Index-aligned with `facts.persons`.
    package var people: [JudgedPerson]
    /// Everyone else in the case.
    package var casePeople: [JudgedPerson]
    /// The case before this message.
    package var caseFacts: CaseFacts
    /// Whether this message would open the case. Not so for an existing case the sender has no capacity in.
    package var isNewCase: Bool
    /// The consent records of everyone in `people` and `casePeople`.
    package var consents: [ConsentFact]
    /// The open request of the case that `inreplyto` names, when there is one.
    package var repliesTo: OpenRequest?
    /// Whether the message says that it replies to something.
    package var claimsReply: Bool
    /// Every recipient of the message, `recipient` included.
    package var recipients: [PartyID]
    package var now: UTCInstant
    /// The id its sender gave the message. Nil when it is explained only: then no request is opened.
    package var messageID: MessageID?
    /// When the message's delivery ends; nil means `now` and the life its protocol gives it.
    package var expires: UTCInstant?
    /// What the message moved when it was accepted, once it is judged again at hand-over; nil before it is accepted.
    ///
    /// At hand-over `caseFacts` is the case as it is now: the message's own grants are not assumed, since they have
    /// happened and may have ended since, and whoever it told of an end still counts as the holder. What only speaks of
    /// the sender's right to send is not asked again: the sender's capacity, what it granted, when its request expires.
    package var acceptedWith: CaseMoves?
    /// The break-glass ground that the sender claims; nil when it claims none.
    package var breakGlass: String?
    /// For a delivery that was accepted to be held: since when.
    package var heldSince: UTCInstant?
    /// Whether an officer has let a held delivery go.
    package var isReleased = false

    package init(
        message: MessageName, sender: PartyID, recipient: PartyID, purpose: PurposeID, facts: MessageFacts,
        people: [JudgedPerson], casePeople: [JudgedPerson] = [], caseFacts: CaseFacts, isNewCase: Bool,
        consents: [ConsentFact] = [], repliesTo: OpenRequest? = nil, claimsReply: Bool = false,
        recipients: [PartyID], now: UTCInstant, messageID: MessageID? = nil, expires: UTCInstant? = nil,
        acceptedWith: CaseMoves? = nil
    ) {
        (self.message, self.sender, self.recipient, self.purpose) = (message, sender, recipient, purpose)
        (self.facts, self.people, self.casePeople, self.caseFacts) = (facts, people, casePeople, caseFacts)
        (self.isNewCase, self.consents, self.repliesTo) = (isNewCase, consents, repliesTo)
        (self.claimsReply, self.recipients, self.now) = (claimsReply, recipients, now)
        (self.messageID, self.expires, self.acceptedWith) = (messageID, expires, acceptedWith)
    }
}

extension JudgeInput {
    /// The person with that index in the message; nil when the caller gave none.
    func person(_ index: Int) -> JudgedPerson? { people.indices.contains(index) ? people[index] : nil }
}
