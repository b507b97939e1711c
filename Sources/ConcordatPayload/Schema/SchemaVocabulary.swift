package import ConcordatTerms

/// The words a protocol declares, which its message schemas may use.
package struct SchemaVocabulary: Sendable {
    /// Categories that `x-category` and `x-requests` may name.
    package var categories: Set<Category>
    /// Roles that `x-role` and `x-about` may name; at most ``rolesMax``.
    package var roles: Set<Role>
    /// The codes of each code list that `x-codelist` may name, by file stem.
    package var codelists: [String: Set<String>]

    /// The words of one protocol.
    package init(categories: Set<Category>, roles: Set<Role>, codelists: [String: Set<String>] = [:]) {
        (self.categories, self.roles, self.codelists) = (categories, roles, codelists)
    }

    // Bound: role sets are kept as the bits of one word on the way of a message.
    package static let rolesMax = 64
}
