import ConcordatDecision
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// Stops a party, a message or a category at once, by one admin; lets it go on again, by two.
package struct EmergencyStops: Sendable {
    private let house: House
    private var work: AdminWork { AdminWork(house: house) }

    package init(house: House) { self.house = house }

    /// What is stopped, for what a second admin is waited for, and how many deliveries wait for each to go on,
    /// `GET /v1/admin/stops`. Of a category none does: what goes goes without it.
    package func list() -> Reply {
        let standing = house.registers.standing
        let rows = standing.stopped.map { object -> JSONValue in
            let row = Self.json(object, askedBy: standing.resuming[object])
            return .object((row.objectValue ?? []) + [JSONMember("waiting", .int(waiting(for: object)))])
        }
        return AgencyQueries.json(.object([JSONMember("stopped", .array(rows))]))
    }

    private func waiting(for object: Stoppable) -> Int {
        switch object {
        case .party(let party):
            house.registers.unfinished { $0.recipient == party || $0.sender == party && !$0.breaksGlass }
        case .message(let name): house.registers.unfinished { $0.messageName == name }
        case .category: 0
        }
    }

    /// Stops it at once. What is stopped already stays stopped, and a wait for a second admin to resume it is over.
    ///
    /// What was judged before and is not written yet comes back and is judged again.
    package func stop(_ object: Stoppable, by admin: OfficerID) async -> Reply {
        await work.run { footing, now in
            guard Self.isKnown(object, footing) else { throw AdminWork.Refused("stop.unknown") }
            var standing = footing.standing
            let before = standing.isStopped(object) ? "stopped" : "running"
            standing.set(object, isStopped: true)
            return AdminWork.Act(
                leaves: [
                    work.leaf(
                        .stop(object.kind), object.name, by: admin, from: before, to: "stopped", at: now,
                        under: footing.text)
                ],
                standing: standing, reply: AgencyQueries.json(Self.json(object, askedBy: nil)))
        }
    }

    /// Asks for it to go on, or, from a second admin, lets it.
    package func resume(_ object: Stoppable, by admin: OfficerID) async -> Reply {
        let reply = await work.run { footing, now in
            guard footing.standing.isStopped(object) else { throw AdminWork.Refused("stop.unknown") }
            let first = footing.standing.resuming[object]
            guard first != admin else {
                throw AdminWork.Refused("admin.same-person", detail: "a second admin must confirm what you asked for")
            }
            var standing = footing.standing
            let isConfirmed = first != nil
            if isConfirmed { standing.set(object, isStopped: false) } else { standing.resuming[object] = admin }
            let leaf = work.leaf(
                .resume(object.kind), object.name, by: admin, from: isConfirmed ? "resuming" : "stopped",
                to: isConfirmed ? "running" : "resuming", at: now, under: footing.text)
            return AdminWork.Act(
                leaves: [leaf], standing: standing,
                reply: AgencyQueries.json(
                    Self.json(object, askedBy: admin, isStopped: !isConfirmed), status: isConfirmed ? 200 : 202))
        }
        // Everyone who waits for what it held back looks again.
        if reply.status == 200 { house.bell.ringAll() }
        return reply
    }

    /// What nobody knows is not stopped: a slip of the pen would look like a stop that holds.
    private static func isKnown(_ object: Stoppable, _ footing: Footing) -> Bool {
        guard footing.text.lack == nil else { return true }
        let texts = [footing.text.text] + (footing.text.beside.map { [$0.opened.text] } ?? [])
        return texts.contains { text in
            switch object {
            case .party(let id): text.parties[id] != nil
            case .message(let id): text.messages[id] != nil
            case .category(let id): text.categories.keys.contains(id)
            }
        }
    }

    private static func json(_ object: Stoppable, askedBy officer: OfficerID?, isStopped: Bool = true) -> JSONValue {
        let state = isStopped ? (officer == nil ? "stopped" : "resuming") : "running"
        return .object([
            JSONMember("kind", .string(object.kind.rawValue)), JSONMember("name", .string(object.name)),
            JSONMember("state", .string(state)),
            JSONMember("resume-asked-by", isStopped ? .term(officer) : .null),
        ])
    }
}
