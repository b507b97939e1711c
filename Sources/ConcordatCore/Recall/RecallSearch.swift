import ConcordatDecision
import ConcordatLog
import ConcordatPayload
import ConcordatTerms

/// One delivery that its recipient has, and what of it must no longer be used.
struct RecalledTransfer: Sendable {
    let delivery: DeliveryID
    let message: MessageID
    let name: MessageName
    let sender: PartyID
    /// Places in the schema of the message; empty: all of it.
    var items: [String] = []

    // Bound: places named; where there are more, all of it is meant.
    static let itemsMax = 50
}

/// Looks through a case's decisions for what somebody has that was allowed when it was handed over and is not any more.
///
/// The log says who has what: a decision leaf which fields went under which rules, a hand-over leaf that they may have
/// left. Nothing is kept beside it that could say otherwise.
struct RecallSearch: Sendable {
    // Bound: decisions of one look. What is left is looked at in the next.
    static let decisionsMax = 500
    // Bound: events of one case looked through for the one that ended the consent.
    private static let eventsMax = 5_000
    private static let pageMax = 200

    /// What one look found.
    struct Found: Sendable {
        var holders: [PartyID: [RecalledTransfer]] = [:]
        /// The leaf the next look goes on from; nil when there is nothing left.
        var before: UInt64?
    }

    let house: House
    let record: CaseRecord
    let pending: PendingRecall
    let now: UTCInstant
    /// At most ``decisionsMax``.
    var limit = Self.decisionsMax

    /// Looks at the next decisions, newest first.
    func look() async throws -> Found {
        var found = Found()
        guard
            let pseudonym = record.personKeys[pending.person].flatMap({
                Pseudonym(bytes: DerivedKeys.pseudonym(personKey: $0))
            })
        else { return found }
        let end = try endLeaf()
        let filter = LeafFilter(kind: LeafKind.decision.rawValue, caseID: record.id)
        let page = try house.driver.leaves(
            matching: filter, before: pending.before ?? end, limit: limit)
        for index in page {
            guard let entry = try house.driver.entry(at: index), let leaf = try? Leaf(parsing: entry),
                case .decision(let decision) = leaf.body, decision.purpose == pending.purpose,
                let transfer = try await transfer(of: decision, in: leaf, at: index, about: pseudonym, before: end)
            else { continue }
            found.holders[decision.recipient, default: []].add(transfer)
        }
        found.before = page.count == limit ? page.last : nil
        return found
    }

    /// Where the log says that the consent ended. What was handed over behind it was judged without the consent.
    ///
    /// Nil when it was not found among so many: then whatever was handed over counts.
    private func endLeaf() throws -> UInt64? {
        let filter = LeafFilter(kind: LeafKind.consent.rawValue, caseID: record.id)
        var before: UInt64?
        var looked = 0
        while looked < Self.eventsMax {
            let page = try house.driver.leaves(matching: filter, before: before, limit: Self.pageMax)
            for index in page {
                guard let entry = try house.driver.entry(at: index),
                    case .consent(let leaf) = try Leaf(parsing: entry).body
                else { continue }
                if pending.consents.contains(leaf.consent), leaf.event.rawValue == pending.event.rawValue {
                    return index
                }
            }
            looked += page.count
            guard page.count == Self.pageMax, let last = page.last else { return nil }
            before = last
        }
        return nil
    }

    /// What of one decision its recipient has and may not use any more; nil when there is nothing of that kind.
    private func transfer(
        of decision: DecisionLeaf, in leaf: Leaf, at index: UInt64, about person: Pseudonym, before end: UInt64?
    ) async throws -> RecalledTransfer? {
        guard decision.mayHaveGone, let id = decision.delivery, !wasTold(id),
            let handed = try handedOver(id, as: index, before: end)
        else { return nil }
        // Judged under another text when it went, it may rest on consents that the first had not asked for.
        let later = handed.texts.subtracting([leaf.protocolDigest?.rawValue ?? ""])
        guard decision.speaks(of: person) || !later.isEmpty else { return nil }
        var transfer = RecalledTransfer(
            delivery: id, message: decision.message, name: decision.name, sender: decision.sender)
        let digest = leaf.protocolDigest?.rawValue
        var text: CompiledProtocol?
        if let digest { text = await house.shelf.text(digest: digest) }
        guard let text, let message = text.messages[decision.name],
            let kind = (text.parties[decision.recipient] ?? house.inForce.text.parties[decision.recipient])?.kind
        else {
            // Nobody can say any more what it rested on: who has something is rather told too much.
            return transfer
        }
        let reach = RecallReach(
            record: record, pending: pending, text: text, recipient: decision.recipient, kind: kind, handed: handed.at,
            now: now)
        var others: [RecallReach] = []
        for digest in later.sorted() {
            guard let text = await house.shelf.text(digest: digest) else { return transfer }
            others.append(reach.under(text))
        }
        var items: Set<String> = []
        for group in decision.fields where group.count > 0 {
            guard let node = message.schema.node(at: group.path.rawValue) else { continue }
            let category = message.schema.category(of: node)
            // What waited was judged again when it went, and with what it lacked before.
            let isOver =
                group.action != .drop
                ? reach.ended(group, category: category)
                : decision.answer == .hold && group.rules.isEmpty
                    && reach.mayHaveEnded(group, category: category, in: decision.name)
            let isOverLater = others.contains { other in
                !(other.hasSameRules(as: reach, for: group)) && (group.action != .drop || decision.answer == .hold)
                    && other.mayHaveEnded(group, category: category, in: decision.name)
            }
            if isOver || isOverLater { items.insert(group.path.rawValue) }
        }
        guard !items.isEmpty else { return nil }
        if items.count <= RecalledTransfer.itemsMax { transfer.items = items.sorted() }
        return transfer
    }

    /// When the recipient was first handed what one decision let go, and the texts it was judged under whenever it was.
    private struct Handed {
        var at: UTCInstant
        var texts: Set<String> = []
    }

    /// Nil when it was not handed over before the consent ended, or what went then is what a newer decision of the same
    /// delivery says: what was held or narrowed has one.
    private func handedOver(_ id: DeliveryID, as decision: UInt64, before end: UInt64?) throws -> Handed? {
        let decisions = LeafFilter(kind: LeafKind.decision.rawValue, delivery: id)
        let newer = try house.driver.leaves(matching: decisions, before: end, limit: Self.pageMax).last {
            $0 > decision
        }
        let filter = LeafFilter(kind: LeafKind.handOver.rawValue, delivery: id)
        var handed: Handed?
        for index in try house.driver.leaves(matching: filter, before: newer ?? end, limit: Self.pageMax) {
            guard index > decision, let entry = try house.driver.entry(at: index) else { return handed }
            let leaf = try Leaf(parsing: entry)
            var now = handed ?? Handed(at: leaf.time)
            // Newest first: the last one read is the first hand-over.
            now.at = leaf.time
            if let digest = leaf.protocolDigest?.rawValue { now.texts.insert(digest) }
            handed = now
        }
        return handed
    }

    /// Whether its recipient was told already for this person, and nobody has agreed to anything since.
    private func wasTold(_ id: DeliveryID) -> Bool {
        record.notices.contains { notice in
            guard notice.about == pending.person, notice.transfers.contains(id) else { return false }
            return !record.consents.contains { consent in
                consent.fact.person == pending.person && consent.fact.purpose == pending.purpose
                    && consent.events.contains { $0.state.allows && $0.at > notice.at }
            }
        }
    }
}

extension [RecalledTransfer] {
    /// Joins what two decisions of one delivery let go one after the other: its recipient may have both.
    fileprivate mutating func add(_ transfer: RecalledTransfer) {
        guard let place = firstIndex(where: { $0.delivery == transfer.delivery }) else {
            append(transfer)
            return
        }
        let items = Set(self[place].items).union(transfer.items)
        let isWhole = self[place].items.isEmpty || transfer.items.isEmpty || items.count > RecalledTransfer.itemsMax
        self[place].items = isWhole ? [] : items.sorted()
    }
}

extension DecisionLeaf {
    /// Whether there was a copy that could go.
    fileprivate var mayHaveGone: Bool {
        switch answer {
        case .share, .hold: !isDryRun
        case .withhold, .refuse: false
        }
    }

    /// Whether something went that a consent of this person could have decided about.
    fileprivate func speaks(of person: Pseudonym) -> Bool {
        // What waited may rest on consents that nobody had looked at then.
        if case .hold = answer, persons.contains(person) { return true }
        return consents.contains { looked in
            switch looked {
            case .inForce(_, let whose), .notInForce(let whose): whose == person
            }
        }
    }
}
