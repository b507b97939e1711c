import ConcordatDecision
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// Changes the protocol while the gateway runs: proposed by one admin, approved by another, in force between two messages.
///
/// Every text that was ever proposed is kept. Each step is on record twice: the admin leaf names the version's archive, the
/// protocol leaf names the text's digest.
package struct ProtocolChanges: Sendable {
    // Bound: how long messages of the version before may be taken beside those of the one in force.
    package static let besideMax: Duration = .seconds(366 * 86_400)
    /// How many days of decisions a proposal is tried on.
    private static let replayDays = 30
    // Bound: findings of a broken text that an answer tells.
    private static let findingsMax = 50

    let house: House
    var shelf: ProtocolShelf { house.shelf }
    var work: AdminWork { AdminWork(house: house) }

    package init(house: House) { self.house = house }

    /// Every version, newest proposal first, `GET /v1/admin/protocols`.
    package func list() -> Reply {
        let footing = house.registers.footing
        let versions = house.registers.versions.values.sorted {
            ($0.steps.last?.at.milliseconds ?? 0, $0.id) > ($1.steps.last?.at.milliseconds ?? 0, $1.id)
        }
        let lack = footing.text.lack.map {
            JSONValue.object([
                JSONMember("version", $0.version.map { .string($0) } ?? .null), JSONMember("code", .string($0.code)),
            ])
        }
        return AgencyQueries.json(
            .object([
                JSONMember("in-force", .term(footing.text.version)), JSONMember("lack", lack ?? .null),
                JSONMember("beside", .term(footing.text.beside?.version)),
                JSONMember("beside-until", .instant(footing.text.beside?.until)),
                JSONMember("versions", .array(versions.map(\.json))),
            ]))
    }

    /// One version with what was reported of it, `GET /v1/admin/protocols/{version}`.
    package func show(_ id: VersionID) -> Reply {
        guard let version = house.registers.version(id) else {
            return Reply(ProblemCatalogue.problem("version.unknown"))
        }
        do {
            let report = try house.driver.protocolReport(id).map { try JSONValue.parse($0, limits: Self.reportLimits) }
            return AgencyQueries.json(
                .object([JSONMember("version", version.json), JSONMember("report", report ?? .null)]))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// Its files, `GET /v1/admin/protocols/{version}/archive`.
    package func archive(_ id: VersionID) -> Reply {
        guard let version = house.registers.version(id) else {
            return Reply(ProblemCatalogue.problem("version.unknown"))
        }
        guard let files = try? shelf.files(of: version).files, let whole = try? ProtocolArchive(files: files) else {
            return Reply(ProblemCatalogue.problem("protocol.tampered"))
        }
        return Reply(
            status: 200, mediaType: "application/x-tar", body: whole.bytes,
            headers: [("Content-Disposition", "attachment; filename=\"\(version.name)-\(version.version).tar\"")])
    }

    /// Makes the text that the gateway was set up with the first version, or takes newer sign-off files of the version in
    /// force, in the record that opens the gateway.
    func adopt(_ files: ProposedFiles, as text: TextInForce, into record: inout LedgerRecord, at now: UTCInstant) {
        let standing = house.registers.standing
        guard text.version == files.text.id, text.lack == nil else { return }
        if var version = standing.version.flatMap({ house.registers.version($0) }), let signoff = files.signoff,
            signoff.id != version.signoff
        {
            version.signoff = signoff.id
            record.leaves.append(
                work.leaf(.signoff, version.id.rawValue, by: nil, to: signoff.id.rawValue, at: now, under: text))
            record.changes += [.putArchive(signoff.id, signoff.bytes), .putProtocol(version, report: nil)]
        }
        guard standing.version == nil else { return }
        var version = ProtocolVersion(
            id: files.text.id, name: text.text.id, version: text.text.version, digest: text.text.digest, proposer: nil,
            at: now
        ).moved(to: .active, by: nil, at: now)
        (version.signoff, version.from) = (files.signoff?.id, now)
        var next = standing
        next.epoch += 1
        next.version = version.id
        record.leaves += leaves(of: version, act: .activate, from: nil, by: nil, at: now)
        record.changes += archives(files) + [.putProtocol(version, report: nil), .putStanding(next)]
    }

    /// Takes a text in: checked, tested, compared with the one in force; then it waits for a second admin.
    ///
    /// A text that is there already and is in use only takes new sign-off files from what is sent.
    package func propose(_ bytes: [UInt8], by admin: OfficerID) async -> Reply {
        let proposed: ProposedFiles
        do { proposed = try ProposedFiles(try ProtocolArchive(parsing: bytes)) } catch {
            return Reply(Self.problem(of: error))
        }
        if let known = house.registers.version(proposed.text.id), !known.state.isOver {
            return await addSignoff(proposed, to: known.id, by: admin)
        }
        let now = house.now()
        let current = house.registers.standing.version.flatMap { house.registers.version($0) }
        let (shelf, candidate) = (shelf, proposed.files)
        let decisions = try? await ReplayQueries(house: house).bundle(days: Self.replayDays)
        let looked = await shelf.apart { () -> Result<(OpenedProtocol, [UInt8]), ProtocolRefusal> in
            do throws(ProtocolRefusal) {
                let opened = try shelf.library.read(candidate)
                let report = shelf.library.report(
                    on: candidate, against: current.flatMap { try? shelf.files(of: $0).files },
                    replaying: decisions, at: now)
                return .success((opened, report.serialized()))
            } catch {
                return .failure(error)
            }
        }
        switch looked {
        case .success(let (opened, report)):
            guard report.count <= Self.reportLimits.documentBytesMax else {
                return Reply(ProblemCatalogue.problem("limit.body", detail: "the report of it would be too long"))
            }
            return await keep(proposed, opened.text, report: report, by: admin)
        case .failure(let refusal): return await turnAway(refusal, proposed, by: admin)
        }
    }

    private func keep(_ proposed: ProposedFiles, _ text: CompiledProtocol, report: [UInt8], by admin: OfficerID)
        async -> Reply
    {
        await work.run { footing, now in
            let earlier = house.registers.version(proposed.text.id)
            guard earlier?.state.isOver ?? true else { throw AdminWork.Refused("version.exists") }
            var version =
                earlier?.moved(to: .proposed, by: admin, at: now)
                ?? ProtocolVersion(
                    id: proposed.text.id, name: text.id, version: text.version, digest: text.digest, proposer: admin,
                    at: now)
            version.signoff = proposed.signoff?.id
            return AdminWork.Act(
                leaves: leaves(of: version, act: .propose, from: earlier?.state, by: admin, at: now),
                changes: archives(proposed) + [.putProtocol(version, report: report)], standing: footing.standing,
                reply: AgencyQueries.json(version.json, status: 201))
        }
    }

    /// A broken text is not kept; that it was proposed is.
    private func turnAway(_ refusal: ProtocolRefusal, _ proposed: ProposedFiles, by admin: OfficerID) async -> Reply {
        var problem = ProblemCatalogue.problem(
            refusal.code, detail: refusal.findings.prefix(Self.findingsMax).joined(separator: "\n"))
        let reply = await work.run { footing, now in
            AdminWork.Act(
                leaves: [
                    work.leaf(
                        .propose, proposed.text.id.rawValue, by: admin, to: "refused", at: now,
                        under: footing.text)
                ],
                standing: footing.standing, reply: Reply(status: 204))
        }
        guard reply.status == 204 else { return reply }
        problem.status = 422
        return Reply(problem)
    }

    /// New sign-off files for a version that waits or is in force: a party accedes, or an officer signs late.
    private func addSignoff(_ proposed: ProposedFiles, to id: VersionID, by admin: OfficerID) async -> Reply {
        guard let signoff = proposed.signoff else { return Reply(ProblemCatalogue.problem("version.exists")) }
        return await work.run { footing, now in
            guard var version = house.registers.version(id), !version.state.isOver, version.signoff != signoff.id else {
                throw AdminWork.Refused("version.exists")
            }
            version.signoff = signoff.id
            var act = AdminWork.Act(
                leaves: [
                    work.leaf(
                        .signoff, id.rawValue, by: admin, to: signoff.id.rawValue, at: now,
                        under: footing.text)
                ],
                changes: [.putArchive(signoff.id, signoff.bytes), .putProtocol(version, report: nil)],
                standing: footing.standing, reply: AgencyQueries.json(version.json))
            if version.id == footing.standing.version {
                // In force now, so what the new signatures let in or out must be in force with them.
                let opened = try await open(proposed, of: version, at: now)
                act.leaves += signOffs(opened, of: version, at: now)
                act.changes.append(.putInForce(succeeding(footing, opened, version: id, beside: footing.text.beside)))
            }
            return act
        }
    }

    static let reportLimits = JSONLimits(
        documentBytesMax: 16 << 20, depthMax: 32, membersMax: 100_000, itemsMax: 1_000_000)

    private static func problem(of error: any Error) -> Problem {
        switch error as? ProtocolArchive.Fault {
        case .tooMuch: ProblemCatalogue.problem("limit.body")
        case .empty, .malformed, nil:
            ProblemCatalogue.problem("protocol.malformed")
        }
    }
}
