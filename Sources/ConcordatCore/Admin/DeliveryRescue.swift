import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// What an admin may do with deliveries that are parked: have them tried once more, or give them up. Ids only; no admin
/// sees what is in them.
package struct DeliveryRescue: Sendable {
    // Bound: deliveries on one page.
    private static let pageMax = 200

    private let house: House

    package init(house: House) { self.house = house }

    /// Parked deliveries, oldest first, `GET /v1/admin/deliveries`.
    package func list() -> Reply {
        do {
            let parked = try house.driver.deliveries(in: [.parked], limit: Self.pageMax)
            return AgencyQueries.json(.object([JSONMember("deliveries", .array(parked.map(Self.json)))]))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// Puts it back in its line; a push that fails once more parks it again.
    package func retry(_ id: DeliveryID, by admin: OfficerID) async -> Reply {
        await move(id, by: admin, act: .retry, to: .waiting, copy: .keep)
    }

    /// Gives it up: its copy is destroyed, and the log says by whom.
    package func discard(_ id: DeliveryID, by admin: OfficerID) async -> Reply {
        await move(id, by: admin, act: .discard, to: .withdrawn, copy: .destroy)
    }

    private func move(
        _ id: DeliveryID, by admin: OfficerID, act: AdminAct, to state: DeliveryState, copy: LedgerChange.CopyChange
    ) async -> Reply {
        guard let delivery = house.registers.delivery(id), delivery.state == .parked else {
            return Reply(ProblemCatalogue.problem("delivery.unknown", detail: "no parked delivery has this id"))
        }
        let now = house.now()
        let shown = state == .withdrawn ? "discarded" : state.rawValue
        var leaves = [
            AdminWork(house: house).leaf(
                act, id.rawValue, by: admin, from: delivery.state.rawValue, to: shown, at: now)
        ]
        if state.isFinished {
            leaves.append(house.leaf(.deliveryEnd(DeliveryEndLeaf(delivery: id, end: .discarded)), at: now))
        }
        do throws(LedgerFault) {
            _ = try await house.ledger.commit(
                LedgerRecord(
                    guards: [.delivery(id, .parked, attempts: delivery.attempts)], leaves: leaves,
                    changes: [.moveDelivery(id, to: state, attempts: delivery.attempts, next: now, copy: copy)]))
        } catch {
            return Reply(Intake.problem(for: error))
        }
        house.bell.ring(delivery.recipient)
        return AgencyQueries.json(.object([JSONMember("delivery", .term(id)), JSONMember("state", .string(shown))]))
    }

    private static func json(_ delivery: Delivery) -> JSONValue {
        .object([
            JSONMember("delivery", .term(delivery.id)), JSONMember("message", .term(delivery.message)),
            JSONMember("name", .term(delivery.messageName)), JSONMember("sender", .term(delivery.sender)),
            JSONMember("recipient", .term(delivery.recipient)), JSONMember("case", .term(delivery.caseID)),
            JSONMember("attempts", .int(delivery.attempts)), JSONMember("created", .instant(delivery.created)),
            JSONMember("expires", .instant(delivery.expires)),
        ])
    }
}
