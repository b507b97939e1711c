import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// One accepted message, cut along drawn plans, and what must hold of every copy.
struct Cutting {
    let schema: MessageSchema
    let document: [UInt8]
    let facts: MessageFacts

    private static let now = UTCInstant(milliseconds: 1_780_000_000_000)
    private static let key = [UInt8](repeating: 7, count: 32)

    /// Cuts by node, cuts that copy further, and cuts by subject.
    func check(_ dice: inout FuzzDice) throws(Finding) {
        let persons = facts.persons.indices.map { PersonID(unchecked: "minted-\($0)") }
        let actions = drawActions(&dice)
        let copy = try cut(plan(facts) { node, _ in actions[node] ?? .drop }, persons)
        let marks = try Marks.places(in: tree(document))
        try compare(copy, marks) { actions[$0] ?? .drop }
        let copyFacts = try readCopy(copy)
        try narrow(copy, copyFacts, actions, marks, &dice)
        try cutBySubject(persons, &dice)
        try cutToNothing(persons)
    }

    /// What may be done to each field: mostly keep or drop, a transform where the schema allows one.
    private func drawActions(_ dice: inout FuzzDice) -> [NodeIndex: FieldAction] {
        var actions: [NodeIndex: FieldAction] = [:]
        let dropsOneIn = 2 + dice.below(20)
        for node in schema.fieldNodes {
            let transform = dice.pick(FieldAction.allCases)
            actions[node] =
                dice.oneIn(dropsOneIn)
                ? .drop : dice.oneIn(6) && schema.allowsTransform(transform, at: node) ? transform : .keep
        }
        return actions
    }

    private func plan(_ facts: MessageFacts, _ action: (NodeIndex, FieldSubject) -> FieldAction) -> FieldPlan {
        var plan = FieldPlan()
        for field in Set(facts.fields.keys).union(facts.absent) {
            plan.set(action(field.node, field.subject), for: field)
        }
        return plan
    }

    private func cut(_ plan: FieldPlan, _ persons: [PersonID]) throws(Finding) -> CutDocument {
        do {
            return try Cutter.cut(
                document.span.bytes, schema: schema, facts: facts, plan: plan, persons: persons, now: Self.now,
                pseudonymKey: Self.key)
        } catch {
            throw Finding("pass 2 refuses what pass 1 has read: \(error.code)")
        }
    }

    private func readCopy(_ copy: CutDocument) throws(Finding) -> MessageFacts {
        do {
            return try MessageReader.readCopy(copy.bytes.span.bytes, schema: schema)
        } catch {
            throw Finding("a copy does not read as one: \(error)")
        }
    }

    /// Each mark is in the copy exactly when its field, and each field above it, is kept whole.
    private func compare(
        _ copy: CutDocument, _ marks: [(mark: String, path: String)], exactly: Bool = true,
        _ action: (NodeIndex) -> FieldAction
    ) throws(Finding) {
        let left = String(decoding: copy.bytes, as: UTF8.self)
        let marksLeft = Set(Marks.places(in: try tree(copy.bytes)).map(\.mark))
        for (mark, path) in marks where marks.count(where: { $0.mark == mark }) == 1 {
            let isKept = try isKept(path, action)
            if !isKept { try claim(!left.contains(mark), "what is dropped at \(path) is in the copy") }
            if isKept, exactly { try claim(marksLeft.contains(mark), "what is kept at \(path) is not in the copy") }
        }
        for person in facts.persons {
            // A reference of two letters may be part of any text.
            let reference = person.reference.reveal()
            guard reference.utf8.count > 4, reference.utf8.allSatisfy({ $0 != UInt8(ascii: "\"") }) else { continue }
            if document.isText(reference, times: 1) {
                try claim(!left.contains("\"\(reference)\""), "a sender's own reference is in the copy")
            }
        }
    }

    private func isKept(_ path: String, _ action: (NodeIndex) -> FieldAction) throws(Finding) -> Bool {
        guard var node = schema.node(at: path) else { throw Finding("an accepted document has an undeclared place") }
        let fields = Set(schema.fieldNodes)
        var isKept = true
        while true {
            if fields.contains(node), action(node) != .keep { isKept = false }
            guard let parent = schema.parent(of: node) else { return isKept }
            node = parent
        }
    }

    /// A copy that is cut again loses what the second plan drops, and gets nothing back.
    private func narrow(
        _ copy: CutDocument, _ facts: MessageFacts, _ before: [NodeIndex: FieldAction],
        _ marks: [(mark: String, path: String)], _ dice: inout FuzzDice
    ) throws(Finding) {
        let after = drawActions(&dice)
        let narrowed: CutDocument
        do {
            narrowed = try Cutter.narrow(
                copy, schema: schema, facts: facts, plan: plan(facts) { node, _ in after[node] ?? .drop },
                now: Self.now,
                pseudonymKey: Self.key)
        } catch {
            throw Finding("a copy of ours cannot be narrowed: \(error.code)")
        }
        try compare(narrowed, marks, exactly: false) { node in
            (before[node] ?? .drop).intersected(with: after[node] ?? .drop)
        }
        _ = try readCopy(narrowed)
        let wide = String(decoding: copy.bytes, as: UTF8.self)
        for (mark, _) in try Marks.places(in: tree(narrowed.bytes)) {
            try claim(wide.contains(mark), "narrowing brought something back")
        }
    }

    /// Every subject has its own actions: nothing to compare with, but it must read as a copy.
    private func cutBySubject(_ persons: [PersonID], _ dice: inout FuzzDice) throws(Finding) {
        var drawn: [FieldOccurrence: FieldAction] = [:]
        for field in facts.fields.keys.sorted(by: { ($0.node, "\($0.subject)") < ($1.node, "\($1.subject)") }) {
            let action = dice.pick(FieldAction.allCases)
            drawn[field] = dice.oneIn(2) ? .keep : schema.allowsTransform(action, at: field.node) ? action : .drop
        }
        let plan = plan(facts) { node, subject in drawn[FieldOccurrence(node: node, subject: subject)] ?? .drop }
        let copy = try cut(plan, persons)
        _ = try readCopy(copy)
    }

    /// The empty plan leaves nothing at all.
    private func cutToNothing(_ persons: [PersonID]) throws(Finding) {
        let copy = try cut(FieldPlan(), persons)
        try claim(copy.isEmpty && copy.bytes == Array("{}".utf8), "a plan that keeps nothing leaves something")
    }

    private func tree(_ bytes: [UInt8]) throws(Finding) -> JSONValue {
        do { return try JSONValue.parse(bytes) } catch { throw Finding("an accepted document is no JSON") }
    }
}

extension [UInt8] {
    /// Whether `"text"` stands exactly so many times in these bytes.
    fileprivate func isText(_ text: String, times: Int) -> Bool {
        let wanted = Array("\"\(text)\"".utf8)
        guard count >= wanted.count else { return false }
        var found = 0
        for start in 0...(count - wanted.count) where self[start..<start + wanted.count].elementsEqual(wanted) {
            found += 1
        }
        return found == times
    }
}
