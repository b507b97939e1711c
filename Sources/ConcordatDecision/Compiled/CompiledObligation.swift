package import ConcordatTerms

/// What a recipient undertakes with what it gets; its copy says so in the envelope.
package struct CompiledObligation: Sendable, Equatable {
    /// Whether the recipient may pass on what it got, strictest first.
    package enum Onward: String, Sendable, Hashable, CaseIterable, Comparable {
        /// To nobody.
        case none
        /// Only after the sender has agreed.
        case askSender = "ask-sender"
        /// As this protocol allows.
        case `protocol`

        package static func < (left: Onward, right: Onward) -> Bool { left.rank < right.rank }

        /// 0 is the strictest.
        private var rank: Int {
            switch self {
            case .none: 0
            case .askSender: 1
            case .protocol: 2
            }
        }
    }

    package var id: RuleID
    package var title: String
    /// A marking that the protocol declares.
    package var marking: String?
    package var onward: Onward?
    /// Applies when something of these categories is shared; nil: of any.
    package var categories: Set<Category>?
    package var about: Set<CompiledRule.Subject>?
    package var messages: Set<MessageName>?
    package var to: Set<PartyKind>?
    package var purposes: Set<PurposeID>?

    package init(
        id: RuleID, title: String, marking: String?, onward: Onward?, categories: Set<Category>?,
        about: Set<CompiledRule.Subject>?, messages: Set<MessageName>?, to: Set<PartyKind>?, purposes: Set<PurposeID>?
    ) {
        (self.id, self.title, self.marking, self.onward) = (id, title, marking, onward)
        (self.categories, self.about, self.messages, self.to) = (categories, about, messages, to)
        self.purposes = purposes
    }
}

/// How long what was received is kept, and from when: `P2Y from case-closed`.
package struct CompiledRetention: Sendable, Equatable, CustomStringConvertible {
    /// ISO 8601: one number of years, months, weeks or days.
    package var time: String
    /// The event it is counted from.
    package var event: String

    package init(time: String, event: String) { (self.time, self.event) = (time, event) }

    /// As the protocol writes it.
    package var description: String { "\(time) from \(event)" }
}

/// What goes with one copy: every obligation that applies, joined to the strictest.
package struct Obligations: Sendable, Equatable {
    /// Sorted.
    package var ids: [RuleID] = []
    package var marking: String?
    package var onward: CompiledObligation.Onward?
    package var keep: CompiledRetention?

    package init() {}
}

extension CompiledProtocol {
    /// What the recipient of a message undertakes.
    ///
    /// - Parameter shared: the categories that reach it, each with whom they are about.
    package func obligations(
        in message: MessageName, to kind: PartyKind, for purpose: PurposeID,
        sharing shared: [(category: Category, subjects: Set<CompiledRule.Subject>)]
    ) -> Obligations {
        var result = Obligations()
        let applying = obligations.filter { duty in
            (duty.messages?.contains(message) ?? true) && (duty.to?.contains(kind) ?? true)
                && (duty.purposes?.contains(purpose) ?? true)
                && shared.contains { field in
                    (duty.categories?.contains(field.category) ?? true)
                        && (duty.about.map { !$0.isDisjoint(with: field.subjects) } ?? true)
                }
        }
        result.ids = applying.map(\.id).sorted()
        result.onward = applying.compactMap(\.onward).min()
        let ranks = applying.compactMap { $0.marking.flatMap { markings.firstIndex(of: $0) } }
        result.marking = ranks.max().map { markings[$0] }
        let keep = messages[message]?.keep ?? [:]
        result.keep = keep[.kind(kind)] ?? keep[.recipients]
        return result
    }
}

/// Whose retention a message's `keep` speaks of.
package enum KeptBy: Hashable, Sendable {
    /// Every recipient that is not named by its kind.
    case recipients
    case kind(PartyKind)
}
