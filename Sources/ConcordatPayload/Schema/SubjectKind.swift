package import ConcordatTerms

/// Whom a field of a schema can be about, before any message is seen.
package enum SubjectKind: Hashable, Sendable {
    /// About nobody.
    case nobody
    /// About everyone with this role: `x-about` names it.
    case role(Role)
    /// About one person at a time. The roles are those the schema lets the person object state; every role of the
    /// vocabulary when it states none, or when `x-about` points to a reference. The case may know further roles, and where
    /// ``MessageSchema/alwaysStatesRole(of:)`` says no it may know others only.
    case person(roles: Set<Role>)
}

/// What an `x-fact` field can hold, and whether it is always there.
package struct FactDomain: Hashable, Sendable {
    /// The values possible.
    package enum Values: Hashable, Sendable {
        /// One of these strings.
        case strings(Set<String>)
        /// `true` or `false`.
        case boolean
        /// A whole number of this range, as decimal text.
        case integers(ClosedRange<Int>)
        /// Any date, as RFC 3339 text.
        case dates
        /// A date of birth, of which only the age in whole years may be asked.
        case births
    }
    /// The values possible.
    package let values: Values
    /// Whether every valid message holds it exactly once: required all the way down, and in no array.
    package let isAlwaysPresent: Bool
    /// A domain.
    package init(values: Values, isAlwaysPresent: Bool) {
        (self.values, self.isAlwaysPresent) = (values, isAlwaysPresent)
    }
    /// All possible values as a source of a condition gives them, sorted.
    package var texts: [String] {
        switch values {
        case .strings(let set): set.sorted()
        case .boolean: ["false", "true"]
        case .integers(let range): range.map { String($0) }
        case .dates, .births: []
        }
    }
}
