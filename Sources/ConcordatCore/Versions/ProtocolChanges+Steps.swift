import ConcordatDecision
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire
import Logging

extension ProtocolChanges {
    /// A second admin approves what another proposed.
    package func approve(_ id: VersionID, by admin: OfficerID) async -> Reply {
        await step(id, to: .approved, act: .approve, by: admin) { version throws(AdminWork.Refused) in
            guard version.state == .proposed else { throw Self.notNow(version) }
            guard version.proposer != admin else {
                throw AdminWork.Refused("admin.same-person", detail: "another admin must approve what you proposed")
            }
        }
    }

    /// Turns a proposal down, approved and scheduled ones too; its text is kept.
    package func reject(_ id: VersionID, by admin: OfficerID) async -> Reply {
        await step(id, to: .rejected, act: .reject, by: admin) { version throws(AdminWork.Refused) in
            switch version.state {
            case .proposed, .approved, .scheduled: break
            case .active, .superseded, .rolledBack, .rejected: throw Self.notNow(version)
            }
        }
    }

    /// Puts an approved version in force, now or at a set time.
    ///
    /// - Parameters:
    ///   - start: when; nil means now. A time that has passed is refused.
    ///   - beside: how long messages that only the version before knows are still taken; they are judged by that one, and
    ///     this one can only take away from them. Nil: a time that was stated before stands, since senders count on it; zero
    ///     ends it, and any other takes its place.
    package func activate(_ id: VersionID, at start: UTCInstant?, beside: Duration?, by admin: OfficerID) async -> Reply
    {
        guard (beside ?? .zero) >= .zero, (beside ?? .zero) <= Self.besideMax else {
            return Reply(ProblemCatalogue.problem("admin.malformed", detail: "`beside` is at most 366 days"))
        }
        return await work.run { footing, now in
            guard var version = house.registers.version(id) else { throw AdminWork.Refused("version.unknown") }
            guard version.state == .approved || version.state == .scheduled else { throw Self.notNow(version) }
            // A slip in the date would put it in force at once.
            if let start, start < now - Self.lateMax {
                throw AdminWork.Refused("admin.malformed", detail: "`at` has passed; leave it out to activate now")
            }
            version.beside = beside
            guard let start, start > now else {
                return try await putInForce(version, over: footing, act: .activate, by: admin, at: now)
            }
            // What could not come into force then is not scheduled.
            let opened = try await open(try files(of: version), of: version, at: start)
            version.from = start
            let next = version.moved(to: .scheduled, by: admin, at: now)
            return AdminWork.Act(
                leaves: leaves(of: next, act: .activate, from: version.state, by: admin, at: now),
                changes: [.putProtocol(next, report: nil)], standing: footing.standing,
                reply: Self.reply(next, signed: opened.text.signed, against: footing.text, status: 202))
        }
    }

    /// Takes the version in force out of force, for the one before it, at once and by one admin.
    ///
    /// That one had been approved by two, and it is opened and checked again. What was accepted under the one that goes is
    /// judged again before it is handed over, as after any change.
    package func rollBack(_ id: VersionID, by admin: OfficerID) async -> Reply {
        await work.run { footing, now in
            guard let version = house.registers.version(id) else { throw AdminWork.Refused("version.unknown") }
            guard version.state == .active, version.id == footing.standing.version else { throw Self.notNow(version) }
            guard var target = version.before.flatMap({ house.registers.version($0) }), target.state == .superseded
            else {
                throw AdminWork.Refused("version.not-now", detail: "there is no version before it to go back to")
            }
            target.beside = nil
            var act = try await putInForce(
                target, over: footing, leaving: .rolledBack, act: .rollBack, by: admin, at: now)
            // Going back twice would be going forward.
            act.changes = act.changes.map { change in
                guard case .putProtocol(var record, let report) = change, record.id == target.id else { return change }
                record.before = target.before
                return .putProtocol(record, report: report)
            }
            return act
        }
    }

    /// Opens what is due soon, so that it comes into force at its time and not seconds later.
    ///
    /// - Returns: how long it is to the next time that is set; nil when none is.
    package func prepareDue() async -> Duration? {
        let now = house.now()
        let waiting = house.registers.versions.values.compactMap { version in
            version.state == .scheduled ? version.from.map { (start: $0, version: version) } : nil
        }.sorted { ($0.start, $0.version.id) < ($1.start, $1.version.id) }
        guard let next = waiting.first else { return nil }
        if now < next.start, next.start - now <= ProtocolShelf.aheadBy {
            await shelf.prepare(next.version, at: next.start, now: now)
        }
        return max(next.start - house.now(), .zero)
    }

    /// Puts in force what is due, and turns down what cannot come into force any more. Called at each time that was set, and
    /// before anything is served.
    package func activateDue() async {
        let now = house.now()
        let due = house.registers.versions.values.filter { $0.state == .scheduled && ($0.from ?? now) <= now }
        for one in due.sorted(by: { ($0.from ?? now, $0.id) < ($1.from ?? now, $1.id) }) {
            let reply = await work.run { footing, now in
                guard let version = house.registers.version(one.id), version.state == .scheduled else {
                    throw AdminWork.Refused("version.not-now")
                }
                return try await putInForce(version, over: footing, act: .activate, by: nil, at: now)
            }
            guard reply.status == 409 else { continue }
            house.logger.error(
                "protocol: a scheduled version could not come into force", metadata: ["version": "\(one.id)"])
            _ = await step(one.id, to: .rejected, act: .reject, by: nil) {
                version throws(AdminWork.Refused) in
                guard version.state == .scheduled else { throw Self.notNow(version) }
            }
        }
    }

    // MARK: what steps share

    private func step(
        _ id: VersionID, to state: ProtocolVersion.State, act: AdminAct, by admin: OfficerID?,
        unless check: (ProtocolVersion) throws(AdminWork.Refused) -> Void
    ) async -> Reply {
        await work.run { footing, now in
            guard let version = house.registers.version(id) else { throw AdminWork.Refused("version.unknown") }
            try check(version)
            let next = version.moved(to: state, by: admin, at: now)
            return AdminWork.Act(
                leaves: leaves(of: next, act: act, from: version.state, by: admin, at: now),
                changes: [.putProtocol(next, report: nil)], standing: footing.standing,
                reply: AgencyQueries.json(next.json))
        }
    }

    /// The act that puts a version in force: it, the one that goes, the standing and the text change in one record.
    private func putInForce(
        _ version: ProtocolVersion, over footing: Footing, leaving: ProtocolVersion.State = .superseded, act: AdminAct,
        by admin: OfficerID?, at now: UTCInstant
    ) async throws -> AdminWork.Act {
        let ahead = shelf.prepared(version, at: now)
        let opened: OpenedProtocol
        if let ahead { opened = ahead } else { opened = try await open(try files(of: version), of: version, at: now) }
        var next = version.moved(to: .active, by: admin, at: now)
        next.from = now
        next.before = footing.standing.version
        var leaves = leaves(of: next, act: act, from: version.state, by: admin, at: now)
        leaves += signOffs(opened, of: next, at: now)
        var changes: [LedgerChange] = []
        var standing = footing.standing
        var beside: TextInForce.Beside?
        if let old = footing.standing.version.flatMap({ house.registers.version($0) }) {
            let gone = old.moved(to: leaving, by: admin, at: now)
            changes.append(.putProtocol(gone, report: nil))
            leaves.append(protocolLeaf(of: gone, at: now))
            beside = stated(version.beside, after: old.id, before: next.id, over: footing, at: now)
        }
        if let beside {
            let until = String(beside.until.description.filter { $0 != ":" })
            leaves.append(
                work.leaf(.beside, beside.version.rawValue, by: admin, from: "taken-until", to: until, at: now))
        }
        changes += [
            .putProtocol(next, report: nil),
            .putInForce(succeeding(footing, opened, version: next.id, beside: beside)),
        ]
        standing.version = next.id
        standing.beside = beside.map { Standing.Beside(version: $0.version, until: $0.until) }
        return AdminWork.Act(
            leaves: leaves, changes: changes, standing: standing,
            reply: Self.reply(next, signed: opened.text.signed, against: footing.text))
    }

    /// The version whose messages are taken beside the next one, and until when.
    private func stated(
        _ span: Duration?, after old: VersionID, before next: VersionID, over footing: Footing, at now: UTCInstant
    ) -> TextInForce.Beside? {
        guard footing.text.lack == nil else { return nil }
        guard let span else {
            guard let running = footing.text.beside, now < running.until, running.version != next else { return nil }
            return running
        }
        return span > .zero
            ? TextInForce.Beside(opened: footing.text.opened, version: old, until: now + span) : nil
    }

    func succeeding(
        _ footing: Footing, _ opened: OpenedProtocol, version: VersionID, beside: TextInForce.Beside?
    ) -> TextInForce {
        TextInForce(opened, version: version, serial: footing.text.serial + 1, beside: beside)
    }

    /// Opens files as they would be in force at `now`. What cannot be is refused with its own code.
    func open(_ files: ProposedFiles, of version: ProtocolVersion, at now: UTCInstant) async throws -> OpenedProtocol {
        let shelf = shelf
        let result = await shelf.apart { () -> Result<OpenedProtocol, ProtocolRefusal> in
            do throws(ProtocolRefusal) {
                return .success(try shelf.begin(files, as: version, at: now))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let opened): return opened
        case .failure(let refusal): throw Self.conflict(refusal)
        }
    }

    func files(of version: ProtocolVersion) throws -> ProposedFiles {
        do { return try shelf.files(of: version) } catch { throw Self.conflict(error) }
    }

    func archives(_ files: ProposedFiles) -> [LedgerChange] {
        [.putArchive(files.text.id, files.text.bytes)]
            + (files.signoff.map { [.putArchive($0.id, $0.bytes)] } ?? [])
    }

    /// The two leaves of a step: who did it to which archive, and what happened to which text.
    func leaves(
        of version: ProtocolVersion, act: AdminAct, from old: ProtocolVersion.State?, by admin: OfficerID?,
        at now: UTCInstant
    ) -> [Leaf] {
        [
            work.leaf(
                act, version.id.rawValue, by: admin, from: old?.rawValue, to: version.state.rawValue, at: now),
            protocolLeaf(of: version, at: now),
        ]
    }

    private func protocolLeaf(of version: ProtocolVersion, at now: UTCInstant) -> Leaf {
        var leaf = house.leaf(
            .protocolChange(
                ProtocolLeaf(
                    name: version.name, version: LeafToken(version.version) ?? "0", event: version.state.event)),
            at: now)
        leaf.protocolDigest = LeafDigest(rawValue: version.digest)
        return leaf
    }

    /// Fixes the signatures that a text comes into force with.
    func signOffs(_ opened: OpenedProtocol, of version: ProtocolVersion, at now: UTCInstant) -> [Leaf] {
        SignOffLeaf.leaves(of: opened.signatures).map { body in
            var leaf = house.leaf(.signOff(body), at: now)
            leaf.protocolDigest = LeafDigest(rawValue: version.digest)
            return leaf
        }
    }

    private static func notNow(_ version: ProtocolVersion) -> AdminWork.Refused {
        AdminWork.Refused("version.not-now", detail: "the version is \(version.state.rawValue)")
    }

    static func conflict(_ refusal: ProtocolRefusal) -> AdminWork.Refused {
        var refused = AdminWork.Refused(
            refusal.code, detail: refusal.findings.isEmpty ? nil : refusal.findings.prefix(50).joined(separator: "\n"))
        refused.problem.status = 409
        return refused
    }
}

extension ProtocolVersion.State {
    /// What the protocol leaf of a step says.
    var event: ProtocolLeaf.Event {
        switch self {
        case .proposed: .proposed
        case .approved: .approved
        case .scheduled: .scheduled
        case .active: .inForce
        case .superseded: .superseded
        case .rolledBack: .rolledBack
        case .rejected: .rejected
        }
    }
}
