/// The order of keys in what has a number: rules, routes, clauses, guarantees, obligations, expectations.
enum KeyOrder {
    private static let clause = [
        "id", "title", "grounds", "permit", "prohibit", "refuse", "hold", "until", "at-most", "then", "never",
        "marking",
        "onward", "categories", "as", "about", "after", "messages", "from", "from-capacity", "to", "to-capacity",
        "speciality", "for", "except", "consent", "consent-of", "consent-kind", "kinds-of-consent", "recorded-by",
        "never-by",
        "told-right-to-withdraw", "when", "owed-by", "answered-by", "within", "remind", "yields-to", "silent", "tell",
    ]

    /// The members in their order: keys with a place first, all others after them as they stood.
    static func sorted(_ members: [YAMLNode.Member]) -> [YAMLNode.Member] {
        guard members.contains(where: { $0.key.value == "id" }) else { return members }
        let ranked = members.enumerated().map { place, member in
            (rank: clause.firstIndex(of: member.key.value) ?? clause.count, place: place, member: member)
        }
        return ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map(\.member)
    }
}
