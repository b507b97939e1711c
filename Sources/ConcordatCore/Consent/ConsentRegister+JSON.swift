import ConcordatDecision
import ConcordatJSON
import ConcordatTerms

extension ConsentRegister {
    /// The answer to a consent that was recorded: what this record is, and whether it took objections back. It says the same
    /// whether there are any.
    static func recorded(_ id: ConsentID, _ state: ConsentState) -> Reply {
        let body = JSONValue.object([
            JSONMember("consent", .term(id)), JSONMember("state", .string(state.rawValue)),
            JSONMember("objections", .string(state == .renewed ? "taken-back" : "stand")),
        ])
        return Reply(status: 201, mediaType: "application/json", body: body.serialized())
    }

    static func json(id: ConsentID, state: ConsentState) -> [UInt8] {
        JSONValue.object([JSONMember("consent", .term(id)), JSONMember("state", .string(state.rawValue))]).serialized()
    }

    /// - Parameter fact: the consent as it counts now. What objects has no end.
    static func json(_ consent: ConsentRecord, standing fact: ConsentFact, reference: String, now: UTCInstant)
        -> JSONValue
    {
        let isOver = fact.state.allows && fact.until.map { $0 <= now } ?? false
        return .object([
            JSONMember("consent", .term(consent.fact.id)), JSONMember("person", .string(reference)),
            JSONMember("kind", .string(consent.fact.kind.rawValue)), JSONMember("purpose", .term(consent.fact.purpose)),
            JSONMember("state", .string(isOver ? ConsentState.expired.rawValue : fact.state.rawValue)),
            JSONMember("given-by", .string(consent.giving.by.rawValue)),
            JSONMember("age-band", consent.giving.ageBand.map { .string($0.rawValue) } ?? .null),
            JSONMember("from", .instant(consent.fact.from)), JSONMember("until", .instant(consent.fact.until)),
            JSONMember("review", consent.taking.review.map { .string($0.description) } ?? .null),
        ])
    }
}
