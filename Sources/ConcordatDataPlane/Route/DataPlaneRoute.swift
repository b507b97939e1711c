/// Every address of the data plane and the method it takes. There is no other.
package enum DataPlaneRoute: String, CaseIterable, Sendable {
    case submit
    case decide
    case track
    case sendNotices
    case inbox
    case acknowledge
    case recordConsent
    case withdrawConsent
    case listConsents
    case due
    case me
    case schema
    case checkpoint
    case proof
    case openAPI

    package var method: String {
        switch self {
        case .submit, .decide, .sendNotices, .acknowledge, .recordConsent, .withdrawConsent: "POST"
        case .track, .inbox, .listConsents, .due, .me, .schema, .checkpoint, .proof, .openAPI: "GET"
        }
    }

    /// The path, with `{…}` for the one part that varies.
    package var template: String {
        switch self {
        case .submit: "/v1/messages"
        case .decide: "/v1/decisions"
        case .track: "/v1/messages/{id}"
        case .sendNotices: "/v1/messages/{id}/notices"
        case .inbox: "/v1/inbox"
        case .acknowledge: "/v1/inbox/{delivery}/ack"
        case .recordConsent, .listConsents: "/v1/consents"
        case .withdrawConsent: "/v1/consents/{id}/withdraw"
        case .due: "/v1/due"
        case .me: "/v1/me"
        case .schema: "/v1/schemas/{message}"
        case .checkpoint: "/log/checkpoint"
        case .proof: "/log/proof/{leaf}"
        case .openAPI: "/openapi.json"
        }
    }

    /// The names of the query parameters it takes.
    package var parameters: [String] {
        switch self {
        case .inbox: ["wait", "limit"]
        case .due: ["from", "limit"]
        case .acknowledge: ["done", "basis"]
        case .sendNotices: ["reason", "replaced-by"]
        case .listConsents: ["case", "person"]
        case .schema: ["as"]
        case .submit, .decide, .track, .recordConsent, .withdrawConsent, .me, .checkpoint, .proof, .openAPI: []
        }
    }

    /// Whether its request has a body.
    package var takesBody: Bool {
        switch self {
        case .submit, .decide, .recordConsent: true
        case .track, .sendNotices, .inbox, .acknowledge, .withdrawConsent, .listConsents, .due, .me, .schema,
            .checkpoint, .proof,
            .openAPI:
            false
        }
    }

    /// The code for a name in the path that is none.
    var unknownCode: String {
        switch self {
        case .track, .sendNotices: "tracking.unknown"
        case .acknowledge: "delivery.unknown"
        case .withdrawConsent: "consent.unknown"
        case .schema: "schema-document.unknown"
        case .proof: "leaf.unknown"
        case .submit, .decide, .inbox, .recordConsent, .listConsents, .due, .me, .checkpoint, .openAPI: "route.unknown"
        }
    }
}
