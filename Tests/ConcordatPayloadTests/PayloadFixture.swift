import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// Words and schemas that the tests of this room share.
enum PayloadFixture {
    static let vocabulary = SchemaVocabulary(
        categories: ["identity", "contact", "visit", "health", "offence"], roles: ["harmed", "harmer", "supporter"],
        codelists: ["forces": ["WMP", "WMC"]])

    /// A visit with its people: most annotations in one small schema.
    static let visit = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:example:visit","title":"Visit","type":"object",
        "properties":{
          "prison":{"type":"string","x-category":"visit","x-party":true},
          "started-by":{"type":"string","enum":["harmed","harmer"],"x-category":"offence","x-fact":true},
          "urgent":{"type":"boolean","x-category":"visit","x-fact":true},
          "year":{"type":"integer","minimum":2000,"maximum":2030,"x-category":"visit","x-fact":true},
          "items":{"type":"array","x-category":"visit","items":{"type":"object","required":["code","person"],
             "x-about":"/person","properties":{
             "code":{"type":"string","enum":["conv","risk"],"x-requests":{"conv":"offence","risk":"health"}},
             "person":{"type":"string"}},"additionalProperties":false}},
          "people":{"type":"array","items":{"$ref":"#/$defs/person"}},
          "home":{"type":"object","x-about":"harmed","x-category":"contact","properties":{
             "postcode":{"type":"string"},"phone":{"type":"string"}},"additionalProperties":false},
          "note":{"type":"object","required":["of"],"properties":{"of":{"type":"string"},
             "text":{"type":"string","x-category":"health","x-about":"/of","x-free-text":true}},"additionalProperties":false}
        },"required":["started-by"],"additionalProperties":false,
        "$defs":{"person":{"type":"object","x-person":"ref","x-role":{"member":"roles"},"required":["ref"],"properties":{
          "ref":{"type":"string"},
          "roles":{"type":"array","items":{"type":"string","enum":["harmed","harmer","supporter"]}},
          "name":{"type":"string","x-category":"identity","maxLength":80},
          "born":{"type":"string","format":"date","x-category":"identity"},
          "contact":{"type":"object","x-category":"contact","properties":{
             "phone":{"type":"string"},"postcode":{"type":"string"}},"additionalProperties":false},
          "tags":{"type":"array","x-category":"health","items":{"type":"string"}}
        },"additionalProperties":false}}}
        """

    static func schema(_ text: String) throws -> MessageSchema {
        try MessageSchema.compile(Array(text.utf8), vocabulary: vocabulary)
    }

    static func facts(_ document: String, _ schema: MessageSchema) throws -> MessageFacts {
        try MessageReader.read(Array(document.utf8).span.bytes, schema: schema)
    }

    /// Cuts with the same action for every occurrence unless `choose` says otherwise; ids are `p0`, `p1`, ….
    static func cut(
        _ document: String, _ schema: MessageSchema,
        _ choose: (_ path: String, FieldSubject) -> FieldAction, silent: Set<String> = []
    ) throws -> CutDocument {
        let facts = try facts(document, schema)
        var plan = FieldPlan()
        for field in Array(facts.fields.keys) + Array(facts.absent) {
            let path = schema.path(of: field.node)
            plan.set(choose(path, field.subject), for: field, silent: silent.contains(path))
        }
        return try Cutter.cut(
            Array(document.utf8).span.bytes, schema: schema, facts: facts, plan: plan,
            persons: ids(facts), now: UTCInstant("2026-04-01T12:00:00Z")!, pseudonymKey: [1, 2, 3])
    }

    static func ids(_ facts: MessageFacts) -> [PersonID] {
        facts.persons.indices.map { PersonID("minted-\($0)")! }
    }

    static func text(_ document: CutDocument) -> String { String(decoding: document.bytes, as: UTF8.self) }

    static func pointers(_ list: [JSONPointer]) -> [String] { list.map(\.description).sorted() }
}
