package import ConcordatTerms

/// Something an admin can stop at once.
package enum Stoppable: Sendable, Hashable {
    case party(PartyID)
    case message(MessageName)
    /// A category with every category that lies within it.
    case category(Category)

    /// The kinds, as they stand in addresses and leaves.
    package enum Kind: String, Sendable, CaseIterable { case party, message, category }

    package var kind: Kind {
        switch self {
        case .party: .party
        case .message: .message
        case .category: .category
        }
    }

    package var name: String {
        switch self {
        case .party(let id): id.rawValue
        case .message(let id): id.rawValue
        case .category(let id): id.rawValue
        }
    }

    /// Nil when `name` is not 1 to 64 of `[A-Za-z0-9._-]`.
    package init?(_ kind: Kind, _ name: String) {
        guard IdentifierGrammar.accepts(name) else { return nil }
        self =
            switch kind {
            case .party: .party(PartyID(unchecked: name))
            case .message: .message(MessageName(unchecked: name))
            case .category: .category(Category(unchecked: name))
            }
    }
}

/// Who and what is stopped at the moment, and which version is in force. Stopping takes one admin, resuming two.
package struct Standing: Sendable, Equatable {
    /// The version before the one in force, taken beside it for a time.
    package struct Beside: Sendable, Equatable {
        package let version: VersionID
        package let until: UTCInstant
    }

    /// Moves by one with each change, and with each act of an admin.
    package var epoch: Int
    package var suspended: Set<PartyID>
    package var stoppedMessages: Set<MessageName>
    package var stoppedCategories: Set<Category>
    /// What an admin wants resumed, and who; a second one is waited for.
    package var resuming: [Stoppable: OfficerID]
    /// The version in force; nil before the first.
    package var version: VersionID?
    package var beside: Beside?
    /// The archive of the deployment's own files that were joined to the text when it was opened last; nil when there were none.
    package var own: VersionID?

    package init(
        epoch: Int = 0, suspended: Set<PartyID> = [], stoppedMessages: Set<MessageName> = [],
        stoppedCategories: Set<Category> = []
    ) {
        (self.epoch, self.suspended, self.stoppedMessages) = (epoch, suspended, stoppedMessages)
        (self.stoppedCategories, resuming) = (stoppedCategories, [:])
    }

    /// Everything that is stopped, in one order.
    package var stopped: [Stoppable] {
        suspended.sorted().map { .party($0) } + stoppedMessages.sorted().map { .message($0) }
            + stoppedCategories.sorted().map { .category($0) }
    }

    /// Whether `object` itself is stopped.
    package func isStopped(_ object: Stoppable) -> Bool {
        switch object {
        case .party(let id): suspended.contains(id)
        case .message(let id): stoppedMessages.contains(id)
        case .category(let id): stoppedCategories.contains(id)
        }
    }

    /// Stops or resumes it; a wait for a second admin is over with either.
    mutating func set(_ object: Stoppable, isStopped: Bool) {
        resuming[object] = nil
        switch object {
        case .party(let id): if isStopped { suspended.insert(id) } else { suspended.remove(id) }
        case .message(let id): if isStopped { stoppedMessages.insert(id) } else { stoppedMessages.remove(id) }
        case .category(let id): if isStopped { stoppedCategories.insert(id) } else { stoppedCategories.remove(id) }
        }
    }
}
