import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// What a clause makes wait, for the data-protection officers of the deployment.
package struct HoldRegister: Sendable {
    // Bound: deliveries of one page.
    package static let pageMax = 200
    // Bound: what an officer sends, in bytes.
    package static let bodyBytesMax = 1_024

    /// What an officer says of a delivery.
    private enum Word: String { case release, refuse }

    private let house: House
    private let handOver: HandOver

    package init(house: House) {
        self.house = house
        handOver = HandOver(house: house)
    }

    /// Held deliveries, whose wait ends soonest first, `GET /v1/holds`. Ids only; the look is on record first.
    ///
    /// - Parameters:
    ///   - skip: how many to leave out from the front; `limit`: at most ``pageMax``.
    package func holds(for officer: Officer, skip: Int, limit: Int, isJustified: Bool) async -> Reply {
        guard officer.isOfDeployment else { return Self.notYours }
        let all = house.registers.heldDeliveries
        let page = all.dropFirst(max(skip, 0)).prefix(min(max(limit, 1), Self.pageMax))
        do {
            let items = try page.map(json)
            let view = ViewLeaf(
                officer: officer.id, party: officer.party, what: .transfers, count: items.count,
                isJustified: isJustified)
            _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.view(view))]))
            let end = max(skip, 0) + page.count
            return AgencyQueries.json(
                .object([
                    JSONMember("holds", .array(items)), JSONMember("next", end < all.count ? .int(end) : .null),
                ]))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// An officer lets a delivery go or turns it away, `POST /v1/holds/{delivery}`; 204 once that is on record.
    package func decide(_ delivery: DeliveryID, _ body: [UInt8], by officer: Officer) async -> Reply {
        guard officer.isOfDeployment else { return Self.notYours }
        guard let json = try? JSONValue.parse(body, limits: house.settings.json), json.objectValue?.count == 1,
            let word = json["decision"]?.stringValue.flatMap(Word.init(rawValue:))
        else {
            return Reply(
                ProblemCatalogue.problem(
                    "review.malformed", detail: "send an object with `decision`: `release` or `refuse`"))
        }
        let settled =
            switch word {
            case .release: await handOver.settle(delivery, releasedBy: officer.id)
            case .refuse: await handOver.refuse(delivery, by: officer.id)
            }
        switch settled {
        case .released, .ended: return Reply(status: 204)
        case .waits:
            return Reply(
                ProblemCatalogue.problem(
                    "hold.not-for-officer",
                    detail: "it waits for a consent, or for something stopped, unsigned or lapsed to be over"))
        case .gone: return Reply(ProblemCatalogue.problem("delivery.unknown"))
        case .later: return Reply(Intake.problem(for: .unavailable))
        }
    }

    private func json(_ delivery: Delivery) throws -> JSONValue {
        var clause: RuleID?
        let filter = LeafFilter(kind: LeafKind.decision.rawValue, delivery: delivery.id)
        let index = try house.driver.leaves(matching: filter, before: nil, limit: 1).first
        if let index, let entry = try house.driver.entry(at: index),
            case .decision(let leaf) = try Leaf(parsing: entry).body
        {
            clause = leaf.clause
        }
        return .object([
            JSONMember("delivery", .term(delivery.id)), JSONMember("leaf", index.map { .int(Int($0)) } ?? .null),
            JSONMember("message", .term(delivery.message)), JSONMember("name", .term(delivery.messageName)),
            JSONMember("case", .term(delivery.caseID)), JSONMember("sender", .term(delivery.sender)),
            JSONMember("recipient", .term(delivery.recipient)), JSONMember("clause", .term(clause)),
            JSONMember("since", .instant(delivery.created)), JSONMember("until", .instant(delivery.next)),
        ])
    }

    private static var notYours: Reply {
        Reply(
            ProblemCatalogue.problem(
                "officer.not-of-deployment", detail: "what waits is decided by officers of the deployment"))
    }
}
