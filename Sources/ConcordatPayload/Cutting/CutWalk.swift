import ConcordatJSON
import ConcordatTerms

/// One walk over a document that writes the copy of one recipient.
///
/// Containers are written before it is known whether anything in them stays; one that stays empty is taken back.
struct CutWalk {
    /// One open object or array.
    private struct Frame {
        let node: Int
        let isArray: Bool
        /// The person of the innermost scope; -1 when there is none.
        let person: Int32
        let pair: Int
        /// Before its name was written.
        let mark: JSONWriter.Mark
        /// Inside something dropped: nothing is written, but scopes are counted on.
        let isDropped: Bool
        /// Its token in the copy, if it stays.
        let token: Int32
        let seenBase: Int
        let withheldBase: Int
        let maskedBase: Int
        let notSuppliedBase: Int
        /// Its place among those told of before, when a copy is narrowed.
        let prior: Int
        /// Made when something inside is told of.
        var place: Int32 = -1
        /// Whether the source holds anything here but structure.
        var hadFields = false
        var keptAny = false
        /// Whether something was dropped here that the recipient is told of.
        var tells = false
        var itemDropped = false
        var itemsRead = 0
        var itemsKept = 0
    }

    private let table: SchemaTable
    private let scopes: [FieldSubject]
    private let persons: [PersonID]
    private let now: UTCInstant
    private let key: [UInt8]
    private var treatments: Treatments
    private var reader: JSONReader
    private var writer: JSONWriter
    private var frames: [Frame] = []
    private var member = -1
    private var memberName = JSONSlice(start: 0, end: 0, hasEscapes: false)
    private var seen: [UInt64] = []
    private var nextScope = 0
    private var places = CutPlaces()
    private var withheld = PlaceList()
    private var masked = PlaceList()
    private var notSupplied = PlaceList()
    private var isEmpty = false
    private let isNarrowing: Bool
    private var prior: PriorPlaces?

    /// The bytes are not those the facts were read from.
    struct Mismatch: Error {
        let kind: PayloadError.Kind
        let offset: Int
    }

    init(
        table: SchemaTable, facts: MessageFacts, plan: FieldPlan, persons: [PersonID], now: UTCInstant, key: [UInt8],
        limits: JSONLimits, capacity: Int, prior: PriorPlaces?
    ) {
        (self.table, scopes, self.persons, self.now, self.key) = (table, facts.scopes, persons, now, key)
        treatments = Treatments(table: table, plan: plan, persons: persons, prior: prior?.transforms ?? [:])
        reader = JSONReader(limits: limits)
        writer = JSONWriter(capacity: capacity)
        self.prior = prior
        isNarrowing = prior != nil
        frames.reserveCapacity(16)
    }

    mutating func run(_ text: Span<UInt8>) throws(Mismatch) -> CutDocument {
        while true {
            let event: JSONEvent
            do throws(JSONError) {
                event = try reader.next(in: text.bytes, isComplete: true)
            } catch {
                throw Mismatch(kind: .json(error.kind), offset: error.position.offset)
            }
            switch event {
            case .name(let slice): try name(slice, text)
            case .string(let slice): try string(slice, text)
            case .number(let slice):
                try scalar(text) { $0.rawNumber(slice, in: $1.bytes) }
            case .bool(let value): try scalar(text) { writer, _ in writer.bool(value) }
            case .null: try scalar(text) { writer, _ in writer.null() }
            case .beginObject, .beginArray: try open(isObject: event == .beginObject, text)
            case .endObject: try closeObject()
            case .endArray: close(frames[frames.count - 1])
            case .end: return finish()
            case .incomplete: throw Mismatch(kind: .json(.truncated), offset: reader.offset)
            }
        }
    }

    private func finish() -> CutDocument {
        var told = (
            withheld: withheld.pointers(places, names: table.names),
            masked: masked.pointers(places, names: table.names),
            notSupplied: notSupplied.pointers(places, names: table.names)
        )
        var applied = treatments.applied()
        if let prior {
            let earlier = prior.moved(places, names: table.names)
            told.withheld = PlaceList.bounded(PriorPlaces.merged(earlier.withheld, told.withheld))
            told.masked = PlaceList.bounded(PriorPlaces.merged(earlier.masked, told.masked))
            told.notSupplied = PlaceList.bounded(earlier.notSupplied)
            applied = prior.joined(applied)
        }
        return CutDocument(
            bytes: isEmpty ? Array("{}".utf8) : writer.bytes, withheld: told.withheld, masked: told.masked,
            notSupplied: told.notSupplied, isEmpty: isEmpty, applied: applied)
    }

    // MARK: values

    private mutating func name(_ slice: JSONSlice, _ text: Span<UInt8>) throws(Mismatch) {
        let top = frames.count - 1
        if slice.hasEscapes {
            let name = slice.bytes(in: text.bytes)
            member = table.texts.value(owner: frames[top].node, name.span, 0, name.count)
        } else {
            member = table.texts.value(owner: frames[top].node, text, slice.start, slice.end)
        }
        guard member >= 0 else { throw Mismatch(kind: .unknownMember, offset: slice.start) }
        memberName = slice
        let bit = Int(table.nodes[member].bit)
        seen[frames[top].seenBase + bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// The node of the value that begins now.
    private mutating func beginValue() -> Int {
        guard let top = frames.indices.last else { return 0 }
        guard frames[top].isArray else { return member }
        frames[top].itemsRead += 1
        return Int(table.nodes[frames[top].node].item)
    }

    /// The person of the next scope, in the order in which pass 1 met them.
    private mutating func takeScope() throws(Mismatch) -> Int32 {
        guard nextScope < scopes.count, case .person(let person) = scopes[nextScope], person < persons.count else {
            throw Mismatch(kind: .personReference, offset: reader.offset)
        }
        nextScope += 1
        return Int32(person)
    }

    /// The token of the value that begins now: its member, or the index it has if it stays.
    private func token(of index: Int) -> Int32 {
        guard let top = frames.indices.last, frames[top].isArray else { return Int32(index) }
        return CutPlaces.item(frames[top].itemsKept)
    }

    private mutating func writeName(_ index: Int, _ text: Span<UInt8>) {
        guard let top = frames.indices.last, !frames[top].isArray else { return }
        if memberName.hasEscapes {
            writer.name(table.names[index])
        } else {
            writer.rawName(memberName, in: text.bytes)
        }
    }

    private mutating func string(_ slice: JSONSlice, _ text: Span<UInt8>) throws(Mismatch) {
        guard let top = frames.indices.last else { throw Mismatch(kind: .wrongType, offset: slice.start) }
        let waiting = frames[top].isArray ? Int(table.nodes[frames[top].node].item) : member
        guard !table.nodes[waiting].traits.contains(.reference) else { return try reference(text) }
        try scalar(text, slice) { $0.rawString(slice, in: $1.bytes) }
    }

    /// A person reference: always the minted id, never what the sender wrote.
    private mutating func reference(_ text: Span<UInt8>) throws(Mismatch) {
        let index = beginValue()
        if table.nodes[index].traits.contains(.opensScope) { _ = try takeScope() }
        let person = try takeScope()
        guard !frames[frames.count - 1].isDropped else { return }
        writeName(index, text)
        writer.string(persons[Int(person)].rawValue)
    }

    private mutating func scalar(
        _ text: Span<UInt8>, _ slice: JSONSlice? = nil, _ write: (inout JSONWriter, Span<UInt8>) -> Void
    ) throws(Mismatch) {
        guard !frames.isEmpty else { throw Mismatch(kind: .wrongType, offset: reader.offset) }
        let index = beginValue()
        let node = table.nodes[index]
        let top = frames.count - 1
        guard !node.kind.isContainer else { throw Mismatch(kind: .wrongType, offset: reader.offset) }
        var person = frames[top].person
        if node.traits.contains(.opensScope) { person = try takeScope() }
        guard node.isField else {
            if !frames[top].isDropped {
                writeName(index, text)
                write(&writer, text)
            }
            return
        }
        frames[top].hadFields = true
        let pair = treatments.pair(index, node, person: person)
        guard !frames[top].isDropped else { treatments.countDropped(pair); return }
        let treatment = treatments.treatment(of: pair)
        let token = token(of: index)
        let priorPlace = visitPrior(index)
        if treatment.action == .keep || treatment.isDone {
            writeName(index, text)
            write(&writer, text)
        } else if treatment.action.isTransform, let slice,
            let changed = Transform.apply(treatment.action, to: slice.bytes(in: text.bytes), now: now, key: key)
        {
            writeName(index, text)
            writer.string(changed)
            if !treatment.isSilent { masked.append(place(token, under: top)) }
        } else {
            treatments.countDropped(pair)
            drop(token, isSilent: treatment.isSilent)
            return
        }
        treatments.countDone(pair)
        stays(token, priorPlace, in: top)
    }

    // MARK: containers

    private mutating func open(isObject: Bool, _ text: Span<UInt8>) throws(Mismatch) {
        let index = beginValue()
        let node = table.nodes[index]
        guard node.kind == (isObject ? .object : .array) else {
            throw Mismatch(kind: .wrongType, offset: reader.offset)
        }
        let top = frames.count - 1
        var person = top >= 0 ? frames[top].person : -1
        if node.traits.contains(.opensScope) { person = try takeScope() }
        var isDropped = top >= 0 && frames[top].isDropped
        let isInside = isDropped
        let token = token(of: index)
        let prior = visitPrior(index)
        let pair = treatments.pair(index, node, person: node.about == .person ? person : 0)
        if top >= 0, !node.traits.contains(.structural) { frames[top].hadFields = true }
        if node.isField {
            if !isInside, treatments.treatment(of: pair).action == .drop {
                isDropped = true
                drop(token, isSilent: treatments.treatment(of: pair).isSilent)
            }
            if isDropped { treatments.countDropped(pair) }
        }
        let mark = writer.mark
        if !isDropped {
            writeName(index, text)
            if isObject { writer.beginObject() } else { writer.beginArray() }
        } else if top < 0 {
            isEmpty = true
        }
        var frame = Frame(
            node: index, isArray: !isObject, person: person, pair: pair, mark: mark, isDropped: isDropped, token: token,
            seenBase: seen.count, withheldBase: withheld.count, maskedBase: masked.count,
            notSuppliedBase: notSupplied.count, prior: prior)
        if top < 0 { frame.place = CutPlaces.root }
        frames.append(frame)
        if isObject { for _ in 0..<node.maskWords { seen.append(0) } }
    }

    private mutating func closeObject() throws(Mismatch) {
        let frame = frames[frames.count - 1]
        let node = table.nodes[frame.node]
        let words = node.maskWords
        let isKept = !frame.isDropped && survives(frame, node)
        for word in 0..<words {
            var left = table.masks[Int(node.masksStart) + words + word] & ~seen[frame.seenBase + word]
            while left != 0 {
                let child = Int(table.properties[Int(node.propertiesStart) + word << 6 + left.trailingZeroBitCount])
                left &= left - 1
                let childNode = table.nodes[child]
                let person = childNode.traits.contains(.opensScope) ? try takeScope() : frame.person
                guard isKept else { continue }
                let treatment = treatments.treatment(of: treatments.pair(child, childNode, person: person))
                guard treatment.action != .drop, !treatment.isSilent else { continue }
                if isNarrowing {
                    prior?.stillAbsent(table.names[child], in: frame.prior)
                } else {
                    notSupplied.append(place(Int32(child), under: frames.count - 1))
                }
            }
        }
        seen.removeLast(words)
        close(frame)
    }

    /// Whether a container that is not dropped has anything left to stand for.
    private func survives(_ frame: Frame, _ node: SchemaNode) -> Bool {
        if frame.keptAny || node.traits.contains(.structural) { return true }
        // A kept field that came empty tells just that; a container without category is only a wrapping.
        return node.isField && !frame.hadFields && treatments.treatment(of: frame.pair).action == .keep
    }

    private mutating func close(_ frame: Frame) {
        let node = table.nodes[frame.node]
        let depth = frames.count - 1
        guard !frame.isDropped else { frames.removeLast(); return }
        guard survives(frame, node) else { return takeBack(frame, node) }
        if node.kind == .object { writer.endObject() } else { writer.endArray() }
        if frame.itemDropped { withheld.append(place(of: depth)) }
        if withheld.overflows(since: frame.withheldBase) {
            withheld.collapse(since: frame.withheldBase, to: place(of: depth))
        }
        if masked.overflows(since: frame.maskedBase) { masked.collapse(since: frame.maskedBase, to: place(of: depth)) }
        if notSupplied.overflows(since: frame.notSuppliedBase) {
            notSupplied.collapse(since: frame.notSuppliedBase, to: place(of: depth))
        }
        if node.isField { treatments.countDone(frame.pair) }
        frames.removeLast()
        guard depth > 0 else { prior?.stays(frame.prior, at: CutPlaces.root); return }
        if !node.traits.contains(.structural) { stays(frame.token, frame.prior, in: depth - 1) }
    }

    /// Nothing is left of a container: takes back its name, its brackets, and what was told of its inside.
    private mutating func takeBack(_ frame: Frame, _ node: SchemaNode) {
        writer.rewind(to: frame.mark)
        withheld.truncate(to: frame.withheldBase)
        masked.truncate(to: frame.maskedBase)
        notSupplied.truncate(to: frame.notSuppliedBase)
        if node.isField { treatments.countDropped(frame.pair) }
        frames.removeLast()
        if frames.isEmpty { isEmpty = true }
        // What was told of its inside before is told of it as a whole now.
        if frame.tells || prior?.tellsWithheld(frame.prior) == true { drop(frame.token, isSilent: false) }
    }

    // MARK: what is told

    /// Something inside the innermost open container is dropped.
    private mutating func drop(_ token: Int32, isSilent: Bool) {
        guard !isSilent else { return }
        let top = frames.count - 1
        guard top >= 0 else { withheld.append(CutPlaces.root); return }
        frames[top].tells = true
        if frames[top].isArray {
            frames[top].itemDropped = true
        } else {
            withheld.append(place(token, under: top))
        }
    }

    /// A value stays in the container at `depth`.
    private mutating func stays(_ token: Int32, _ priorPlace: Int, in depth: Int) {
        frames[depth].keptAny = true
        frames[depth].itemsKept += 1
        if priorPlace >= 0 {
            let now = place(token, under: depth)
            prior?.stays(priorPlace, at: now)
        }
    }

    private mutating func place(_ token: Int32, under depth: Int) -> Int32 {
        places.add(token, in: place(of: depth))
    }

    /// The place of an open container, made with those above it when it is first needed.
    private mutating func place(of depth: Int) -> Int32 {
        var known = depth
        while frames[known].place < 0 { known -= 1 }
        while known < depth {
            frames[known + 1].place = places.add(frames[known + 1].token, in: frames[known].place)
            known += 1
        }
        return frames[depth].place
    }

    /// Where the value that begins now stands among the places told of before; -1 when nobody was told.
    private mutating func visitPrior(_ index: Int) -> Int {
        guard isNarrowing else { return -1 }
        guard let top = frames.indices.last else { return prior?.visitRoot() ?? -1 }
        guard frames[top].prior >= 0 else { return -1 }
        let token = frames[top].isArray ? String(frames[top].itemsRead - 1) : table.names[index]
        return prior?.visit(token, in: frames[top].prior) ?? -1
    }
}
