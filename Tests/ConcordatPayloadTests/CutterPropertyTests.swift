import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

/// Random schemas, valid documents and plans, against a second cutter and Python's validator.
@Suite struct CutterPropertyTests {
    private static let seed: UInt64 = 20_260_402

    /// One random message with a plan that is a function of path and subject.
    private struct Sample {
        let text: JSONValue
        let schema: MessageSchema
        let document: JSONValue
        let facts: MessageFacts
        let ids: [PersonID]

        func subject(_ subject: FieldSubject, _ ids: [PersonID]) -> CopySubject {
            switch subject {
            case .nobody: .nobody
            case .role(let role): .role(role)
            case .person(let index): .person(ids[index])
            }
        }

        func plan(_ facts: MessageFacts, _ ids: [PersonID], _ rule: (String, CopySubject) -> PlainCutter.Rule)
            -> FieldPlan
        {
            var plan = FieldPlan()
            for field in Array(facts.fields.keys) + Array(facts.absent) {
                let rule = rule(schema.path(of: field.node), subject(field.subject, ids))
                plan.set(rule.action, for: field, silent: rule.isSilent)
            }
            return plan
        }

        func cut(_ bytes: [UInt8], _ rule: (String, CopySubject) -> PlainCutter.Rule) throws -> CutDocument {
            let facts = try MessageReader.read(bytes.span.bytes, schema: schema)
            // Ids by reference, so that another order of members mints the same.
            let ids = facts.persons.map { CutterPropertyTests.id($0.reference.reveal()) }
            return try Cutter.cut(
                bytes.span.bytes, schema: schema, facts: facts, plan: plan(facts, ids, rule), persons: ids,
                now: UTCInstant("2026-04-01T12:00:00Z")!, pseudonymKey: [7])
        }

        func narrow(_ copy: CutDocument, _ rule: (String, CopySubject) -> PlainCutter.Rule) throws -> CutDocument {
            let facts = try MessageReader.readCopy(copy.bytes.span.bytes, schema: schema)
            let ids = facts.persons.map { PersonID($0.reference.reveal())! }
            return try Cutter.narrow(
                copy, schema: schema, facts: facts, plan: plan(facts, ids, rule),
                now: UTCInstant("2026-04-01T12:00:00Z")!, pseudonymKey: [7])
        }

        func plain(_ rule: @escaping (String, CopySubject) -> PlainCutter.Rule) -> PlainCutter {
            let references = facts.persons.map { $0.reference.reveal() }
            return PlainCutter(schema: text, ids: Dictionary(uniqueKeysWithValues: zip(references, ids)), rule: rule)
        }
    }

    private static func id(_ reference: String) -> PersonID {
        PersonID("minted-" + reference.filter(\.isNumber))!
    }

    private static func samples(_ count: Int, seed: UInt64) throws -> [Sample] {
        print("cutter properties: seed \(seed)")
        var generator = PayloadGenerator(seed: seed)
        var out: [Sample] = []
        while out.count < count {
            let text = generator.schema()
            let schema = try MessageSchema.compile(text.serialized(), vocabulary: PayloadFixture.vocabulary)
            for _ in 0..<12 {
                let document = generator.document(for: text)
                guard let facts = try? MessageReader.read(document.serialized().span.bytes, schema: schema),
                    facts.fields.count > 2
                else { continue }
                let ids = facts.persons.map { id($0.reference.reveal()) }
                out.append(Sample(text: text, schema: schema, document: document, facts: facts, ids: ids))
                break
            }
        }
        return out
    }

    /// A rule for each path and subject, the same whenever asked.
    private static func rule(_ schema: MessageSchema, seed: UInt64) -> (String, CopySubject) -> PlainCutter.Rule {
        { path, subject in
            var hash = seed
            for byte in "\(path) \(subject)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            var random = SeededGenerator(seed: hash)
            let node = schema.node(at: path)!
            var action = random.pick([FieldAction.keep, .keep, .keep, .drop, .year, .initials])
            if schema.isContainer(node) { action = random.chance(80) ? .keep : random.pick([.drop, .initials]) }
            if action.isTransform, !schema.isContainer(node), !schema.allowsTransform(action, at: node) {
                action = .keep
            }
            return PlainCutter.Rule(action: action, isSilent: random.chance(15))
        }
    }

    private func expectSame(_ cut: CutDocument, _ plain: PlainCutter.Outcome, _ note: @autoclosure () -> String) throws
    {
        let found = try JSONValue.parse(cut.bytes)
        switch plain {
        case .dropped(let isTold):
            #expect(cut.isEmpty && found == .object([]), "\(note())")
            #expect(
                cut.withheld == (isTold ? [JSONPointer()] : []) && cut.masked.isEmpty && cut.notSupplied.isEmpty,
                "\(note())")
        case .kept(let value, let told):
            #expect(!cut.isEmpty && found == value, "\(note()) → \(String(decoding: cut.bytes, as: UTF8.self))")
            #expect(cut.withheld.sorted() == told.withheld.sorted(), "\(note())")
            #expect(cut.masked.sorted() == told.masked.sorted(), "\(note())")
            #expect(cut.notSupplied.sorted() == told.notSupplied.sorted(), "\(note())")
        }
    }

    private func note(_ sample: Sample) -> String {
        String(decoding: sample.text.serialized() + [0x0A] + sample.document.serialized(), as: UTF8.self)
    }

    @Test func cutsAsThePlainCutterDoes() throws {
        var empty = 0
        for (index, sample) in try Self.samples(500, seed: Self.seed).enumerated() {
            let rule = Self.rule(sample.schema, seed: UInt64(index))
            let cut = try sample.cut(sample.document.serialized(), rule)
            try expectSame(cut, sample.plain(rule).cut(sample.document), note(sample))
            #expect(cut.applied.map(\.count).reduce(0, +) == sample.facts.fields.values.reduce(0, +), "\(note(sample))")
            // The sender's own references are its own.
            #expect(!PayloadFixture.text(cut).contains("sender-"))
            if cut.isEmpty { empty += 1 }
        }
        #expect(empty > 10 && empty < 500, "\(empty) empty copies")
    }

    @Test func readsAndCutsTheSameInAnyOrderOfMembers() throws {
        var random = SeededGenerator(seed: Self.seed)
        for (index, sample) in try Self.samples(200, seed: Self.seed &+ 1).enumerated() {
            let rule = Self.rule(sample.schema, seed: UInt64(index))
            let shuffled = Self.shuffled(sample.document, &random)
            let first = try sample.cut(sample.document.serialized(), rule)
            let second = try sample.cut(shuffled.serialized(), rule)
            #expect(try JSONValue.parse(first.bytes) == JSONValue.parse(second.bytes))
            #expect(
                first.withheld.sorted() == second.withheld.sorted() && first.masked.sorted() == second.masked.sorted())
            #expect(first.notSupplied.sorted() == second.notSupplied.sorted())
            #expect(Set(first.applied) == Set(second.applied))
            let facts = try MessageReader.read(shuffled.serialized().span.bytes, schema: sample.schema)
            #expect(facts.facts == sample.facts.facts && facts.parties == sample.facts.parties)
            let people: (MessageFacts) -> [String: Set<Role>] = { facts in
                Dictionary(uniqueKeysWithValues: facts.persons.map { ($0.reference.reveal(), $0.roles) })
            }
            #expect(people(facts) == people(sample.facts))
        }
    }

    @Test func everyCopyIsValidForItsRecipientsSchema() throws {
        var lines: [[UInt8]] = []
        for (index, sample) in try Self.samples(400, seed: Self.seed &+ 2).enumerated() {
            let rule = Self.rule(sample.schema, seed: UInt64(index))
            let cut = try sample.cut(sample.document.serialized(), rule)
            guard !cut.isEmpty else { continue }
            var actions: [NodeIndex: Set<FieldAction>] = [:]
            for field in Array(sample.facts.fields.keys) {
                actions[field.node, default: []].insert(
                    rule(sample.schema.path(of: field.node), sample.subject(field.subject, sample.ids)).action)
            }
            let derived = sample.schema.recipientSchema { actions[$0] ?? [.drop] }
            let copy = try JSONValue.parse(cut.bytes)
            lines.append(
                JSONValue.object([JSONMember("schema", derived), JSONMember("documents", [copy, .null])]).serialized())
        }
        let verdicts = try PythonValidator.verdicts(lines)
        try #require(verdicts.count == lines.count && lines.count > 200)
        for (verdict, line) in zip(verdicts, lines) where verdict != [true, false] {
            Issue.record("\(verdict) for \(String(decoding: line, as: UTF8.self))")
        }
    }

    @Test func narrowingNeverWidens() throws {
        var changed = 0
        for (index, sample) in try Self.samples(400, seed: Self.seed &+ 3).enumerated() {
            let first = Self.rule(sample.schema, seed: UInt64(index))
            let other = Self.rule(sample.schema, seed: UInt64(index) &+ 100_000)
            // A first transform may fail, and is then told or not by its own rule: let both rules say the same there.
            let second: (String, CopySubject) -> PlainCutter.Rule = { path, subject in
                let (one, two) = (first(path, subject), other(path, subject))
                return one.action.isTransform ? PlainCutter.Rule(action: two.action, isSilent: one.isSilent) : two
            }
            let copy = try sample.cut(sample.document.serialized(), first)
            let narrowed = copy.isEmpty ? copy : try sample.narrow(copy, second)
            if narrowed.bytes != copy.bytes { changed += 1 }
            guard !copy.isEmpty else { continue }
            // What both together let pass, cut in one go.
            let both: (String, CopySubject) -> PlainCutter.Rule = { path, subject in
                let (one, two) = (first(path, subject), second(path, subject))
                let isContainer = sample.schema.isContainer(sample.schema.node(at: path)!)
                if one.action == .drop { return one }
                if two.action == .drop { return two }
                if isContainer {
                    return PlainCutter.Rule(
                        action: one.action == .keep ? two.action : one.action, isSilent: one.isSilent || two.isSilent)
                }
                if one.action == .keep {
                    let isSilent = two.action == .keep ? one.isSilent || two.isSilent : two.isSilent
                    return PlainCutter.Rule(action: two.action, isSilent: isSilent)
                }
                return two.action == .keep || two.action == one.action
                    ? one : PlainCutter.Rule(action: .drop, isSilent: two.isSilent)
            }
            guard case .kept(let value, let told) = sample.plain(both).cut(sample.document) else {
                #expect(narrowed.isEmpty, "\(note(sample))")
                continue
            }
            #expect(try JSONValue.parse(narrowed.bytes) == value, "\(note(sample))")
            #expect(narrowed.withheld.sorted() == told.withheld.sorted(), "\(note(sample))")
            #expect(Set(narrowed.masked).isSubset(of: Set(told.masked)), "\(note(sample))")
            #expect(Set(narrowed.notSupplied).isSubset(of: Set(told.notSupplied)), "\(note(sample))")
        }
        #expect(changed > 100)
    }

    @Test func noErrorTellsAValueOrAnUndeclaredName() throws {
        var refused = 0
        for sample in try Self.samples(300, seed: Self.seed &+ 4) {
            let marked = Self.marked(sample.document)
            do throws(PayloadError) {
                _ = try MessageReader.read(marked.serialized().span.bytes, schema: sample.schema)
            } catch {
                #expect(!"\(error) \(error.code) \(error.pointer)".contains("CANARY"))
                refused += 1
            }
        }
        #expect(refused > 100, "\(refused) refused")
    }

    @Test func noBytesBringItDown() throws {
        let schema = try PayloadFixture.schema(PayloadFixture.visit)
        let text =
            #"{"started-by":"harmed","people":[{"ref":"a","name":"N","tags":["x"]}],"note":{"text":"t","of":"a"},"#
            + #""items":[{"code":"conv","person":"b"}],"home":{"phone":"1"},"urgent":false,"year":2024}"#
        var random = SeededGenerator(seed: Self.seed)
        var taken = 0
        for _ in 0..<8_000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let (from, to) = (
                    Int.random(in: 0..<bytes.count, using: &random), Int.random(in: 0..<bytes.count, using: &random)
                )
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[from] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: from)
                case 2: bytes.swapAt(from, to)
                default: bytes.insert(contentsOf: bytes[min(from, to)...max(from, to)], at: from)
                }
            }
            for isCopy in [false, true] {
                let facts =
                    isCopy
                    ? try? MessageReader.readCopy(bytes.span.bytes, schema: schema)
                    : try? MessageReader.read(bytes.span.bytes, schema: schema)
                guard let facts else { continue }
                taken += 1
                var plan = FieldPlan()
                for field in facts.fields.keys { plan.set(random.pick([.keep, .drop, .initials]), for: field) }
                _ = try Cutter.cut(
                    bytes.span.bytes, schema: schema, facts: facts, plan: plan, persons: PayloadFixture.ids(facts),
                    now: UTCInstant(seconds: 0), pseudonymKey: [1])
            }
        }
        #expect(taken > 100)
    }

    private static func shuffled(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        switch value {
        case .object(let members):
            var out: [JSONMember] = []
            for member in members { out.append(JSONMember(member.name, shuffled(member.value, &random))) }
            out.shuffle(using: &random)
            return .object(out)
        case .array(let items):
            var out: [JSONValue] = []
            for item in items { out.append(shuffled(item, &random)) }
            return .array(out)
        default: return value
        }
    }

    /// The document with a mark in every string, and in the name of a member that is not declared.
    private static func marked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            let extra = members.count == 4 ? [JSONMember("CANARY-name", 1)] : []
            return .object(members.map { JSONMember($0.name, marked($0.value)) } + extra)
        case .array(let items): return .array(items.map { marked($0) })
        case .string(let text): return text.hasPrefix("sender-") ? value : .string("CANARY \(text)")
        default: return value
        }
    }
}
