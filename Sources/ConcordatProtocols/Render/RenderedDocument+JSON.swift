package import ConcordatJSON

extension RenderedDocument {
    /// For machines: the title and every block with its kind.
    package var json: JSONValue {
        .object([
            JSONMember("title", .string(title)), JSONMember("subtitles", .array(subtitles.map { .string($0) })),
            JSONMember("blocks", .array(blocks.map(Self.json))),
        ])
    }

    private static func json(_ block: Block) -> JSONValue {
        func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        func object(_ kind: String, _ members: [JSONMember]) -> JSONValue {
            .object([JSONMember("kind", .string(kind))] + members)
        }
        func text(_ name: String, _ text: String) -> JSONMember { JSONMember(name, .string(text)) }
        switch block {
        case .section(let title): return object("section", [text("title", title)])
        case .heading(let title): return object("heading", [text("title", title)])
        case .paragraph(let words): return object("paragraph", [text("text", words)])
        case .list(let items): return object("list", [JSONMember("items", strings(items))])
        case .clause(let number, let title, let words):
            return object("clause", [text("number", number), text("title", title), text("text", words)])
        case .facts(let facts):
            let items = facts.map { JSONValue.object([text("name", $0.name), text("text", $0.text)]) }
            return object("facts", [JSONMember("items", .array(items))])
        case .table(let header, let rows):
            return object(
                "table", [JSONMember("header", strings(header)), JSONMember("rows", .array(rows.map(strings)))])
        case .signatures(let lines):
            let items = lines.map { line in
                JSONValue.object([
                    text("party", line.party), text("signatory", line.signatory), text("officer", line.officer),
                    text("status", line.status),
                ])
            }
            return object("signatures", [JSONMember("lines", .array(items))])
        }
    }
}
