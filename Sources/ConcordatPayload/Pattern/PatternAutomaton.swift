/// A `pattern` as a deterministic automaton, built at load: one table step a code point, whatever the text.
struct PatternAutomaton: Sendable {
    /// Class of each ASCII code point.
    private let ascii: [UInt8]
    /// Where each class interval begins, sorted, and its class.
    private let starts: [UInt32]
    private let classes: [UInt8]
    private let classCount: Int
    /// Next state by state and class; state 0 is dead.
    private let next: [UInt16]
    private let accepts: [Bool]

    // Bound: states of the automaton, deterministic or not.
    static let statesMax = 1_000
    // Bound: classes of code points that the pattern tells apart.
    private static let classesMax = 255

    /// Throws when the text is not an anchored I-Regexp that all validators read alike, or needs too many states.
    init(_ pattern: String) throws(PatternFault) {
        let tree = try IRegexpParser.parse(pattern)
        var builder = PositionBuilder()
        try builder.build(tree)
        let partition = try Self.partition(builder.sets)
        (starts, classes, classCount) = partition
        var ascii: [UInt8] = []
        for code in 0..<UInt32(128) { ascii.append(Self.classOf(code, partition.starts, partition.classes)) }
        self.ascii = ascii
        let tables = try Self.determinize(builder, partition)
        (next, accepts) = tables
    }

    /// Whether the whole text `start..<end`, which must be UTF-8, matches.
    func matches(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        // State 1 is the first.
        var state = 1
        var index = start
        while index < end, state != 0 {
            let byte = text[index]
            let kind: UInt8
            if byte < 0x80 {
                kind = ascii[Int(byte)]
                index += 1
            } else {
                let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
                var code = UInt32(byte) & (length == 4 ? 0x07 : length == 3 ? 0x0F : 0x1F)
                for offset in 1..<length { code = code << 6 | UInt32(text[index + offset]) & 0x3F }
                kind = Self.classOf(code, starts, classes)
                index += length
            }
            state = Int(next[state * classCount + Int(kind)])
        }
        return accepts[state]
    }

    private static func classOf(_ code: UInt32, _ starts: [UInt32], _ classes: [UInt8]) -> UInt8 {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= code { low = middle } else { high = middle }
        }
        return classes[low]
    }

    /// Cuts all code points into intervals that every set of the pattern holds wholly or not at all; intervals held by
    /// the same sets share a class.
    private static func partition(
        _ sets: [[ClosedRange<UInt32>]]
    ) throws(PatternFault) -> (starts: [UInt32], classes: [UInt8], count: Int) {
        var cuts: Set<UInt32> = [0]
        for range in sets.joined() {
            cuts.insert(range.lowerBound)
            if range.upperBound < 0x10FFFF { cuts.insert(range.upperBound + 1) }
        }
        let starts = cuts.sorted()
        var known: [[Bool]: UInt8] = [:]
        var classes: [UInt8] = []
        let distinct = Array(Set(sets))
        for start in starts {
            let held = distinct.map { set in set.contains { $0.contains(start) } }
            if let kind = known[held] { classes.append(kind); continue }
            guard known.count < classesMax else { throw .size }
            let kind = UInt8(known.count)
            known[held] = kind
            classes.append(kind)
        }
        return (starts, classes, known.count)
    }

    private static func determinize(
        _ builder: PositionBuilder, _ partition: (starts: [UInt32], classes: [UInt8], count: Int)
    ) throws(PatternFault) -> (next: [UInt16], accepts: [Bool]) {
        // One code point of each class stands for all of it.
        var samples = Array(repeating: UInt32(0), count: partition.count)
        for (start, kind) in zip(partition.starts, partition.classes) { samples[Int(kind)] = start }
        let first = builder.closure([builder.start])
        var states: [[Int]: Int] = [[]: 0, first: 1]
        var order: [[Int]] = [[], first]
        var next = Array(repeating: UInt16(0), count: partition.count)
        var index = 1
        while index < order.count {
            for sample in samples {
                let target = builder.step(order[index], on: sample)
                if let known = states[target] { next.append(UInt16(known)); continue }
                guard order.count < statesMax else { throw .size }
                next.append(UInt16(order.count))
                states[target] = order.count
                order.append(target)
            }
            index += 1
        }
        return (next, order.map { $0.contains(builder.end) })
    }
}

/// Thompson's construction: states with a set and one way on, or with up to two free ways.
private struct PositionBuilder {
    private enum State {
        case set(Int, Int)
        case free(Int, Int)
    }

    private var states: [State] = []
    private(set) var sets: [[ClosedRange<UInt32>]] = []
    private(set) var start = 0
    private(set) var end = 0

    mutating func build(_ tree: IRegexp) throws(PatternFault) {
        end = try add(.free(-1, -1))
        start = try build(tree, to: end)
    }

    /// Builds `tree` in front of state `target`; the state to enter it by.
    private mutating func build(_ tree: IRegexp, to target: Int) throws(PatternFault) -> Int {
        switch tree {
        case .set(let ranges):
            sets.append(ranges)
            return try add(.set(sets.count - 1, target))
        case .sequence(let parts):
            var entry = target
            for part in parts.reversed() { entry = try build(part, to: entry) }
            return entry
        case .alternatives(let branches):
            var entry = -1
            for branch in branches.reversed() { entry = try add(.free(try build(branch, to: target), entry)) }
            return entry
        case .repeated(let part, let lower, let upper):
            var entry = target
            if let upper {
                for _ in lower..<max(lower, upper) { entry = try add(.free(try build(part, to: entry), target)) }
            } else {
                let loop = try add(.free(-1, target))
                states[loop] = .free(try build(part, to: loop), target)
                entry = loop
            }
            for _ in 0..<lower { entry = try build(part, to: entry) }
            return entry
        }
    }

    private mutating func add(_ state: State) throws(PatternFault) -> Int {
        // A state of the syntax may take two of the construction.
        guard states.count < 2 * PatternAutomaton.statesMax else { throw .size }
        states.append(state)
        return states.count - 1
    }

    /// All set states and the end that can be reached freely, sorted.
    func closure(_ from: [Int]) -> [Int] {
        var seen = Set<Int>()
        var stack = from
        var out: [Int] = []
        while let state = stack.popLast() {
            guard state >= 0, seen.insert(state).inserted else { continue }
            switch states[state] {
            case .set: out.append(state)
            case .free(let one, let other):
                if state == end { out.append(state) }
                stack.append(one)
                stack.append(other)
            }
        }
        return out.sorted()
    }

    func step(_ from: [Int], on code: UInt32) -> [Int] {
        var reached: [Int] = []
        for state in from {
            if case .set(let set, let target) = states[state], sets[set].contains(where: { $0.contains(code) }) {
                reached.append(target)
            }
        }
        return closure(reached)
    }
}
