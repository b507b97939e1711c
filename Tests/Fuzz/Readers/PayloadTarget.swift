import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatProtocols
import ConcordatTerms
import ConcordatWire

/// Reading and cutting the data of a message: what a plan drops is not in the copy, what it keeps is, and every copy is one.
///
/// Free texts of the seeds carry marks, a different one for each; the plan is drawn for each input. Where a mark's place or
/// any container above it is dropped or transformed, the mark must be gone.
struct PayloadTarget: FuzzTarget {
    static let name = "payload"

    private struct Seed {
        let message: Int
        let data: JSONValue
    }

    private let messages: [CompiledMessage]
    private let seeds: [Seed]
    /// For each message, the data paths whose texts may end in a mark and still be of the schema.
    private let marked: [Set<String>]
    private let mutator: ByteMutator

    init(_ corpus: Corpus) throws {
        let loaded: LoadedProtocol
        switch ProtocolDirectory.load(corpus.files) {
        case .success(let value): loaded = value
        case .failure: throw Finding("the protocol that gives the seeds does not load")
        }
        messages = loaded.compiled.messages.values.sorted { $0.name < $1.name }
        var seeds: [Seed] = []
        for document in corpus.documents {
            guard let tree = try? JSONValue.parse(document) else { continue }
            for event in tree.arrayValue ?? [tree] {
                guard let data = event["data"],
                    let message = messages.firstIndex(where: { $0.type == event["type"]?.stringValue })
                else { continue }
                seeds.append(Seed(message: message, data: Self.withPlainReferences(data)))
            }
        }
        guard !seeds.isEmpty else { throw Finding("the protocol has no messages to begin with") }
        self.seeds = seeds
        marked = Self.marked(seeds, messages)
        mutator = ByteMutator(
            words: messages.flatMap { message in
                message.schema.fieldNodes.prefix(200).compactMap { node in
                    message.schema.path(of: node).split(separator: "/").last.map { "\"\($0)\":" }
                }
            })
    }

    /// One byte that says which message, then its data.
    mutating func input(_ dice: inout FuzzDice) -> [UInt8] {
        let seed = dice.pick(seeds)
        var tree = seed.data
        for _ in 0..<dice.below(4) { tree = TreeMutator.mutate(tree, donor: dice.pick(seeds).data, &dice) }
        tree = Marks.put(into: tree) { marked[seed.message].contains($0) }
        let bytes = tree.serialized()
        let isBlind = dice.oneIn(3)
        let changed = isBlind ? mutator.mutate(bytes, other: dice.pick(seeds).data.serialized(), &dice) : bytes
        return [UInt8(seed.message)] + changed
    }

    func check(_ input: [UInt8], _ dice: inout FuzzDice) throws(Finding) -> Bool {
        guard let first = input.first else { return false }
        let schema = messages[Int(first) % messages.count].schema
        let document = Array(input.dropFirst())
        let facts: MessageFacts
        do {
            facts = try MessageReader.read(document.span.bytes, schema: schema)
        } catch {
            // The reader works on bytes as they stream; a tree of them must not know better about their grammar.
            if case .json(let kind) = error.kind {
                let other: JSONError.Kind?
                do { _ = try JSONValue.parse(document); other = nil } catch { other = error.kind }
                try claim(other == kind, "the message and the tree are refused differently as JSON")
            }
            return false
        }
        let cutting = Cutting(schema: schema, document: document, facts: facts)
        try cutting.check(&dice)
        return true
    }

    /// Tries a mark at each place of words, one place after another.
    private static func marked(_ seeds: [Seed], _ messages: [CompiledMessage]) -> [Set<String>] {
        var marked = [Set<String>](repeating: [], count: messages.count)
        var tried = marked
        for seed in seeds {
            let schema = messages[seed.message].schema
            func isRead(_ tree: JSONValue) -> Bool {
                (try? MessageReader.read(tree.serialized().span.bytes, schema: schema)) != nil
            }
            guard isRead(seed.data) else { continue }
            for (_, path) in Marks.places(in: Marks.put(into: seed.data) { _ in true }) {
                guard tried[seed.message].insert(path).inserted else { continue }
                if isRead(Marks.put(into: seed.data, at: { $0 == path })) { marked[seed.message].insert(path) }
            }
        }
        return marked
    }

    /// The examples have `{{person:harmed}}` where a sender writes its reference.
    private static func withPlainReferences(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(members.map { JSONMember($0.name, withPlainReferences($0.value)) })
        case .array(let items): .array(items.map(withPlainReferences))
        case .string(let text) where text.hasPrefix("{{person:"): .string("ref-\(text.dropFirst(9).dropLast(2))")
        case .string, .number, .bool, .null: value
        }
    }
}
