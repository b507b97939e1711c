import ConcordatJSON

extension OpenAPISchemas {
    private static var outcome: JSONValue { ["enum": ["justified", "not-justified"]] }

    /// What an officer says of a use.
    static var breakGlassReview: JSONValue {
        object([("outcome", outcome), ("note", ["type": "string", "maxLength": 1000])], required: ["outcome"])
    }

    /// Uses of break glass, as the officers of the deployment see them.
    static var breakGlassUses: JSONValue {
        let review = object(
            [("outcome", outcome), ("at", moment), ("officer", identifier), ("note", text)],
            required: ["outcome", "at", "officer"])
        let use = object(
            [
                ("leaf", nullable(index)), ("message", identifier), ("name", identifier), ("case", identifier),
                ("sender", identifier), ("recipients", list(identifier)), ("ground", identifier),
                ("clauses", list(identifier)), ("reason", text), ("at", moment), ("review-by", moment),
                ("state", ["enum": ["open", "overdue", "reviewed"]]), ("review", nullable(review)),
            ], required: ["message", "sender", "ground", "reason", "at", "review-by", "state"])
        return object([("uses", list(use)), ("next", nullable(index))], required: ["uses"])
    }

    /// What an officer says of a delivery that waits.
    static var holdDecision: JSONValue {
        object([("decision", ["enum": ["release", "refuse"]])], required: ["decision"])
    }

    /// Deliveries that wait, as the officers of the deployment see them.
    static var holds: JSONValue {
        let hold = object(
            [
                ("delivery", identifier), ("leaf", nullable(index)), ("message", identifier), ("name", identifier),
                ("case", identifier), ("sender", identifier), ("recipient", identifier),
                ("clause", nullable(identifier)), ("since", moment), ("until", moment),
            ], required: ["delivery", "message", "sender", "recipient", "since", "until"])
        return object([("holds", list(hold)), ("next", nullable(index))], required: ["holds"])
    }
}
