import ConcordatJSON

extension OpenAPISchemas {
    /// Notices, as officers see them.
    static var notices: JSONValue {
        let notice = object(
            [
                ("delivery", identifier), ("case", identifier), ("recipient", identifier),
                ("reason", ["enum": ["recall", "correction", "erasure", "restriction", "breach"]]),
                ("asked-for-by", nullable(identifier)), ("transfers", list(identifier)), ("at", moment),
                ("answer-by", moment), ("state", ["enum": ["open", "overdue", "answered"]]),
                ("done", nullable(["enum": ["stopped", "erased", "kept"]])), ("basis", nullable(identifier)),
                ("answered", nullable(moment)),
            ], required: ["delivery", "case", "recipient", "reason", "transfers", "at", "answer-by", "state"])
        return object([("notices", list(notice)), ("next", nullable(index))], required: ["notices"])
    }
}
