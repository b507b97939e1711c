import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct SchemaFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let schema: String
        let pointer: String
        let kind: SchemaFaultKind
        var testDescription: String { "\(kind.description) at \(pointer)" }

        /// A case with one member `a` of the root.
        static func member(_ body: String, _ pointer: String, _ kind: SchemaFaultKind) -> Case {
            Case(schema: object(#""a":{\#(body)}"#), pointer: "/properties/a" + pointer, kind: kind)
        }
    }

    static func object(_ properties: String, _ more: String = "") -> String {
        #"{"type":"object","additionalProperties":false,\#(more)"properties":{\#(properties)}}"#
    }

    private static let c = #""x-category":"visit""#
    private static let person = #""ref":{"type":"string"}"#

    static let nodes: [Case] = [
        Case(schema: "{", pointer: "", kind: .json(.truncated)),
        Case(schema: "[]", pointer: "", kind: .notASchema),
        Case(schema: #"{"type":"string",\#(c)}"#, pointer: "/type", kind: .rootNotObject),
        .member(c, "", .missingType),
        .member(#""type":"text",\#(c)"#, "/type", .unknownType),
        .member(#""type":["string","null"],\#(c)"#, "/type", .typeList),
        .member(#""type":"string","colour":1,\#(c)"#, "/colour", .unknownKeyword),
        .member(#""type":"string","contentEncoding":"base64",\#(c)"#, "/contentEncoding", .unknownKeyword),
        .member(#""type":"string","anyOf":[],\#(c)"#, "/anyOf", .combinator),
        .member(#""type":"string","minimum":1,\#(c)"#, "/minimum", .misplacedKeyword),
        .member(#""type":"array","items":{"type":"null"},"uniqueItems":true,\#(c)"#, "/uniqueItems", .unknownKeyword),
        .member(#""type":"string","maxLength":-1,\#(c)"#, "/maxLength", .keywordValue),
        .member(#""type":"number","multipleOf":0,\#(c)"#, "/multipleOf", .keywordValue),
        .member(#""type":"string","title":1,\#(c)"#, "/title", .keywordValue),
        .member(#""type":"string","$defs":{},\#(c)"#, "/$defs", .onlyAtRoot),
        Case(
            schema: object("", #""$schema":"http://json-schema.org/draft-07/schema#","#), pointer: "/$schema",
            kind: .dialect),
        .member(#""$ref":"other.json""#, "/$ref", .referenceForm),
        .member(##""$ref":"#/$defs/none""##, "/$ref", .referenceTarget),
        Case(
            schema: object(##""a":{"$ref":"#/$defs/x","maxLength":3,\##(c)}"##, #""$defs":{"x":{"type":"string"}},"#),
            pointer: "/properties/a/maxLength", kind: .referenceSibling),
        Case(
            schema: object(
                ##""a":{"$ref":"#/$defs/x"}"##,
                ##""$defs":{"x":{"type":"object","additionalProperties":false,"properties":{"b":{"$ref":"#/$defs/x"}}}},"##
            ),
            pointer: "/$defs/x/properties/b/$ref", kind: .referenceCycle),
        Case(
            schema: object("", #""$defs":{"x":{"type":"string"}},"#), pointer: "/$defs/x", kind: .unreachableDefinition),
        .member(#""type":"object""#, "", .additionalProperties),
        .member(#""type":"object","additionalProperties":true"#, "/additionalProperties", .additionalProperties),
        Case(schema: object(#""Name":{"type":"string",\#(c)}"#), pointer: "/properties/Name", kind: .propertyName),
        Case(schema: object("", #""required":["b"],"#), pointer: "/required/0", kind: .requiredUndeclared),
        .member(#""type":"array""#, "", .missingItems),
        .member(#""type":"string","enum":[],\#(c)"#, "/enum", .emptyEnum),
        .member(#""type":"string","enum":["a",1],\#(c)"#, "/enum/1", .enumValue),
        .member(#""type":"integer","enum":[1,1.0],\#(c)"#, "/enum/1", .enumValue),
        .member(#""type":"integer","enum":[1.5],\#(c)"#, "/enum/0", .enumValue),
        .member(#""type":"string","enum":["a"],"const":"a",\#(c)"#, "/const", .enumAndConst),
        .member(#""type":"string","minLength":3,"maxLength":2,\#(c)"#, "/minLength", .emptyRange),
        .member(#""type":"integer","minimum":3,"maximum":2,\#(c)"#, "/minimum", .emptyRange),
        .member(#""type":"string","format":"ipv4",\#(c)"#, "/format", .format),
        .member(#""type":"string","pattern":"[a-z]+",\#(c)"#, "/pattern", .patternAnchors),
        .member(#""type":"string","pattern":"^a|b$",\#(c)"#, "/pattern", .patternAnchors),
        .member(#""type":"string","pattern":"^\\p{L}$",\#(c)"#, "/pattern", .patternPortability),
        .member(#""type":"string","pattern":"^a**$",\#(c)"#, "/pattern", .patternSyntax),
        .member(#""type":"string","pattern":"^((a{100}){100}){100}$",\#(c)"#, "/pattern", .patternSize),
    ]

    static let annotations: [Case] = [
        .member(#""type":"string""#, "", .missingCategory),
        .member(#""type":"string","x-category":"none""#, "/x-category", .unknownCategory),
        .member(
            #""type":"object","additionalProperties":false,"x-person":"ref","required":["ref"],"#
                + #""properties":{"ref":{"type":"string","x-category":"visit"}}"#,
            "/properties/ref/x-category", .structuralCategory),
        .member(#""type":"object","additionalProperties":false,"x-person":"ref""#, "/x-person", .personMember),
        .member(
            #""type":"object","additionalProperties":false,"x-person":"ref",\#(c),"properties":{\#(person)}"#,
            "/x-person",
            .personMember),
        .member(
            #""type":"object","additionalProperties":false,"x-person":"ref","required":["ref"],"properties":{\#(person)},"#
                + #""x-role":{"member":"roles"}"#, "/x-role", .roleMember),
        .member(
            #""type":"object","additionalProperties":false,"x-person":"ref","required":["ref"],"properties":{\#(person)},"#
                + #""x-role":"nobody""#, "/x-role", .unknownRole),
        .member(#""type":"object","additionalProperties":false,"x-role":"harmed""#, "/x-role", .roleOutsidePerson),
        .member(#""type":"string","x-about":"nobody",\#(c)"#, "/x-about", .unknownRole),
        .member(#""type":"string","x-about":"/who",\#(c)"#, "/x-about", .aboutTarget),
        .member(
            #""type":"object","additionalProperties":false,"x-person":"ref","required":["ref"],"properties":{\#(person)},"#
                + #""x-about":"harmed""#, "/x-about", .aboutOnPerson),
        .member(#""type":"string","x-fact":true,\#(c)"#, "/x-fact", .factType),
        .member(#""type":"number","x-fact":true,\#(c)"#, "/x-fact", .factType),
        .member(#""type":"integer","x-fact":true,"minimum":0,\#(c)"#, "/x-fact", .factRange),
        .member(#""type":"integer","x-fact":true,"minimum":0,"maximum":100000,\#(c)"#, "/x-fact", .factRange),
        .member(#""type":"string","x-requests":{"a":"visit"},\#(c)"#, "/x-requests", .requestsType),
        .member(#""type":"string","enum":["a","b"],"x-requests":{"a":"visit"},\#(c)"#, "/x-requests", .requestCodes),
        .member(#""type":"boolean","x-party":true,\#(c)"#, "/x-party", .partyType),
        .member(#""type":"string","x-codelist":"none",\#(c)"#, "/x-codelist", .unknownCodelist),
        .member(#""type":"string","enum":["WMP"],"x-codelist":"forces",\#(c)"#, "/x-codelist", .codelistType),
        .member(#""type":"integer","x-free-text":true,\#(c)"#, "/x-free-text", .freeTextType),
        .member(#""type":"string","x-nature":"rumour",\#(c)"#, "/x-nature", .nature),
        .member(#""type":"string","x-as-of":"/when",\#(c)"#, "/x-as-of", .memberPointer),
    ]

    @Test(arguments: nodes + annotations) func refuses(_ wrong: Case) {
        let faults = faults(of: wrong.schema)
        #expect(faults == [SchemaFault(wrong.kind, at: JSONPointer(wrong.pointer)!)])
        #expect(!wrong.kind.description.isEmpty && !wrong.kind.advice.isEmpty)
        #expect(
            !wrong.kind.advice.hasSuffix(".") && wrong.kind.advice != "correct the text at this place"
                || wrong.schema == "{")
    }

    @Test func refusesMoreThanItHolds() {
        let wide = (0..<600).map { ##""m\##($0)":{"$ref":"#/$defs/x"}"## }.joined(separator: ",")
        let definition = (0..<4).map { #""n\#($0)":{"type":"string","x-category":"visit"}"# }.joined(separator: ",")
        let many = Self.object(wide, #""$defs":{"x":\#(Self.object(definition))},"#)
        #expect(faults(of: many) == [SchemaFault(.tooManyNodes, at: JSONPointer())])
        var deep = #"{"type":"string","x-category":"visit"}"#
        for _ in 0..<32 { deep = #"{"type":"array","items":\#(deep)}"# }
        #expect(faults(of: Self.object(#""a":\#(deep)"#)).map(\.kind).contains(.json(.tooDeep)) == false)
        #expect(faults(of: Self.object(#""a":\#(deep)"#)).map(\.kind) == [.tooDeep])
        let roles = Set((0..<65).map { Role("r\($0)")! })
        #expect(throws: SchemaFaults([SchemaFault(.tooManyRoles, at: JSONPointer())])) {
            try MessageSchema.compile(
                Array(Self.object("").utf8), vocabulary: SchemaVocabulary(categories: [], roles: roles))
        }
    }

    @Test func reportsEveryFaultNotOnlyTheFirst() {
        let text = Self.object(#""a":{"type":"text"},"b":{"type":"string","oneOf":[]},"C":{"type":"string"}"#)
        #expect(faults(of: text).map(\.kind) == [.unknownType, .combinator, .propertyName])
    }

    private func faults(of text: String) -> [SchemaFault] {
        do throws(SchemaFaults) {
            _ = try MessageSchema.compile(Array(text.utf8), vocabulary: PayloadFixture.vocabulary)
            return []
        } catch {
            return error.all
        }
    }
}
