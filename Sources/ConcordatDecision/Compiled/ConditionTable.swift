import ConcordatTerms

/// The conditions of one message as steps from question to question.
///
/// Each source has a bit for every text that some condition names, one for any other text, and one for every stretch of
/// whole numbers between the bounds that conditions name. What a message says becomes bits once (``ConditionValues``), and
/// a question is whether one of some bits is set; so a test costs the same however many texts it lists.
final class ConditionTable: Sendable {
    /// A question, and where to go on: to another step, or to an end.
    struct Step: Sendable {
        /// The source it asks about, and the word that source begins with.
        let source: Int
        let sourceWord: Int
        let word: Int
        let bits: UInt64
        let then: Int
        let otherwise: Int
    }

    // The ends. Where a condition is constant, it begins at its end.
    static let holds = -1
    static let fails = -2

    let steps: [Step]
    let sources: [ConditionSource]
    /// How many words the bits of all sources take.
    let wordCount: Int
    /// Where each condition begins.
    let entries: [Int]

    /// - Parameter conditions: nil is one that always holds.
    init(_ conditions: [Condition?], _ flags: [String: CompiledFlag]) {
        var maker = ConditionTableMaker()
        for condition in conditions { condition.map { maker.collect($0) } }
        maker.layOut(flags)
        entries = conditions.map { condition in
            condition.map { maker.entry(of: $0, then: Self.holds, otherwise: Self.fails) } ?? Self.holds
        }
        (steps, sources, wordCount) = (maker.steps, maker.sources, maker.wordCount)
    }
}

/// What conditions ask of one source, and where its bits stand.
final class ConditionSource: Sendable {
    let source: Condition.Source
    let word: Int
    let texts: Numbering<String>
    /// For a flag, the data paths of each message that add to it.
    let paths: [MessageName: [String]]
    /// Whether some condition reads its values as numbers.
    let readsNumbers: Bool
    /// Where one stretch of numbers ends and the next begins, ascending.
    private let cuts: [Int]

    // The first bit of a source says that it has been looked at.
    static let seen: UInt64 = 1
    private static let firstText = 1

    fileprivate init(
        _ source: Condition.Source, at word: Int, _ named: ConditionTableMaker.Named, _ flags: [String: CompiledFlag]
    ) {
        (self.source, self.word) = (source, word)
        (texts, cuts, readsNumbers) = (Numbering(named.texts), named.cuts.sorted(), named.readsNumbers)
        if case .flag(let name) = source { paths = flags[name]?.fields ?? [:] } else { paths = [:] }
    }

    /// Whether no condition reads its values as texts, so that all have one bit.
    var namesNoText: Bool { texts.names.isEmpty }

    /// The bit of a text.
    func bit(ofText text: String) -> Int { Self.firstText + texts[text] }

    /// The bit of the stretch a number lies in.
    func bit(ofNumber number: Int) -> Int { firstStretch + (cuts.firstIndex { number < $0 } ?? cuts.count) }

    /// The bits of all texts, those that no condition names included.
    fileprivate var anyText: Range<Int> { Self.firstText..<firstStretch }

    /// How many words its bits take.
    fileprivate var wordCount: Int { (firstStretch + cuts.count) / 64 + 1 }

    private var firstStretch: Int { Self.firstText + texts.count }
}

/// Makes the table: first what all conditions name, then the bits, then the steps.
private struct ConditionTableMaker {
    struct Named {
        var texts: Set<String> = []
        var cuts: Set<Int> = []
        var readsNumbers = false
    }

    private var named: [Condition.Source: Named] = [:]
    /// In the order in which conditions name them.
    private var order: [Condition.Source] = []
    private var places: [Condition.Source: Int] = [:]
    private(set) var steps: [ConditionTable.Step] = []
    private(set) var sources: [ConditionSource] = []
    private(set) var wordCount = 0

    mutating func collect(_ condition: Condition) {
        switch condition {
        case .all(let parts), .any(let parts): for part in parts { collect(part) }
        case .not(let part): collect(part)
        case .test(let source, let test):
            if named[source] == nil { order.append(source) }
            named[source, default: Named()].add(test)
        }
    }

    mutating func layOut(_ flags: [String: CompiledFlag]) {
        for source in order {
            let laid = ConditionSource(source, at: wordCount, named[source] ?? Named(), flags)
            places[source] = sources.count
            sources.append(laid)
            wordCount += laid.wordCount
        }
    }

    /// Where a condition begins that goes on to `then` when it holds. Made from its end, so that each step knows the next.
    mutating func entry(of condition: Condition, then: Int, otherwise: Int) -> Int {
        switch condition {
        case .all(let parts): parts.reversed().reduce(then) { entry(of: $1, then: $0, otherwise: otherwise) }
        case .any(let parts): parts.reversed().reduce(otherwise) { entry(of: $1, then: then, otherwise: $0) }
        case .not(let part): entry(of: part, then: otherwise, otherwise: then)
        case .test(let source, let test): places[source].map { entry(of: test, $0, then, otherwise) } ?? otherwise
        }
    }

    private mutating func entry(of test: Condition.Test, _ place: Int, _ then: Int, _ otherwise: Int) -> Int {
        let source = sources[place]
        switch test {
        case .contains(let text): return ask(place, [source.bit(ofText: text)], then, otherwise)
        case .containsAny(let texts): return ask(place, texts.map(source.bit), then, otherwise)
        case .present(let expected):
            return ask(place, source.anyText, expected ? then : otherwise, expected ? otherwise : then)
        // Not known is not the same as not so: what has no value lacks nothing.
        case .lacks(let text):
            let lacking = ask(place, [source.bit(ofText: text)], otherwise, then)
            return ask(place, source.anyText, lacking, otherwise)
        case .only(let texts):
            let allowed = Set(texts.map(source.bit))
            let others = ask(place, source.anyText.filter { !allowed.contains($0) }, otherwise, then)
            return ask(place, source.anyText, others, otherwise)
        case .number(let min, let max):
            let (low, high) = (source.bit(ofNumber: min ?? .min), source.bit(ofNumber: max ?? .max))
            return ask(place, low <= high ? low..<high + 1 : 0..<0, then, otherwise)
        }
    }

    /// Asks whether one of these bits is set: one step for each word they stand in.
    private mutating func ask(_ place: Int, _ bits: some Sequence<Int>, _ then: Int, _ otherwise: Int) -> Int {
        let first = sources[place].word
        var masks: [Int: UInt64] = [:]
        for bit in bits { masks[first + bit / 64, default: 0] |= UInt64(1) << UInt64(bit % 64) }
        var next = otherwise
        for (word, mask) in masks.sorted(by: { $0.key > $1.key }) {
            steps.append(
                ConditionTable.Step(
                    source: place, sourceWord: first, word: word, bits: mask, then: then, otherwise: next))
            next = steps.count - 1
        }
        return next
    }
}

extension ConditionTableMaker.Named {
    fileprivate mutating func add(_ test: Condition.Test) {
        switch test {
        case .contains(let text), .lacks(let text): texts.insert(text)
        case .containsAny(let texts), .only(let texts): self.texts.formUnion(texts)
        case .present: break
        case .number(let min, let max):
            readsNumbers = true
            if let min { cuts.insert(min) }
            if let max, max < .max { cuts.insert(max + 1) }
        }
    }
}
