import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// The sets of roles that a judgement can meet for a field: what its message states together with what the case remembers.
///
/// A message always states one role of some people, and of others it may state none: then all that is known of them may
/// come from the case, which remembers roles of earlier texts too.
struct RoleSets {
    /// Stands for any role that this text does not declare: a case begun under an earlier one may remember it.
    static let undeclared = CompiledRule.Subject.role(Role(unchecked: "a role this text does not declare"))

    private let declared: [CompiledRule.Subject]

    init(roles: Set<Role>) { declared = roles.sorted().map { .role($0) } }

    /// Every set of one or two for a field, those of one first.
    func sets(of field: FieldClass) -> [[CompiledRule.Subject]] {
        switch field.about {
        case .nobody: return [[.nobody]]
        case .role(let role): return [[.role(role)]]
        case .person(let stated):
            let all = declared + [Self.undeclared]
            let first = field.statesRole ? stated.sorted().map { .role($0) } : all
            let others = all.filter { !first.contains($0) }
            var sets = first.map { [$0] }
            for (place, one) in first.enumerated() {
                for other in first[(place + 1)...] + others { sets.append([one, other]) }
            }
            return sets
        }
    }

    /// The subjects about whom nothing passes whatever the facts: no permit covers them, or a prohibition always holds.
    func closedSubjects(_ rules: [CompiledRule]) -> Set<CompiledRule.Subject> {
        Set(
            ([.nobody, Self.undeclared] + declared).filter { subject in
                let covering = rules.filter { $0.covers(subject) }
                return !covering.contains(where: \.isPermit)
                    || covering.contains { $0.isStopping && $0.isUnconditional }
            })
    }
}

extension CompiledRule {
    /// Whether a field that it covers is stopped when it applies.
    var isStopping: Bool {
        switch effect {
        case .prohibit, .refuseMessage: true
        case .permit, .hold: false
        }
    }
}
