import ConcordatDecision
import ConcordatJSON
package import ConcordatTerms

/// One use of break glass: what it was for, the written reason, and what an officer said of it.
///
/// Lies in its case, sealed with it; the reason goes nowhere but to the officers of the deployment.
package struct GlassUse: Sendable, Equatable {
    package enum Outcome: String, Sendable, CaseIterable {
        case justified
        case notJustified = "not-justified"
    }

    package struct Review: Sendable, Equatable {
        package let outcome: Outcome
        package let at: UTCInstant
        package let by: OfficerID
        package let note: Sensitive<String>?

        package init(outcome: Outcome, at: UTCInstant, by: OfficerID, note: Sensitive<String>?) {
            (self.outcome, self.at, self.by, self.note) = (outcome, at, by, note)
        }
    }

    /// How a use stands.
    package enum State: String, Sendable { case open, overdue, reviewed }

    package let message: MessageID
    package let name: MessageName
    package let sender: PartyID
    /// Those to whom something went that would not have gone otherwise.
    package let recipients: [PartyID]
    package let ground: String
    package let clauses: [RuleID]
    package let reason: Sensitive<String>
    package let at: UTCInstant
    package let reviewBy: UTCInstant
    package var review: Review?

    package init(
        message: MessageID, name: MessageName, sender: PartyID, recipients: [PartyID], ground: String,
        clauses: [RuleID], reason: Sensitive<String>, at: UTCInstant, reviewBy: UTCInstant, review: Review? = nil
    ) {
        (self.message, self.name, self.sender, self.recipients) = (message, name, sender, recipients)
        (self.ground, self.clauses, self.reason) = (ground, clauses, reason)
        (self.at, self.reviewBy, self.review) = (at, reviewBy, review)
    }

    package func state(at now: UTCInstant) -> State {
        guard review == nil else { return .reviewed }
        return reviewBy <= now ? .overdue : .open
    }
}

extension CaseRecord {
    /// Adds a use. Of those that were reviewed the oldest goes when there are too many: the log has them all.
    mutating func note(_ use: GlassUse) {
        glass.append(use)
        if glass.count > Self.glassMax, let oldest = glass.firstIndex(where: { $0.review != nil }) {
            glass.remove(at: oldest)
        }
    }
}

extension GlassUse {
    var json: JSONValue {
        .object([
            JSONMember("message", .term(message)), JSONMember("name", .term(name)),
            JSONMember("sender", .term(sender)), JSONMember("recipients", .terms(recipients)),
            JSONMember("ground", .string(ground)), JSONMember("clauses", .terms(clauses)),
            // Sealed with the case.
            JSONMember("reason", .string(reason.reveal())), JSONMember("at", .instant(at)),
            JSONMember("reviewBy", .instant(reviewBy)), JSONMember("review", review?.json ?? .null),
        ])
    }

    init?(json: JSONValue) {
        guard let message: MessageID = json.term("message"), let name: MessageName = json.term("name"),
            let sender: PartyID = json.term("sender"), let recipients: Set<PartyID> = json["recipients"]?.terms(),
            let ground = json["ground"]?.stringValue, let clauses: Set<RuleID> = json["clauses"]?.terms(),
            let reason = json["reason"]?.stringValue, let at = json.instant("at"),
            let reviewBy = json.instant("reviewBy")
        else { return nil }
        self.init(
            message: message, name: name, sender: sender, recipients: recipients.sorted(), ground: ground,
            clauses: clauses.sorted(), reason: Sensitive(reason), at: at, reviewBy: reviewBy,
            review: json["review"].flatMap(Review.init(json:)))
    }
}

extension GlassUse.Review {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("outcome", .string(outcome.rawValue)), JSONMember("at", .instant(at)),
            JSONMember("by", .term(by)), JSONMember("note", note.map { .string($0.reveal()) } ?? .null),
        ])
    }

    fileprivate init?(json: JSONValue) {
        guard let outcome = json["outcome"]?.stringValue.flatMap(GlassUse.Outcome.init(rawValue:)),
            let at = json.instant("at"), let by: OfficerID = json.term("by")
        else { return nil }
        self.init(outcome: outcome, at: at, by: by, note: json["note"]?.stringValue.map { Sensitive($0) })
    }
}
