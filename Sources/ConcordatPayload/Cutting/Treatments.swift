import ConcordatTerms

/// What one field about one subject gets, looked up in the plan once and kept as a byte, and how often it was done.
struct Treatments {
    /// The action of one field, as far as one document is concerned.
    struct Treatment {
        let action: FieldAction
        /// Whether nobody is told.
        let isSilent: Bool
        /// Whether the copy at hand already holds the transformed value.
        let isDone: Bool

        fileprivate init(_ code: UInt8) {
            action = Treatments.actions[Int(code & 15) - 1]
            isSilent = code & 16 != 0
            isDone = code & 32 != 0
        }

        fileprivate static func code(_ action: FieldAction, isSilent: Bool, isDone: Bool) -> UInt8 {
            UInt8(Treatments.actions.firstIndex(of: action)! + 1) | (isSilent ? 16 : 0) | (isDone ? 32 : 0)
        }
    }

    private static let actions = FieldAction.allCases

    private let table: SchemaTable
    private let plan: FieldPlan
    private let persons: [PersonID]
    /// What was done before, when the document is a copy of ours.
    private let prior: [PriorField: FieldAction]
    /// Slots a node can have: nobody, each role, each person.
    private let width: Int
    private var codes: [UInt8]
    private var done: [Int32]
    private var dropped: [Int32]

    struct PriorField: Hashable {
        let path: String
        let subject: CopySubject
    }

    init(table: SchemaTable, plan: FieldPlan, persons: [PersonID], prior: [PriorField: FieldAction]) {
        (self.table, self.plan, self.persons, self.prior) = (table, plan, persons, prior)
        width = 1 + table.roles.count + persons.count
        codes = Array(repeating: 0, count: table.nodes.count * width)
        done = Array(repeating: 0, count: codes.count)
        dropped = done
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
    mutating func treatment(of pair: Int) -> Treatment {
        if codes[pair] == 0 { codes[pair] = look(up: pair) }
        return Treatment(codes[pair])
    }

    /// The action of a pair that has been treated before.
    func known(_ pair: Int) -> FieldAction { codes[pair] == 0 ? .drop : Treatment(codes[pair]).action }

    @inline(__always)
    mutating func countDone(_ pair: Int) { done[pair] += 1 }
    @inline(__always)
    mutating func countDropped(_ pair: Int) { dropped[pair] += 1 }

    private func look(up pair: Int) -> UInt8 {
        let index = pair / width
        let slot = pair % width
        let field = FieldOccurrence(node: NodeIndex(index), subject: subject(slot))
        let planned = plan.action(for: field)
        let isSilent = plan.silent.contains(field)
        guard !prior.isEmpty,
            let earlier = prior[PriorField(path: table.paths[index], subject: copySubject(slot))]
        else { return Treatment.code(planned, isSilent: isSilent, isDone: false) }
        // What is already in another form cannot be brought back, nor made into a third.
        let stays = planned == .keep || planned == earlier
        return Treatment.code(stays ? earlier : .drop, isSilent: isSilent, isDone: stays)
    }

    private func subject(_ slot: Int) -> FieldSubject {
        if slot == 0 { return .nobody }
        if slot <= table.roles.count { return .role(table.roles[slot - 1]) }
        return .person(slot - 1 - table.roles.count)
    }

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
                        AppliedField(path: table.paths[index], subject: subject, action: action, count: Int(done[pair])))
                }
                if dropped[pair] > 0 {
                    out.append(
                        AppliedField(path: table.paths[index], subject: subject, action: .drop, count: Int(dropped[pair])))
                }
            }
        }
        return out
    }
}
