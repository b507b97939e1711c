import ConcordatTerms

/// What one field about one subject gets, laid out from the plan as one byte each, and how often it was done.
struct Treatments {
    /// The action of one field, as far as one document is concerned.
    struct Treatment {
        let action: FieldAction
        /// Whether nobody is told.
        let isSilent: Bool
        /// Whether the copy at hand already holds the transformed value.
        let isDone: Bool

        fileprivate init(_ code: UInt8) {
            action =
                switch code & 7 {
                case 1: .keep
                case 2: .year
                case 3: .ageBand
                case 4: .outwardCode
                case 5: .initials
                case 6: .pseudonym
                default: .drop
                }
            isSilent = code & 16 != 0
            isDone = code & 32 != 0
        }

        fileprivate static func code(_ action: FieldAction, isSilent: Bool, isDone: Bool) -> UInt8 {
            let number: UInt8 =
                switch action {
                case .drop: 0
                case .keep: 1
                case .year: 2
                case .ageBand: 3
                case .outwardCode: 4
                case .initials: 5
                case .pseudonym: 6
                }
            return number | (isSilent ? 16 : 0) | (isDone ? 32 : 0)
        }
    }

    private let table: SchemaTable
    private let persons: [PersonID]
    /// Slots a node can have: nobody, each role, each person.
    private let width: Int
    private var codes: [UInt8]
    private var done: [Int32]
    private var dropped: [Int32]

    struct PriorField: Hashable {
        let path: String
        let subject: CopySubject
    }

    init(table: SchemaTable, plan: FieldPlan, persons: [PersonID], prior: [PriorField: Set<FieldAction>]) {
        (self.table, self.persons) = (table, persons)
        width = 1 + table.roles.count + persons.count
        codes = Array(repeating: 0, count: table.nodes.count * width)
        done = Array(repeating: 0, count: codes.count)
        dropped = done
        // What the plan does not name is dropped, and told of.
        plan.forEach { entry in
            guard let pair = pair(entry.field) else { return }
            codes[pair] = Treatment.code(entry.action, isSilent: entry.isSilent, isDone: false)
        }
        for (field, earlier) in prior { join(earlier, field) }
    }

    /// What is already in another form cannot be brought back, nor made into a third.
    ///
    /// Two references of a sender may be one person: then a copy can hold the field in several forms. Nobody can tell which
    /// value is in which, so only a plan that keeps the field whole leaves it.
    private mutating func join(_ earlier: Set<FieldAction>, _ field: PriorField) {
        guard let node = table.nodesByPath[field.path] else { return }
        let subject: FieldSubject
        switch field.subject {
        case .nobody: subject = .nobody
        case .role(let role): subject = .role(role)
        case .person(let id):
            guard let person = persons.firstIndex(of: id) else { return }
            subject = .person(person)
        }
        guard let pair = pair(FieldOccurrence(node: node, subject: subject)) else { return }
        let planned = Treatment(codes[pair])
        guard earlier.count == 1, let form = earlier.first else {
            let action = planned.action == .keep ? FieldAction.keep : .drop
            codes[pair] = Treatment.code(action, isSilent: planned.isSilent, isDone: false)
            return
        }
        let stays = planned.action == .keep || planned.action == form
        codes[pair] = Treatment.code(stays ? form : .drop, isSilent: planned.isSilent, isDone: stays)
    }

    /// The number of a pair that a plan names; nil when this schema and message have no such pair.
    private func pair(_ field: FieldOccurrence) -> Int? {
        guard table.nodes.indices.contains(field.node.value) else { return nil }
        let base = field.node.value * width
        switch field.subject {
        case .nobody: return base
        case .role(let role): return table.roles.firstIndex(of: role).map { base + 1 + $0 }
        case .person(let person):
            return persons.indices.contains(person) ? base + 1 + table.roles.count + person : nil
        }
    }

    /// The number of a (node, subject) pair; `person` is that of the scope and counts only if the node is about one.
    @inline(__always)
    func pair(_ index: Int, _ node: SchemaNode, person: Int32) -> Int {
        switch node.about {
        case .nobody: index * width
        case .role: index * width + 1 + Int(node.aboutRole)
        case .person: index * width + 1 + table.roles.count + Int(person)
        }
    }

    @inline(__always)
    func treatment(of pair: Int) -> Treatment { Treatment(codes[pair]) }

    @inline(__always)
    mutating func countDone(_ pair: Int) { done[pair] += 1 }
    @inline(__always)
    mutating func countDropped(_ pair: Int) { dropped[pair] += 1 }

    private func copySubject(_ slot: Int) -> CopySubject {
        if slot == 0 { return .nobody }
        if slot <= table.roles.count { return .role(table.roles[slot - 1]) }
        return .person(persons[slot - 1 - table.roles.count])
    }

    /// What was done, in the order of paths, then nobody, roles, persons.
    func applied() -> [AppliedField] {
        var out: [AppliedField] = []
        for index in table.pathOrder where table.nodes[index].isField {
            for slot in 0..<width {
                let pair = index * width + slot
                guard done[pair] > 0 || dropped[pair] > 0 else { continue }
                let subject = copySubject(slot)
                if done[pair] > 0 {
                    let action = table.nodes[index].kind.isContainer ? .keep : Treatment(codes[pair]).action
                    out.append(
                        AppliedField(path: table.paths[index], subject: subject, action: action, count: Int(done[pair]))
                    )
                }
                if dropped[pair] > 0 {
                    out.append(
                        AppliedField(
                            path: table.paths[index], subject: subject, action: .drop, count: Int(dropped[pair])))
                }
            }
        }
        return out
    }
}
