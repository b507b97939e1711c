package import ConcordatDecision
package import ConcordatTerms

/// One consent as the gateway keeps it: what a judgement needs, and the facts that prove it was taken properly.
///
/// Fields follow ISO/IEC TS 27560. A record is never changed but for its state; each change is an event.
package struct ConsentRecord: Sendable, Equatable {
    /// Something that happened to the consent.
    package struct Event: Sendable, Equatable {
        package let state: ConsentState
        package let at: UTCInstant
        package let by: PartyID

        package init(state: ConsentState, at: UTCInstant, by: PartyID) {
            (self.state, self.at, self.by) = (state, at, by)
        }
    }

    /// Who spoke, and why they may (brief P3).
    package struct Giving: Sendable, Equatable {
        /// What a guardian is to the person.
        package enum Relation: String, Sendable, CaseIterable {
            case parent
            case guardian
            case specialGuardian = "special-guardian"
            case localAuthority = "local-authority"
        }

        package var by: ConsentGiver
        /// The guardian or attorney, a person of the case; nil when the person spoke.
        package var giver: PersonID?
        package var relation: Relation?
        package var ageBand: ConsentAgeBand?
        /// Whether the person was found able to decide; nil when nobody had to ask.
        package var isCompetent: Bool?
        /// The recording party's own officer or worker who found so.
        package var assessedBy: OfficerID?

        package init(
            by: ConsentGiver = .person, giver: PersonID? = nil, relation: Relation? = nil,
            ageBand: ConsentAgeBand? = nil, isCompetent: Bool? = nil, assessedBy: OfficerID? = nil
        ) {
            (self.by, self.giver, self.relation) = (by, giver, relation)
            (self.ageBand, self.isCompetent, self.assessedBy) = (ageBand, isCompetent, assessedBy)
        }
    }

    /// How it was taken: what the person was shown, and in which way they spoke (ISO/IEC TS 27560).
    package struct Taking: Sendable, Equatable {
        /// By which way the person spoke.
        package enum Channel: String, Sendable, CaseIterable {
            case inPerson = "in-person"
            case telephone
            case letter
            case electronic
        }

        /// How clearly: in words that say just this, or by what was done.
        package enum Expression: String, Sendable, CaseIterable {
            case explicit
            case expressed
        }

        /// The recording party's own reference of the privacy notice and its version, 1 to 64 of `[A-Za-z0-9._-]`.
        package var notice: String?
        /// The language it was explained in, a tag of BCP 47.
        package var language: String?
        package var channel: Channel?
        package var expression: Expression?
        /// The day it is to be gone over with the person. Nothing ends by it.
        package var review: CivilDate?

        package init(
            notice: String? = nil, language: String? = nil, channel: Channel? = nil, expression: Expression? = nil,
            review: CivilDate? = nil
        ) {
            (self.notice, self.language, self.channel) = (notice, language, channel)
            (self.expression, self.review) = (expression, review)
        }
    }

    /// What the judge sees; its state follows the newest event.
    package var fact: ConsentFact
    package let recordedBy: PartyID
    package let giving: Giving
    package let taking: Taking
    /// The recording party's own officer or worker who took it.
    package let takenBy: OfficerID?
    /// Where the proof lies at the recording party; an id of its own, never the proof itself.
    package let evidence: String?
    /// Whether the person was told first that it can be withdrawn (DPA 2018 s.40A).
    package let toldRightToWithdraw: Bool
    package private(set) var events: [Event]
    /// The id its recorder gave the request, so that a repeat is known.
    package var requestID: MessageID?
    package init(
        fact: ConsentFact, recordedBy: PartyID, giving: Giving, taking: Taking = Taking(), takenBy: OfficerID?,
        evidence: String?, toldRightToWithdraw: Bool, events: [Event]
    ) {
        (self.fact, self.recordedBy, self.giving, self.takenBy) = (fact, recordedBy, giving, takenBy)
        self.taking = taking
        (self.evidence, self.toldRightToWithdraw, self.events) = (evidence, toldRightToWithdraw, events)
    }

    // Bound: events of one record that are kept. The first is what was recorded; of the others the newest.
    package static let eventsMax = 100

    /// Moves the record to a new state. What was objected to comes back only by being renewed.
    package mutating func note(_ state: ConsentState, at: UTCInstant, by party: PartyID) {
        if events.count >= Self.eventsMax { events.remove(at: 1) }
        events.append(Event(state: state, at: at, by: party))
        fact.state = state
    }
}
