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
                let transfer = try await transfer(newest: index, decision, in: leaf, about: pseudonym, before: end)
            else { continue }
            found.holders[decision.recipient, default: []].append(transfer)
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

    /// What of one delivery its recipient has and may not use any more, and was not told of; nil when there is nothing of that
    /// kind, or when the decision is not its newest: with that all of them are looked at, since each may have gone.
    private func transfer(
        newest index: UInt64, _ decision: DecisionLeaf, in leaf: Leaf, about person: Pseudonym, before end: UInt64?
    ) async throws -> RecalledTransfer? {
        guard let id = decision.delivery else { return nil }
        let filter = LeafFilter(kind: LeafKind.decision.rawValue, delivery: id)
        let all = try house.driver.leaves(matching: filter, before: end, limit: Self.pageMax)
        guard all.first == index else { return nil }
        var whole = try await transfer(of: decision, in: leaf, at: index, until: end, about: person)
        for (older, newer) in zip(all.dropFirst(), all) {
            guard let entry = try house.driver.entry(at: older), let leaf = try? Leaf(parsing: entry),
                case .decision(let decision) = leaf.body,
                let part = try await transfer(of: decision, in: leaf, at: older, until: newer, about: person)
            else { continue }
            whole = whole?.joined(to: part) ?? part
        }
        return whole.flatMap(untold)
    }

    /// The same of one decision, for the hand-overs between it and the leaf `next`.
    private func transfer(
        of decision: DecisionLeaf, in leaf: Leaf, at index: UInt64, until next: UInt64?, about person: Pseudonym
    ) async throws -> RecalledTransfer? {
        guard decision.mayHaveGone, let id = decision.delivery,
            let handed = try handedOver(id, after: index, before: next)
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

    /// Nil when it was not handed over between these leaves.
    private func handedOver(_ id: DeliveryID, after decision: UInt64, before end: UInt64?) throws -> Handed? {
        let filter = LeafFilter(kind: LeafKind.handOver.rawValue, delivery: id)
        var handed: Handed?
        for index in try house.driver.leaves(matching: filter, before: end, limit: Self.pageMax) {
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

    /// What its recipient was not told of already for this person; what somebody has agreed to since is told of again.
    private func untold(_ transfer: RecalledTransfer) -> RecalledTransfer? {
        var result = transfer
        for notice in record.notices where notice.about == pending.person {
            guard let told = notice.items(of: transfer.delivery), isLast(notice) else { continue }
            guard !told.isEmpty else { return nil }
            // Where all of it is meant, all of it is told.
            guard !transfer.items.isEmpty else { continue }
            result.items.removeAll(where: told.contains)
            if result.items.isEmpty { return nil }
        }
        return result
    }

    /// Whether nobody has agreed to anything since the notice.
    private func isLast(_ notice: Notice) -> Bool {
        !record.consents.contains { consent in
            consent.fact.person == pending.person && consent.fact.purpose == pending.purpose
                && consent.events.contains { $0.state.allows && $0.at > notice.at }
        }
    }
}

extension RecalledTransfer {
    /// What two decisions of one delivery let go one after the other: its recipient may have both.
    fileprivate func joined(to other: RecalledTransfer) -> RecalledTransfer {
        var result = self
        let both = Set(items).union(other.items)
        let isWhole = items.isEmpty || other.items.isEmpty || both.count > Self.itemsMax
        result.items = isWhole ? [] : both.sorted()
        return result
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
