import ConcordatJSON
import ConcordatTerms

/// One streaming pass over the data of a message: checks every value and gathers the facts.
///
/// A person's reference may come after everything said about them, so occurrences are counted by *scope*, and a scope learns
/// its person when the object that holds the reference closes. Roles are joined at the end of the document.
struct MessageWalk {
    /// One open object or array.
    struct Frame {
        let node: Int
        let isArray: Bool
        /// The innermost scope; -1 when there is none.
        let scope: Int32
        /// The frame of the nearest object: its own for an object.
        let object: Int
        /// Members or items so far.
        var count: Int32 = 0
        let seenBase: Int
        let referenceBase: Int
        let pendingBase: Int
        /// The roles that the object states, as bits.
        var roles: UInt64 = 0
    }

    /// A fault of the walk, before it is dressed for the outside.
    struct Fault: Error {
        let kind: PayloadError.Kind
        let offset: Int
        let tokens: [String]
    }

    // Bound: (field, scope) pairs noted in one message, before persons are told apart.
    private static let notesMax = 200_000

    let table: SchemaTable
    private let isCopy: Bool
    private(set) var reader: JSONReader
    private(set) var frames: [Frame] = []
    /// The node of the member whose name was read last.
    private(set) var member = -1
    /// Which members of each open object were met.
    private var seen: [UInt64] = []
    /// The persons that the references of each open object name; -1 until met.
    private var references: [Int32] = []
    /// Scopes that wait for a reference of an open object.
    private var pending: [(scope: Int32, slot: Int32)] = []
    private var scopes: [Int32] = []
    private var persons = PersonTable()
    private var present = OccurrenceTable()
    private var absent = OccurrenceTable()
    private var asked = OccurrenceTable()
    private var factBits: [UInt64]
    private var parties: [String: Set<PartyID>] = [:]
    private var dates = DateFacts()

    private init(table: SchemaTable, limits: JSONLimits, isCopy: Bool) {
        (self.table, self.isCopy) = (table, isCopy)
        reader = JSONReader(limits: limits)
        factBits = Array(repeating: 0, count: (table.factBits + 63) / 64)
        frames.reserveCapacity(16)
    }

    static func facts(
        of document: RawSpan, range: Range<Int>, schema: MessageSchema, limits: JSONLimits, base: JSONPointer,
        isCopy: Bool
    ) throws(PayloadError) -> MessageFacts {
        // One copy of the bytes buys bounds-checked reading of single bytes.
        let bytes = JSONSlice(start: range.lowerBound, end: range.upperBound, hasEscapes: false).bytes(in: document)
        var walk = MessageWalk(table: schema.table, limits: limits, isCopy: isCopy)
        do throws(Fault) {
            try walk.run(bytes.span)
            return try walk.finish(bytes.count)
        } catch {
            throw PayloadError(
                kind: error.kind, position: JSONPosition(offset: range.lowerBound + error.offset, in: document),
                pointer: JSONPointer(tokens: base.tokens + error.tokens))
        }
    }

    private mutating func run(_ text: Span<UInt8>) throws(Fault) {
        while true {
            let event: JSONEvent
            do throws(JSONError) {
                event = try reader.next(in: text.bytes, isComplete: true)
            } catch {
                throw fault(.json(error.kind), error.position.offset)
            }
            switch event {
            case .name(let slice): try name(slice, text)
            case .string(let slice): try string(slice, text)
            case .number(let slice): try number(slice, text)
            case .bool(let value): try bool(value)
            case .null:
                let index = try beginValue(reader.offset - 4)
                guard table.nodes[index].kind == .null else { throw fault(.wrongType, reader.offset - 4) }
            case .beginObject: try open(.object)
            case .beginArray: try open(.array)
            case .endObject: try closeObject()
            case .endArray: try closeArray()
            case .end: return
            case .incomplete: throw fault(.json(.truncated), reader.offset)
            }
        }
    }

    // MARK: structure

    private mutating func name(_ slice: JSONSlice, _ text: Span<UInt8>) throws(Fault) {
        let top = frames.count - 1
        if slice.hasEscapes {
            let name = slice.bytes(in: text.bytes)
            member = table.texts.value(owner: frames[top].node, name.span, 0, name.count)
        } else {
            member = table.texts.value(owner: frames[top].node, text, slice.start, slice.end)
        }
        guard member >= 0 else {
            var fault = fault(.unknownMember, slice.start - 1)
            fault = Fault(kind: fault.kind, offset: fault.offset, tokens: fault.tokens + ["?"])
            throw fault
        }
        let bit = Int(table.nodes[member].bit)
        seen[frames[top].seenBase + bit >> 6] |= 1 << UInt64(bit & 63)
        frames[top].count += 1
    }

    /// The node of the value that begins at `offset`, noted as present.
    private mutating func beginValue(_ offset: Int) throws(Fault) -> Int {
        guard let top = frames.indices.last else { return 0 }
        let index: Int
        if frames[top].isArray {
            frames[top].count += 1
            let array = table.nodes[frames[top].node]
            index = Int(array.item)
            guard isCopy || frames[top].count <= array.countMax else { throw fault(.tooManyItems, offset) }
        } else {
            index = member
        }
        let node = table.nodes[index]
        guard !node.kind.isContainer else { return index }
        var scope = frames[top].scope
        if node.traits.contains(.opensScope) { scope = openScope(node.aboutSlot) }
        if node.isField { present.add(index, node.about == .person ? scope : -1) }
        guard present.count <= Self.notesMax else { throw fault(.tooManyFields, offset) }
        return index
    }

    /// A scope that waits for a reference of the nearest open object.
    private mutating func openScope(_ slot: Int32) -> Int32 {
        let scope = Int32(scopes.count)
        scopes.append(-1)
        pending.append((scope, slot))
        return scope
    }

    private mutating func open(_ kind: SchemaNode.Kind) throws(Fault) {
        let offset = reader.offset - 1
        let index = try beginValue(offset)
        let node = table.nodes[index]
        guard node.kind == kind else { throw fault(.wrongType, offset) }
        var scope = frames.last?.scope ?? -1
        let object = kind == .object ? frames.count : frames[frames.count - 1].object
        if node.traits.contains(.opensScope) {
            if kind == .object {
                scope = Int32(scopes.count)
                scopes.append(-1)
            } else {
                scope = openScope(node.aboutSlot)
            }
        }
        if node.isField { present.add(index, node.about == .person ? scope : -1) }
        frames.append(
            Frame(
                node: index, isArray: kind == .array, scope: scope, object: object, seenBase: seen.count,
                referenceBase: references.count,
                pendingBase: pending.count))
        guard kind == .object else { return }
        for _ in 0..<node.maskWords { seen.append(0) }
        for _ in 0..<node.referenceSlots { references.append(-1) }
    }

    private mutating func closeArray() throws(Fault) {
        let frame = frames[frames.count - 1]
        guard isCopy || frame.count >= table.nodes[frame.node].countMin else {
            throw fault(.tooFewItems, reader.offset - 1)
        }
        frames.removeLast()
    }

    private mutating func closeObject() throws(Fault) {
        let frame = frames[frames.count - 1]
        let node = table.nodes[frame.node]
        let words = node.maskWords
        for word in 0..<words {
            let unmet = ~seen[frame.seenBase + word]
            let missing = table.masks[Int(node.masksStart) + word] & unmet
            if missing != 0, !isCopy {
                throw missingMember(of: frame.node, bit: word << 6 + missing.trailingZeroBitCount)
            }
            var left = table.masks[Int(node.masksStart) + words + word] & unmet
            while left != 0 {
                let child = Int(table.properties[Int(node.propertiesStart) + word << 6 + left.trailingZeroBitCount])
                left &= left - 1
                var scope = frame.scope
                if table.nodes[child].traits.contains(.opensScope) { scope = openScope(table.nodes[child].aboutSlot) }
                absent.add(child, table.nodes[child].about == .person ? scope : -1)
            }
        }
        if !isCopy {
            guard frame.count >= node.countMin else { throw fault(.tooFewMembers, reader.offset - 1) }
            guard frame.count <= node.countMax else { throw fault(.tooManyMembers, reader.offset - 1) }
        }
        guard absent.count <= Self.notesMax else { throw fault(.tooManyFields, reader.offset - 1) }
        try resolveScopes(frame, node)
        seen.removeLast(words)
        references.removeLast(Int(node.referenceSlots))
        frames.removeLast()
    }

    /// The references of the object that closes are known: tells them to every scope that waits for them.
    private mutating func resolveScopes(_ frame: Frame, _ node: SchemaNode) throws(Fault) {
        if node.traits.contains(.opensScope) {
            let person = references[frame.referenceBase + Int(node.aboutSlot)]
            guard person >= 0 else { throw missingReference(of: frame.node, slot: node.aboutSlot) }
            scopes[Int(frame.scope)] = person
            if node.traits.contains(.personObject) {
                let fixed: UInt64 = node.fixedRole >= 0 ? 1 << UInt64(node.fixedRole) : 0
                persons.state(frame.roles | fixed, of: person)
            }
        }
        for index in frame.pendingBase..<pending.count {
            let (scope, slot) = pending[index]
            let person = references[frame.referenceBase + Int(slot)]
            guard person >= 0 else { throw missingReference(of: frame.node, slot: slot) }
            scopes[Int(scope)] = person
        }
        pending.removeLast(pending.count - frame.pendingBase)
    }

    // MARK: scalars

    private mutating func string(_ slice: JSONSlice, _ text: Span<UInt8>) throws(Fault) {
        let offset = slice.start - 1
        let index = try beginValue(offset)
        guard table.nodes[index].kind == .string else { throw fault(.wrongType, offset) }
        if slice.hasEscapes {
            let unescaped = slice.bytes(in: text.bytes)
            try string(index, unescaped.span, 0, unescaped.count, offset)
        } else {
            try string(index, text, slice.start, slice.end, offset)
        }
    }

    private mutating func string(
        _ index: Int, _ text: Span<UInt8>, _ start: Int, _ end: Int, _ offset: Int
    ) throws(Fault) {
        let node = table.nodes[index]
        var place = -1
        if node.traits.contains(.hasEnum) { place = table.texts.value(owner: index, text, start, end) }
        if !isCopy, let problem = table.problem(of: index, place, text, start, end) { throw fault(problem, offset) }
        if place >= 0 {
            if node.traits.contains(.roleValue) {
                let role = table.enumRoles[Int(node.enumRoles) + place]
                frames[frames[frames.count - 1].object].roles |= 1 << UInt64(role)
            }
            if node.requests >= 0 { noteAsked(index, place) }
            if node.fact >= 0 { noteFact(table.facts[Int(node.fact)].firstBit + place) }
        }
        if node.fact >= 0, node.format == .date {
            // The scope of the value itself was the last to open, if it opens one.
            let opens = node.traits.contains(.opensScope)
            let scope = opens ? Int32(scopes.count - 1) : frames[frames.count - 1].scope
            dates.note(text, start, end, fact: Int(node.fact), scope: node.about == .person ? scope : -1)
        }
        if node.traits.contains(.reference) {
            guard table.isIdentifier(text, start, end) else { throw fault(.personReference, offset) }
            guard let person = persons.index(of: text, start, end) else { throw fault(.tooManyPersons, offset) }
            let object = frames[frames[frames.count - 1].object]
            references[object.referenceBase + Int(node.referenceSlot)] = person
            scopes.append(person)
        }
        if node.traits.contains(.party) { try noteParty(index, text, start, end, offset) }
    }

    private mutating func number(_ slice: JSONSlice, _ text: Span<UInt8>) throws(Fault) {
        let index = try beginValue(slice.start)
        let node = table.nodes[index]
        guard node.kind == .number || node.kind == .integer else { throw fault(.wrongType, slice.start) }
        let value = JSONDecimal(slice, in: text.bytes)
        guard node.kind == .number || value.isInteger else { throw fault(.wrongType, slice.start) }
        if !isCopy, let problem = table.numbers[Int(node.numbers)].problem(of: value) {
            throw fault(problem, slice.start)
        }
        if node.fact >= 0, let whole = value.intValue {
            let fact = table.facts[Int(node.fact)]
            let (place, overflow) = whole.subtractingReportingOverflow(fact.lowest)
            if !overflow, fact.texts.indices.contains(place) { noteFact(fact.firstBit + place) }
        }
    }

    private mutating func bool(_ value: Bool) throws(Fault) {
        let offset = reader.offset - (value ? 4 : 5)
        let index = try beginValue(offset)
        let node = table.nodes[index]
        guard node.kind == .boolean else { throw fault(.wrongType, offset) }
        guard isCopy || node.booleans & (value ? 2 : 1) != 0 else { throw fault(.notInEnum, offset) }
        if node.fact >= 0 { noteFact(table.facts[Int(node.fact)].firstBit + (value ? 1 : 0)) }
    }

    private mutating func noteFact(_ bit: Int) { factBits[bit >> 6] |= 1 << UInt64(bit & 63) }

    private mutating func noteAsked(_ index: Int, _ place: Int) {
        // The scope of the value itself was the last to open, if it opens one.
        let opens = table.nodes[index].traits.contains(.opensScope)
        let scope = opens ? Int32(scopes.count - 1) : frames[frames.count - 1].scope
        asked.add(index * SchemaTable.requestCodesMax + place, table.nodes[index].about == .person ? scope : -1)
    }

    private mutating func noteParty(
        _ index: Int, _ text: Span<UInt8>, _ start: Int, _ end: Int, _ offset: Int
    ) throws(Fault) {
        guard table.isIdentifier(text, start, end) else {
            // A copy may hold a pseudonym or nothing that names a party.
            if isCopy { return }
            throw fault(.partyReference, offset)
        }
        var bytes: [UInt8] = []
        for place in start..<end { bytes.append(text[place]) }
        if let party = PartyID(String(decoding: bytes, as: UTF8.self)) {
            parties[table.paths[index], default: []].insert(party)
        }
    }

    // MARK: the end

    private func finish(_ end: Int) throws(Fault) -> MessageFacts {
        var facts = MessageFacts(persons: persons.stated(table.roles))
        facts.fields.reserveCapacity(present.count)
        present.forEach { index, scope, count in
            let field = FieldOccurrence(node: NodeIndex(index), subject: subject(of: index, scope))
            facts.fields[field, default: 0] += count
        }
        facts.absent.reserveCapacity(absent.count)
        absent.forEach { index, scope, _ in
            facts.absent.insert(FieldOccurrence(node: NodeIndex(index), subject: subject(of: index, scope)))
        }
        asked.forEach { pair, scope, _ in
            let index = pair / SchemaTable.requestCodesMax
            let category = table.requests[Int(table.nodes[index].requests)][pair % SchemaTable.requestCodesMax]
            facts.asked.insert(AskedItem(category: category, subject: subject(of: index, scope)))
        }
        for fact in table.facts {
            for (place, value) in fact.texts.enumerated() {
                let bit = fact.firstBit + place
                if factBits[bit >> 6] >> UInt64(bit & 63) & 1 == 1 { facts.facts[fact.path, default: []].insert(value) }
            }
        }
        facts.parties = parties
        dates.fill(&facts, table, scopes)
        facts.scopes = scopes.map { .person(Int($0)) }
        guard facts.fields.count <= MessageReader.fieldsMax, facts.absent.count <= MessageReader.fieldsMax else {
            throw Fault(kind: .tooManyFields, offset: end, tokens: [])
        }
        return facts
    }

    private func subject(of index: Int, _ scope: Int) -> FieldSubject {
        switch table.nodes[index].about {
        case .nobody: .nobody
        case .role: .role(table.roles[Int(table.nodes[index].aboutRole)])
        case .person: .person(Int(scopes[scope]))
        }
    }
}
