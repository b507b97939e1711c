import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct CutterTests {
    private let schema: MessageSchema
    private let document = #"""
        {"people":[
          {"name":"Ada May Lovelace","born":"1990-05-01","contact":{"phone":"0121","postcode":"B15 2TT"},
           "roles":["harmed"],"ref":"sender-17"},
          {"ref":"sender-18","roles":["harmer","supporter"],"name":"Bo","tags":["x","y"]}],
         "started-by":"harmer","urgent":true,"home":{"postcode":"B15 2TT"},"prison":"hmp-example","year":2024.0,
         "note":{"text":"secret","of":"sender-17"},
         "items":[{"code":"conv","person":"sender-18"},{"person":"sender-99","code":"risk"}]}
        """#

    init() throws { schema = try PayloadFixture.schema(PayloadFixture.visit) }

    @Test func readsTheFactsWhateverTheOrder() throws {
        let facts = try PayloadFixture.facts(document, schema)
        #expect(facts.persons.map { $0.reference.reveal() } == ["sender-17", "sender-18", "sender-99"])
        #expect(facts.persons.map(\.roles) == [["harmed"], ["harmer", "supporter"], []])
        #expect(facts.facts == ["/started-by": ["harmer"], "/urgent": ["true"], "/year": ["2024"]])
        #expect(facts.parties == ["/prison": ["hmp-example"]])
        #expect(
            facts.asked == [
                AskedItem(category: "offence", subject: .person(1)), AskedItem(category: "health", subject: .person(2)),
            ])
        let name = schema.node(at: "/people/*/name")!
        #expect(facts.fields[FieldOccurrence(node: name, subject: .person(0))] == 1)
        #expect(facts.fields[FieldOccurrence(node: schema.node(at: "/note/text")!, subject: .person(0))] == 1)
        #expect(facts.fields[FieldOccurrence(node: schema.node(at: "/home/postcode")!, subject: .role("harmed"))] == 1)
        #expect(facts.absent.contains(FieldOccurrence(node: schema.node(at: "/people/*/born")!, subject: .person(1))))
        #expect(facts.absent.contains(FieldOccurrence(node: schema.node(at: "/home/phone")!, subject: .role("harmed"))))
    }

    @Test func leavesNothingWhenNothingIsPermitted() throws {
        let cut = try PayloadFixture.cut(document, schema) { _, _ in .drop }
        #expect(cut.isEmpty && PayloadFixture.text(cut) == "{}")
        #expect(PayloadFixture.pointers(cut.withheld) == [""] && cut.masked.isEmpty && cut.notSupplied.isEmpty)
        #expect(cut.applied.allSatisfy { $0.action == .drop })
    }

    @Test func dropsWhatThePlanDoesNotName() throws {
        let facts = try PayloadFixture.facts(document, schema)
        let cut = try Cutter.cut(
            Array(document.utf8).span.bytes, schema: schema, facts: facts, plan: FieldPlan(),
            persons: PayloadFixture.ids(facts), now: UTCInstant(seconds: 0), pseudonymKey: [1])
        #expect(cut.isEmpty)
    }

    @Test func dropsOnePersonAndKeepsTheOther() throws {
        let cut = try PayloadFixture.cut(document, schema) { path, subject in
            subject == .person(1) || path == "/started-by" ? .keep : .drop
        }
        #expect(
            PayloadFixture.text(cut)
                == #"{"people":[{"ref":"minted-1","roles":["harmer","supporter"],"name":"Bo","tags":["x","y"]}],"started-by":"harmer"}"#
        )
        #expect(
            PayloadFixture.pointers(cut.withheld)
                == ["/home", "/items", "/note", "/people", "/prison", "/urgent", "/year"].sorted())
        #expect(PayloadFixture.pointers(cut.notSupplied) == ["/people/0/born", "/people/0/contact"])
    }

    @Test func transformsWhatIsToldAsMasked() throws {
        let cut = try PayloadFixture.cut(
            document, schema,
            { path, _ in
                switch path {
                case "/people/*/name": .initials
                case "/people/*/born": .year
                case "/people/*/contact", "/started-by": .keep
                case "/people/*/contact/postcode": .outwardCode
                default: .drop
                }
            }, silent: ["/prison", "/people/*/tags"])
        #expect(
            PayloadFixture.text(cut)
                == #"{"people":[{"name":"A.M.L.","born":"1990","contact":{"postcode":"B15"},"roles":["harmed"],"ref":"minted-0"},"#
                + #"{"ref":"minted-1","roles":["harmer","supporter"],"name":"B."}],"started-by":"harmer"}"#)
        #expect(
            PayloadFixture.pointers(cut.masked)
                == ["/people/0/born", "/people/0/contact/postcode", "/people/0/name", "/people/1/name"])
        #expect(
            PayloadFixture.pointers(cut.withheld)
                == ["/home", "/items", "/note", "/people/0/contact/phone", "/urgent", "/year"])
        #expect(PayloadFixture.pointers(cut.notSupplied) == ["/people/1/born", "/people/1/contact"])
        #expect(
            cut.applied.contains(
                AppliedField(path: "/people/*/name", subject: .person("minted-1"), action: .initials, count: 1)))
        #expect(cut.applied.contains(AppliedField(path: "/prison", subject: .nobody, action: .drop, count: 1)))
    }

    @Test func sayNothingOfWhatIsSilent() throws {
        let all = Set(schema.fieldNodes.map { schema.path(of: $0) })
        let cut = try PayloadFixture.cut(
            document, schema, { path, _ in path == "/people/*/name" ? .initials : .drop }, silent: all)
        #expect(cut.withheld.isEmpty && cut.masked.isEmpty && cut.notSupplied.isEmpty && !cut.isEmpty)
    }

    @Test func prunesEmptyWrappingsAndKeepsFieldsThatCameEmpty() throws {
        let text =
            #"{"started-by":"harmed","people":[{"ref":"a","contact":{},"tags":[]},{"ref":"b"}],"home":{},"items":[]}"#
        let cut = try PayloadFixture.cut(text, schema) { _, _ in .keep }
        #expect(
            PayloadFixture.text(cut)
                == #"{"started-by":"harmed","people":[{"ref":"minted-0","contact":{},"tags":[]}],"home":{},"items":[]}"#
        )
        #expect(cut.withheld.isEmpty)
        let none = try PayloadFixture.cut(#"{"started-by":"harmed","people":[]}"#, schema) { _, _ in .keep }
        #expect(PayloadFixture.text(none) == #"{"started-by":"harmed"}"#)
    }

    @Test func writesDeclaredNamesWhateverTheirEscapes() throws {
        let text = #"{"started\u002dby":"harm\u0065d","people":[{"n\u0061me":"A\u00e9","ref":"s\u0065nder"}]}"#
        let cut = try PayloadFixture.cut(text, schema) { _, _ in .keep }
        #expect(
            PayloadFixture.text(cut) == #"{"started-by":"harm\u0065d","people":[{"name":"A\u00e9","ref":"minted-0"}]}"#)
    }

    @Test func noDroppedValueGetsOut() throws {
        let text = #"""
            {"started-by":"harmer","prison":"CANARY-0","home":{"postcode":"CANARY-1","phone":"CANARY-2"},
             "people":[{"ref":"CANARY-ref-a","roles":["harmed"],"name":"CANARY-3","tags":["CANARY-4","CANARY-4"],
             "contact":{"phone":"CANARY-5","postcode":"CANARY-6"}}],"note":{"of":"CANARY-ref-b","text":"CANARY-7"}}
            """#
        let paths = [
            "/prison", "/home/postcode", "/home/phone", "/people/*/name", "/people/*/tags/*", "/people/*/contact/phone",
            "/people/*/contact/postcode", "/note/text",
        ]
        var random = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            var dropped: Set<String> = []
            for node in schema.fieldNodes where random.chance(40) { dropped.insert(schema.path(of: node)) }
            let mostly = random.pick([FieldAction.keep, .pseudonym, .outwardCode])
            let cut = try PayloadFixture.cut(text, schema) { path, _ in
                if dropped.contains(path) { return .drop }
                let node = schema.node(at: path)!
                return schema.allowsTransform(mostly, at: node) ? mostly : .keep
            }
            let all = "\(cut) \(PayloadFixture.text(cut))"
            #expect(!all.contains("CANARY-ref"))
            for (mark, path) in paths.enumerated() {
                let passes = mostly == .keep && !dropped.contains { path == $0 || path.hasPrefix($0 + "/") }
                #expect(PayloadFixture.text(cut).contains("CANARY-\(mark)") == passes, "\(path)")
            }
            #expect(!"\(cut.withheld) \(cut.masked) \(cut.notSupplied) \(cut.applied)".contains("CANARY"))
        }
    }

    @Test(arguments: [
        (#"{"people":[{"ref":"a b"}],"started-by":"harmed"}"#, "schema.bad-person-reference", "/data/people/0/ref", 18),
        (#"{"people":[{"name":"x"}],"started-by":"harmed"}"#, "schema.missing-member", "/data/people/0/ref", 22),
        (#"{"people":[{"ref":"a","Smith":1}]}"#, "schema.unknown-member", "/data/people/0/?", 22),
        (#"{"prison":"a b","started-by":"harmed"}"#, "schema.bad-party-reference", "/data/prison", 10),
        (#"{"home":{"phone":7}}"#, "schema.wrong-type", "/data/home/phone", 17),
        (#"{"home":[]}"#, "schema.wrong-type", "/data/home", 8),
        (#"[]"#, "schema.wrong-type", "/data", 0),
        (#"{"people":[{"ref":"a","tags":["x",5]}]}"#, "schema.wrong-type", "/data/people/0/tags/1", 34),
        (#"{"started-by":"harmed""#, "json.truncated", "/data", 22),
        (#"{"home":{"phone":"1","phone":"2"}}"#, "json.duplicate-name", "/data/home", 21),
    ]) func saysWhereAndNeverWhat(_ text: String, _ code: String, _ pointer: String, _ offset: Int) throws {
        // As part of a body: positions are the body's.
        let body = Array("{\n\"data\":\(text)}".utf8)
        do throws(PayloadError) {
            _ = try MessageReader.read(
                body.span.bytes, range: 9..<body.count - 1, schema: schema, base: JSONPointer(tokens: ["data"]))
            Issue.record("taken")
        } catch {
            #expect(error.code == code && error.pointer.description == pointer)
            #expect(error.position == JSONPosition(offset: 9 + offset, line: 2, column: 8 + offset))
        }
    }

    @Test func boundsPersonsAndFields() throws {
        let people = { (count: Int) in
            #"{"started-by":"harmed","people":[\#((0..<count).map { #"{"ref":"r\#($0)"}"# }.joined(separator: ","))]}"#
        }
        #expect(try PayloadFixture.facts(people(200), schema).persons.count == 200)
        let error = #expect(throws: PayloadError.self) { try PayloadFixture.facts(people(201), schema) }
        #expect(error?.kind == .tooManyPersons)
    }

    @Test func narrowsAPersonWithTwoReferencesToNoMoreThanEither() throws {
        let text = Array(
            #"{"started-by":"harmed","people":[{"ref":"a","name":"Ada B"},{"ref":"b","name":"Ada B"}]}"#.utf8)
        let facts = try MessageReader.read(text.span.bytes, schema: schema)
        let name = schema.node(at: "/people/*/name")!
        var plan = FieldPlan()
        plan.set(.keep, for: FieldOccurrence(node: name, subject: .person(0)))
        plan.set(.initials, for: FieldOccurrence(node: name, subject: .person(1)))
        let now = UTCInstant(seconds: 0)
        // Both references were found to be one person.
        let copy = try Cutter.cut(
            text.span.bytes, schema: schema, facts: facts, plan: plan, persons: ["p", "p"], now: now, pseudonymKey: [1])
        #expect(PayloadFixture.text(copy) == #"{"people":[{"ref":"p","name":"Ada B"},{"ref":"p","name":"A.B."}]}"#)
        let again = try MessageReader.readCopy(copy.bytes.span.bytes, schema: schema)
        for (action, isKept) in [(FieldAction.initials, false), (.year, false), (.drop, false), (.keep, true)] {
            var second = FieldPlan()
            second.set(action, for: FieldOccurrence(node: name, subject: .person(0)))
            let narrowed = try Cutter.narrow(
                copy, schema: schema, facts: again, plan: second, now: now, pseudonymKey: [1])
            #expect(narrowed.isEmpty == !isKept)
        }
    }

    @Test func refusesACopyThatIsNotOurs() throws {
        let copy = #"{"people":[{"ref":"p1","born":"1990","roles":["harmed"]}],"year":9999}"#
        let facts = try MessageReader.readCopy(Array(copy.utf8).span.bytes, schema: schema)
        #expect(facts.persons.map(\.roles) == [["harmed"]] && facts.facts.isEmpty)
        for (wrong, kind) in [
            (#"{"people":[{"born":"1990"}]}"#, PayloadError.Kind.missingMember), (#"{"other":1}"#, .unknownMember),
            (#"{"year":"2024"}"#, .wrongType),
        ] {
            let error = #expect(throws: PayloadError.self) {
                try MessageReader.readCopy(Array(wrong.utf8).span.bytes, schema: schema)
            }
            #expect(error?.kind == kind)
        }
    }

    @Test func boundsWhatIsTold() throws {
        let people = (0..<1_500).map { #"{"ref":"r\#($0 % 150)","name":"N","born":"1990-01-01"}"# }.joined(
            separator: ",")
        let cut = try PayloadFixture.cut(#"{"started-by":"harmed","people":[\#(people)]}"#, schema) { path, _ in
            path.hasSuffix("/born") ? .drop : .keep
        }
        #expect(cut.withheld.count <= CutDocument.pointersMax && !cut.withheld.isEmpty)
        #expect(cut.notSupplied.count <= CutDocument.pointersMax)
        // What is told by a parent is still told.
        #expect(cut.withheld.contains { $0.contains(JSONPointer("/people/1499/born")!) })
    }

    @Test func derivesTheSchemaOfTheRecipient() throws {
        let derived = schema.recipientSchema { node in
            switch schema.path(of: node) {
            case "/people/*/name": [.keep, .initials, .drop]
            case "/started-by": [.keep]
            default: [.drop]
            }
        }
        let expected = #"""
            {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:example:visit","title":"Visit","type":"object",
            "properties":{"started-by":{"type":"string","enum":["harmed","harmer"]},
            "people":{"type":"array","items":{"type":"object","properties":{
              "ref":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,64}$"},
              "roles":{"type":"array","items":{"type":"string","enum":["harmed","harmer","supporter"]}},
              "name":{"anyOf":[{"type":"string","maxLength":80},{"type":"string","pattern":"^([^ ]\\.){1,10}$"}]}},
              "required":["ref"],"additionalProperties":false}}},
            "required":["started-by"],"additionalProperties":false}
            """#
        #expect(try derived == JSONValue.parse(Array(expected.utf8)))
    }

    @Test func describesItsFields() throws {
        let name = schema.node(at: "/people/*/name")!
        #expect(schema.title == "Visit" && schema.category(of: name) == "identity" && !schema.isRequired(name))
        #expect(schema.possibleSubjects(of: name) == .person(roles: ["harmed", "harmer", "supporter"]))
        #expect(schema.possibleSubjects(of: schema.node(at: "/home/phone")!) == .role("harmed"))
        #expect(schema.possibleSubjects(of: schema.node(at: "/urgent")!) == .nobody)
        #expect(
            schema.factPaths["/started-by"]
                == FactDomain(values: .strings(["harmed", "harmer"]), isAlwaysPresent: true))
        #expect(schema.factPaths["/year"]?.texts.count == 31 && schema.factPaths["/year"]?.isAlwaysPresent == false)
        #expect(schema.requestCodes == ["conv": "offence", "risk": "health"] && schema.partyPaths == ["/prison"])
        #expect(schema.isFreeText(schema.node(at: "/note/text")!) && !schema.isFreeText(name))
        #expect(!schema.fieldNodes.contains(schema.node(at: "/people/*/ref")!))
        #expect(!schema.allowsTransform(.year, at: name) && schema.allowsTransform(.initials, at: name))
        #expect(schema.allowsTransform(.ageBand, at: schema.node(at: "/people/*/born")!))
        #expect(!schema.allowsTransform(.pseudonym, at: schema.node(at: "/started-by")!))
        #expect(!schema.allowsTransform(.initials, at: schema.node(at: "/people/*/contact")!))
    }
}
