import ConcordatJSON

/// The strict reader: split anywhere it says the same, and what it accepts it can write and read again.
struct JSONTarget: FuzzTarget {
    static let name = "json"

    private let seeds: [[UInt8]]
    private let mutator = ByteMutator()

    init(_ corpus: Corpus) {
        seeds = corpus.documents + Self.small.map { Array($0.utf8) }
    }

    mutating func input(_ dice: inout FuzzDice) -> [UInt8] {
        // Small seeds more often: they run fast, and every byte of them matters.
        let seed = dice.oneIn(3) ? dice.pick(seeds) : Array(dice.pick(Self.small).utf8)
        return mutator.mutate(seed, other: dice.pick(seeds), &dice)
    }

    func check(_ input: [UInt8], _ dice: inout FuzzDice) throws(Finding) -> Bool {
        let limits = Self.limits(&dice)
        let whole = Reading(of: input, limits: limits, ends: [])
        let split = Reading(of: input, limits: limits, ends: Self.ends(input.count, &dice))
        try claim(whole == split, "the verdict depends on where the document is split")
        let tree: JSONValue
        do {
            tree = try JSONValue.parse(input, limits: limits)
        } catch {
            try claim(whole.fault == error, "the tree and the steps are refused differently")
            return false
        }
        try claim(whole.fault == nil, "the tree is accepted, the steps are not")
        try Self.checkForms(of: tree)
        return true
    }

    /// What is written from an accepted document reads back as the same.
    private static func checkForms(of tree: JSONValue) throws(Finding) {
        let wide = JSONLimits(documentBytesMax: 1 << 26, depthMax: 512, nameBytesMax: 1_024)
        let texts = [("compact", tree.serialized()), ("pretty", Array(tree.pretty().utf8))]
        for (form, bytes) in texts {
            // Escapes can make a name longer than its bound; that is no fault of the form.
            guard let again = try? JSONValue.parse(bytes, limits: wide) else {
                throw Finding("the \(form) form is refused")
            }
            try claim(again == tree, "the \(form) form reads as another document")
        }
        guard let canonical = try? tree.canonical(requiringExactNumbers: true) else { return }
        guard let again = try? JSONValue.parse(canonical, limits: wide) else {
            throw Finding("the canonical form is refused")
        }
        try claim(again == tree, "the canonical form reads as another document")
        let twice = try? again.canonical(requiringExactNumbers: true)
        try claim(twice == canonical, "the canonical form is not stable")
    }

    private static func limits(_ dice: inout FuzzDice) -> JSONLimits {
        guard dice.oneIn(4) else { return JSONLimits() }
        return JSONLimits(
            documentBytesMax: 1 + dice.below(8_192), depthMax: 1 + dice.below(8), membersMax: 1 + dice.below(16),
            itemsMax: 1 + dice.below(16), nameBytesMax: 1 + dice.below(32), numberBytesMax: 1 + dice.below(64))
    }

    private static func ends(_ count: Int, _ dice: inout FuzzDice) -> [Int] {
        var ends = (0..<dice.below(12)).map { _ in dice.below(count + 1) }
        // Byte by byte over a stretch: this is where a token is cut in every place.
        let from = dice.below(count + 1)
        ends += from...min(count, from + 24)
        return ends.sorted()
    }

    private static let small = [
        "{}", "[]", "\"\"", "0", "-0.5e+10", "true", "null",
        #"{"a":1,"b":[true,false,null,"x\u00e9\n"],"c":{"d":-1.5e3}}"#,
        #"["\ud83d\ude00","\\\"\/\b\f\n\r\t",{"":""}]"#, #"{"a":{"a":{"a":{"a":[[[[0]]]]}}}}"#, " [ 1 , 2 , 3 ] ",
        #"{"na\u006de":1,"other":2}"#, #"[1,10,100,1e2,1E-2,0.001,123456789012345678901234567890]"#,
    ]
}

/// All that a reader says of a document that comes in pieces.
private struct Reading: Equatable {
    var events: [JSONEvent] = []
    var fault: JSONError?

    init(of input: [UInt8], limits: JSONLimits, ends: [Int]) {
        var reader = JSONReader(limits: limits)
        var waiting = ends[...]
        var end = waiting.popFirst() ?? input.count
        do throws(JSONError) {
            while true {
                let isComplete = waiting.isEmpty && end == input.count
                let event = try reader.next(in: input.span.bytes.extracting(0..<end), isComplete: isComplete)
                switch event {
                case .incomplete: end = waiting.popFirst() ?? input.count
                case .end: return
                default: events.append(event)
                }
            }
        } catch {
            fault = error
        }
    }
}
