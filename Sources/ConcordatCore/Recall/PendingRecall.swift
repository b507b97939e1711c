package import ConcordatDecision
import ConcordatJSON
package import ConcordatTerms

/// A consent no longer allows what was shared on it, and who has that is still to be told (brief P3, M19).
///
/// Durable with the change itself; ``RecallService`` works it off.
package struct PendingRecall: Sendable, Equatable {
    package let person: PersonID
    package let purpose: PurposeID
    /// The records that moved, and the objection where it stands as one of its own.
    package let consents: Set<ConsentID>
    /// What they moved to.
    package let event: ConsentState
    package let at: UTCInstant
    /// Decisions from this leaf on have been looked at; nil before the first look.
    package var before: UInt64?

    package init(
        person: PersonID, purpose: PurposeID, consents: Set<ConsentID>, event: ConsentState, at: UTCInstant,
        before: UInt64? = nil
    ) {
        (self.person, self.purpose, self.consents) = (person, purpose, consents)
        (self.event, self.at, self.before) = (event, at, before)
    }
}

extension CaseRecord {
    /// Keeps in mind that those who hold what rested on these consents are to be told.
    ///
    /// Bound: each entry stands for a record that stopped allowing or began to object, which a record does once; there are
    /// never more than records of consent.
    mutating func recall(_ moved: [ConsentFact], event: ConsentState, at now: UTCInstant) {
        for (subject, facts) in Dictionary(
            grouping: moved, by: { RecallSubject(person: $0.person, purpose: $0.purpose) }
        )
        .sorted(by: { ($0.key.person, $0.key.purpose) < ($1.key.person, $1.key.purpose) }) {
            recalls.append(
                PendingRecall(
                    person: subject.person, purpose: subject.purpose, consents: Set(facts.map(\.id)), event: event,
                    at: now))
        }
    }

    private struct RecallSubject: Hashable {
        let person: PersonID
        let purpose: PurposeID
    }
}

extension PendingRecall {
    var json: JSONValue {
        .object([
            JSONMember("person", .term(person)), JSONMember("purpose", .term(purpose)),
            JSONMember("consents", .terms(consents)), JSONMember("event", .string(event.rawValue)),
            JSONMember("at", .instant(at)), JSONMember("before", before.map { .int(Int($0)) } ?? .null),
        ])
    }

    init?(json: JSONValue) {
        guard let person: PersonID = json.term("person"), let purpose: PurposeID = json.term("purpose"),
            let consents: Set<ConsentID> = json["consents"]?.terms(), let at = json.instant("at"),
            let event = json["event"]?.stringValue.flatMap(ConsentState.init(rawValue:))
        else { return nil }
        self.init(
            person: person, purpose: purpose, consents: consents, event: event, at: at,
            before: json["before"]?.intValue.map { UInt64($0) })
    }
}
