import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatWire

/// Puts acts of admins on record, one after the other: each moves the epoch of the standing, so two admins who act at once
/// never act on the same state, and whatever was judged before is judged again.
struct AdminWork: Sendable {
    let house: House

    /// What an act changes, worked out over the footing of the moment.
    struct Act {
        var leaves: [Leaf]
        var changes: [LedgerChange] = []
        /// The standing after it; its epoch is set by ``AdminWork``.
        var standing: Standing
        /// The answer once it is durable.
        var reply: Reply
    }

    /// An act that is refused.
    struct Refused: Error {
        var problem: Problem

        init(_ code: String, detail: String? = nil) { problem = ProblemCatalogue.problem(code, detail: detail) }
    }

    /// Works an act out and makes it durable; when something moved meanwhile, works it out again.
    func run(_ work: (Footing, UTCInstant) async throws -> Act) async -> Reply {
        // Bound: times an act is worked out again because another came between.
        for _ in 0..<house.settings.judgementsMax {
            let footing = house.registers.footing
            do {
                var act = try await work(footing, house.now())
                act.standing.epoch = footing.standing.epoch + 1
                _ = try await house.ledger.commit(
                    LedgerRecord(
                        guards: [.standing(footing.standing.epoch)], leaves: act.leaves,
                        changes: act.changes + [.putStanding(act.standing)]))
                return act.reply
            } catch LedgerFault.stale {
                continue
            } catch let fault as LedgerFault {
                return Reply(Intake.problem(for: fault))
            } catch let refused as Refused {
                return Reply(refused.problem)
            } catch {
                return Reply(ProblemCatalogue.problem("internal"))
            }
        }
        return Reply(Intake.problem(for: .busy))
    }

    /// The leaf of an act.
    func leaf(
        _ act: AdminAct, _ object: String, by officer: OfficerID?, from: String? = nil, to: String? = nil,
        at now: UTCInstant, under text: TextInForce? = nil
    ) -> Leaf {
        house.leaf(
            .admin(
                AdminLeaf(
                    who: officer, act: act.code, object: LeafToken(object) ?? "unnamed",
                    from: from.flatMap { LeafToken($0) }, to: to.flatMap { LeafToken($0) })), at: now, under: text)
    }
}
