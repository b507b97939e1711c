package import ConcordatJSON

/// Every code a gateway answers with: its status, what it means, what to do.
///
/// One place, so that the data plane, the desk, the client and the OpenAPI document cannot drift apart.
public enum ProblemCatalogue {
    /// Status, title and advice of one code.
    public struct Entry: Sendable, Equatable {
        /// The stable code, or `family.*`.
        public let code: String
        /// The HTTP status, 400 to 599.
        public let status: Int
        /// What is wrong, one line.
        public let title: String
        /// What to do, one line.
        public let advice: String
    }

    /// The entry of `code`; a code of a family (`json.…`, `schema.…`) falls back to the family's.
    public static func entry(_ code: String) -> Entry {
        if let exact = entries[code] { return exact }
        let family = code.prefix { $0 != "." }
        let general = entries[String(family) + ".*"] ?? unknown
        return Entry(code: code, status: general.status, title: general.title, advice: general.advice)
    }

    /// A problem with the status, title and advice of its code.
    public static func problem(_ code: String, detail: String? = nil) -> Problem {
        let entry = entry(code)
        return Problem(status: entry.status, code: code, title: entry.title, detail: detail ?? entry.advice)
    }

    /// The code of a fault of JSON, in the words of all codes: `json.duplicate-name`.
    package static func code(of kind: JSONError.Kind) -> String {
        kind.rawValue.reduce(into: (text: "json.", wasUpper: true)) { state, character in
            if character.isUppercase, !state.wasUpper { state.text += "-" }
            state.wasUpper = character.isUppercase
            state.text += character.lowercased()
        }.text
    }

    /// All entries, sorted by code.
    public static var all: [Entry] { entries.values.sorted { $0.code < $1.code } }

    private static let unknown = Entry(
        code: "internal", status: 500, title: "the gateway could not do this",
        advice: "nothing was shared; try again later")

    private static let entries: [String: Entry] = {
        var table: [String: Entry] = [:]
        table[unknown.code] = unknown
        for (code, status, title, advice) in rows {
            table[code] = Entry(code: code, status: status, title: title, advice: advice)
        }
        return table
    }()

    // Code, status, title, advice.
    private static let rows: [(String, Int, String, String)] = [
        ("json.*", 422, "the body is not strict JSON", "send UTF-8 I-JSON (RFC 7493) at the place named"),
        ("schema.*", 422, "data does not match the schema of the message", "see GET /v1/schemas/{message}"),
        ("envelope.*", 422, "the envelope is not a CloudEvent of this gateway", "correct the attribute named"),
        (
            "envelope.source-mismatch", 403, "source is not the party of the certificate",
            "set source to your own party id"
        ),
        (
            "message.unknown-type", 422, "the protocol has no message of this type",
            "see GET /v1/me for the messages you may send"
        ),
        ("message.not-from-you", 403, "your kind of party may not send this message", "see GET /v1/me"),
        ("message.not-to-them", 403, "this message may not go to that kind of party", "see GET /v1/me"),
        ("message.stopped", 403, "this message is stopped by an admin", "wait until it is resumed"),
        (
            "purpose.unknown", 422, "the protocol has no such purpose for this message",
            "name one of the message's purposes"
        ),
        (
            "purpose.no-basis", 403, "the purpose names no lawful basis for one of the parties",
            "use a purpose both parties hold"
        ),
        ("recipient.unknown", 422, "no such party in the roster", "check the party id"),
        (
            "recipient.no-capacity", 403, "the recipient does not hold the capacity this message asks for in the case",
            "send it to the party that holds it"
        ),
        ("case.not-yours", 403, "you hold no capacity in such a case", "check the case reference"),
        (
            "case.missing", 422, "this message belongs to a case",
            "set subject to the case id or to your own reference of it"
        ),
        ("protocol.lapsed", 503, "the protocol is past its last day", "ask the deployment's admins"),
        ("protocol.none", 503, "no protocol is in force", "ask the deployment's admins"),
        ("protocol.broken", 422, "the protocol does not load", "correct what is named, then propose it again"),
        ("protocol.malformed", 422, "this is no protocol archive", "send a ustar archive of the protocol's directory"),
        (
            "protocol.tampered", 409, "the store does not hold this version as it was proposed",
            "restore the store from a backup, or put another version in force"
        ),
        (
            "protocol.unsigned", 409, "the protocol is not signed by those who must sign it",
            "have it signed, then propose it again with its sign-off files"
        ),
        (
            "protocol.bad-signature", 422, "a sign-off file that was sent does not verify",
            "take out the files that are named, or have them signed again"
        ),
        (
            "protocol.cases-failed", 422, "worked cases of the protocol do not come out as they expect",
            "correct the rules or the cases; see concordat protocol test"
        ),
        ("version.unknown", 404, "no such version", "see GET /v1/admin/protocols"),
        ("version.exists", 409, "this version is there already", "see GET /v1/admin/protocols"),
        ("version.not-now", 409, "not in the state this version is in", "see GET /v1/admin/protocols"),
        ("admin.not-one", 403, "this is for admins", "ask an admin"),
        (
            "officer.not-of-deployment", 403, "this is for officers of the deployment",
            "ask a data-protection officer of the deployment"
        ),
        ("admin.same-person", 403, "this takes two admins", "have another admin do it"),
        ("admin.malformed", 422, "the request is not one of the desk's", "see /openapi.json"),
        ("stop.unknown", 404, "nothing of that name is known or stopped", "see GET /v1/admin/stops"),
        ("category.stopped", 403, "what the message holds is stopped by an admin", "wait until it is resumed"),
        ("protocol.not-yet", 503, "the protocol is not in force yet", "ask the deployment's admins"),
        ("rule.refused", 403, "a clause of the protocol refuses this message", "read the clause named"),
        (
            "rule.nothing-shared", 403, "the protocol lets the recipient have nothing of this message",
            "see the schema for recipients"
        ),
        (
            "hold.not-for-officer", 409, "this waits for a consent, not for an officer",
            "have the consent recorded, or refuse the delivery"
        ),
        (
            "hold.waiting", 403, "the clause named makes this message wait", "wait; its tracking says how it ends"
        ),
        (
            "hold.expired", 403, "the wait that the clause named asks for has ended without an answer",
            "have the consent recorded or the officer asked, then send again"
        ),
        (
            "break-glass.not-permitted", 403, "no clause lets you break glass on this ground for this message",
            "read the grounds and clauses of the protocol; send without it what it permits"
        ),
        (
            "break-glass.not-needed", 403, "nothing of this goes by breaking glass, and nothing else goes from you now",
            "wait until your party is resumed or a text is in force"
        ),
        (
            "break-glass.reason-too-short", 422, "the written reason is too short",
            "say in breakglassreason who is in danger, from what, and why it cannot wait"
        ),
        (
            "break-glass.review-overdue", 403, "an earlier use of yours was not reviewed in time",
            "ask a data-protection officer of the deployment to review it"
        ),
        ("break-glass.reviewed", 409, "this use was reviewed already", "see GET /v1/break-glass"),
        ("notice.answered", 409, "another answer to this notice is on record", "ask an officer of the deployment"),
        ("review.malformed", 422, "the review is not complete", "correct the member named"),
        (
            "consent.required", 403, "the clause named rests on a consent that is not on record",
            "have the consent recorded by who may record it, then send again"
        ),
        (
            "consent.not-recordable", 403, "you may not record this consent for this person",
            "ask a party the clause names"
        ),
        (
            "consent.giver-not-allowed", 403, "the clause named does not let this giver speak for this person",
            "have the consent given by whom the clause names"
        ),
        (
            "consent.guardian-conflict", 403, "who spoke has a role in the case that bars them from it",
            "ask somebody with parental responsibility who has no such role, or the local authority"
        ),
        (
            "consent.not-competent", 403, "the person was not found able to decide alone",
            "assess competence, or have the consent given by who may speak for the person"
        ),
        (
            "consent.person-decides", 403, "the person decides alone, and nobody for them",
            "ask the person; or say who found that they cannot decide"
        ),
        (
            "consent.age-contradicted", 403, "a message of the case tells another age of this person",
            "ask the person, and correct the age band here or the date of birth by a message"
        ),
        (
            "consent.objected", 409, "an objection on record covers all of this, and stands",
            "if the person has agreed again, record `renewed` for the whole of what was objected to"
        ),
        ("consent.unknown", 404, "no such consent of yours", "check the id"),
        ("consent.malformed", 422, "the consent record is not complete", "correct the member named"),
        (
            "request.not-permitted", 403, "what is asked for could not be shared with you",
            "ask only for what the clause allows"
        ),
        (
            "request.unknown", 403, "no open request matches",
            "answer an open request of the recipient, naming it in inreplyto"
        ),
        ("capacity.self-granted", 403, "a party cannot give itself a capacity", "have another party send it"),
        (
            "capacity.not-a-party", 422, "the party named does not exist or cannot hold this capacity",
            "check the party id"
        ),
        (
            "capacity.exclusive", 422, "only one party at a time may hold this capacity in a case",
            "name one party for it"
        ),
        ("party.unknown", 403, "the party of the certificate is not in the roster", "ask the deployment's admins"),
        (
            "party.not-signed", 403, "the protocol is not in force for one of the parties: it has not signed",
            "have its officer advise and its signatory sign; the rest goes on"
        ),
        ("party.suspended", 403, "your party is suspended", "ask the deployment's admins"),
        (
            "certificate.wrong-kind", 403, "this kind of certificate does not open this address",
            "use a party certificate here and a person certificate at the desk"
        ),
        ("person.unknown", 422, "no such person in the case", "check the person id"),
        ("idempotency.conflict", 422, "this id was used for another message", "use a new id"),
        ("idempotency.in-flight", 409, "the same message is being worked on", "wait for its answer"),
        ("delivery.unknown", 404, "no such delivery of yours", "check the delivery id"),
        ("tracking.unknown", 404, "no such message of yours", "check the message id"),
        ("schema-document.unknown", 404, "no such schema for you", "see GET /v1/me"),
        ("leaf.unknown", 404, "no such leaf of yours", "use an index from one of your receipts"),
        ("route.unknown", 404, "no such address", "see /openapi.json"),
        ("method.not-allowed", 405, "not with this method", "see /openapi.json"),
        ("query.malformed", 400, "the query is malformed", "correct the parameter named"),
        ("http.malformed", 400, "the request is malformed", "send plain HTTP/1.1"),
        ("limit.body", 413, "the body is too long", "send less"),
        ("limit.headers", 431, "the header section is too long", "send fewer or shorter fields"),
        (
            "limit.media-type", 415, "this media type is not taken",
            "send application/cloudevents+json, or application/json in binary mode"
        ),
        ("limit.rate", 429, "too many requests of your party", "try again after the time given"),
        ("limit.queue", 503, "the queue of the recipient is full", "try again after the time given"),
        ("limit.busy", 503, "the gateway is busy", "try again after the time given"),
        (
            "store.unavailable", 503, "the record cannot be written",
            "nothing was shared; try again after the time given"
        ),
        ("clock.unsure", 503, "the gateway's clock stepped", "an admin must confirm the time"),
    ]
}
