import ConcordatJSON

extension OpenAPISchemas {
    private static var reason: JSONValue { ["enum": ["recall", "correction", "erasure", "restriction", "breach"]] }

    private static var answer: [(String, JSONValue)] {
        [
            ("done", nullable(["enum": ["stopped", "erased", "kept"]])), ("basis", nullable(identifier)),
            ("answered", nullable(moment)),
        ]
    }

    /// Notices, as officers see them.
    static var notices: JSONValue {
        let notice = object(
            [
                ("delivery", identifier), ("case", identifier), ("recipient", identifier), ("reason", reason),
                ("asked-for-by", nullable(identifier)), ("transfers", list(identifier)), ("at", moment),
                ("answer-by", moment), ("state", ["enum": ["open", "overdue", "answered"]]),
            ] + answer, required: ["delivery", "case", "recipient", "reason", "transfers", "at", "answer-by", "state"])
        return object([("notices", list(notice)), ("next", nullable(index))], required: ["notices"])
    }

    /// A notice, as the party sees it that asked for it.
    static var askedNotice: JSONValue {
        object(
            [("reason", reason), ("at", moment), ("answer-by", moment)] + answer,
            required: ["reason", "at", "answer-by"])
    }

    /// What came of asking for notices.
    static var noticesSent: JSONValue {
        let recipient = object(
            [("recipient", identifier), ("state", ["enum": ["told", "told-before", "ended", "waiting"]])],
            required: ["recipient", "state"])
        return object(
            [("message", identifier), ("reason", reason), ("recipients", list(recipient))],
            required: ["message", "reason", "recipients"])
    }
}
