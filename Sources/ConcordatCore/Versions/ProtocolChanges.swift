import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatWire

/// Changes the protocol while the gateway runs: proposed by one admin, approved by another, in force between two messages.
///
/// Every text that was ever proposed is kept. Each step is on record twice: the admin leaf names the version's archive, the
/// protocol leaf names the text's digest.
package struct ProtocolChanges: Sendable {
    // Bound: how long messages of the version before may be taken beside those of the one in force.
    package static let besideMax: Duration = .seconds(366 * 86_400)
    // Bound: how far back the time of an activation may lie and still mean now; clocks differ a little.
    static let lateMax: Duration = .seconds(120)
    let house: House
    var shelf: ProtocolShelf { house.shelf }
    var work: AdminWork { AdminWork(house: house) }

    package init(house: House) { self.house = house }

    /// Every version, newest proposal first, `GET /v1/admin/protocols`.
    package func list() -> Reply {
        let footing = house.registers.footing
        let beside = footing.text.beside.flatMap { house.now() < $0.until ? $0 : nil }
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
                JSONMember("beside", .term(beside?.version)),
                JSONMember("beside-until", .instant(beside?.until)),
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

    /// Makes the text that the gateway was set up with the first version, or joins sign-off files of the directory to those of
    /// the version in force, and says which files of the deployment's own stand beside it; all in the record that opens the
    /// gateway.
    ///
    /// - Parameter own: party files and prohibitions that are joined to every text; nil when there are none.
    func adopt(
        _ files: ProposedFiles?, own: ProtocolArchive?, as text: TextInForce, into record: inout LedgerRecord,
        at now: UTCInstant
    ) {
        let standing = house.registers.standing
        var next = standing
        if let files, text.version == files.text.id, text.lack == nil {
            if standing.version == nil {
                next.version = begin(with: files, as: text, into: &record, at: now)
            } else {
                join(files, as: text, into: &record, at: now)
            }
        }
        if own?.id != standing.own {
            next.own = own?.id
            record.leaves.append(
                work.leaf(
                    .own, next.version?.rawValue ?? "none", by: nil, from: standing.own?.rawValue,
                    to: own?.id.rawValue, at: now, under: text))
            if let own { record.changes.append(.putArchive(own.id, own.bytes)) }
        }
        guard next != standing else { return }
        next.epoch += 1
        record.changes.append(.putStanding(next))
    }

    private func begin(
        with files: ProposedFiles, as text: TextInForce, into record: inout LedgerRecord, at now: UTCInstant
    ) -> VersionID {
        var version = ProtocolVersion(
            id: files.text.id, name: text.text.id, version: text.text.version, digest: text.text.digest, proposer: nil,
            at: now
        ).moved(to: .active, by: nil, at: now)
        (version.signoff, version.from) = (files.signoff?.id, now)
        record.leaves += leaves(of: version, act: .activate, from: nil, by: nil, at: now)
        record.changes += archives(files) + [.putProtocol(version, report: nil)]
        return version.id
    }

    private func join(
        _ files: ProposedFiles, as text: TextInForce, into record: inout LedgerRecord, at now: UTCInstant
    ) {
        guard var version = house.registers.version(files.text.id), let signoff = files.signoff,
            signoff.id != version.signoff
        else { return }
        version.signoff = signoff.id
        record.leaves.append(
            work.leaf(.signoff, version.id.rawValue, by: nil, to: signoff.id.rawValue, at: now, under: text))
        record.changes += [.putArchive(signoff.id, signoff.bytes), .putProtocol(version, report: nil)]
    }

    static let reportLimits = JSONLimits(
        documentBytesMax: 16 << 20, depthMax: 32, membersMax: 100_000, itemsMax: 1_000_000)
}
