package import ConcordatTerms

/// Whom a field of a cut copy is about, in terms that outlive the message's own person indexes.
package enum CopySubject: Hashable, Sendable {
    case nobody
    case person(PersonID)
    case role(Role)
}

/// How many times one field about one subject was treated in one way.
package struct AppliedField: Hashable, Sendable {
    /// The data path, `/people/*/name`.
    package let path: String
    package let subject: CopySubject
    /// What was done; a transform that could not read its value, and what fell with its container, is `drop`.
    package let action: FieldAction
    package let count: Int

    package init(path: String, subject: CopySubject, action: FieldAction, count: Int) {
        (self.path, self.subject, self.action, self.count) = (path, subject, action, count)
    }
}

/// One recipient's copy: its bytes, and what it was told is missing or changed.
///
/// The pointers are places in this copy. Each list holds at most ``pointersMax``; what would be more is told by common
/// parents.
package struct CutDocument: Sendable, Equatable {
    /// Compact JSON; `{}` when nothing is left.
    package let bytes: [UInt8]
    /// Dropped and told of.
    package let withheld: [JSONPointer]
    /// Transformed and told of.
    package let masked: [JSONPointer]
    /// Would have been kept, but the sender left it out.
    package let notSupplied: [JSONPointer]
    /// Whether nothing but structure would be left.
    package let isEmpty: Bool
    /// What was done to every field present, sorted by path, subject and action. The silent ones too: this is for the log.
    package let applied: [AppliedField]

    package init(
        bytes: [UInt8], withheld: [JSONPointer], masked: [JSONPointer], notSupplied: [JSONPointer], isEmpty: Bool,
        applied: [AppliedField]
    ) {
        (self.bytes, self.withheld, self.masked, self.notSupplied) = (bytes, withheld, masked, notSupplied)
        (self.isEmpty, self.applied) = (isEmpty, applied)
    }

    // Bound: pointers in each list.
    package static let pointersMax = 1_000
}
