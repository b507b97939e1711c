/// What happens to one field on its way to one recipient.
package enum FieldAction: String, Sendable, Hashable, CaseIterable {
    case keep
    case drop
    /// A date becomes its year, `1990`.
    case year
    /// A date of birth becomes an age band at the time of cutting, `25-34`.
    case ageBand = "age-band"
    /// A postcode becomes its outward code, `B15`.
    case outwardCode = "outward-code"
    /// A name becomes its initials, `A.M.L.`.
    case initials
    /// A text becomes a keyed pseudonym that only this recipient sees.
    case pseudonym

    /// Whether the value leaves in another form than it came.
    package var isTransform: Bool { self != .keep && self != .drop }

    /// What is left when each of two roles of one person asks for its own action: permissions intersect.
    ///
    /// Keep yields to anything; two different transforms mean drop.
    package func intersected(with other: FieldAction) -> FieldAction {
        if self == other { return self }
        if self == .keep { return other }
        if other == .keep { return self }
        return .drop
    }
}
