import ConcordatDecision
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

extension ProtocolChanges {
    /// How many days of decisions a proposal is tried on.
    private static let replayDays = 30
    // Bound: findings that an answer tells.
    private static let findingsMax = 50

    /// What was found out about a proposal that may be kept.
    private struct Looked {
        let opened: OpenedProtocol
        let files: ProposedFiles
        let signoff: JoinedSignoff
        let report: ProposalReport
    }

    /// Takes a text in: checked, tested, compared with the one in force; then it waits for a second admin.
    ///
    /// One whose worked cases fail, or that brings signatures which do not verify, is turned away. A text that is there
    /// already and is in use only takes sign-off files from what is sent.
    package func propose(_ bytes: [UInt8], by admin: OfficerID) async -> Reply {
        let proposed: ProposedFiles
        do throws(ProtocolArchive.Fault) { proposed = try ProposedFiles(try ProtocolArchive(parsing: bytes)) } catch {
            let code = error == .tooMuch ? "limit.body" : "protocol.malformed"
            return Reply(ProblemCatalogue.problem(code, detail: error.description))
        }
        let known = house.registers.version(proposed.text.id)
        if let known, !known.state.isOver { return await addSignoff(proposed, to: known.id, by: admin) }
        let decisions = try? await ReplayQueries(house: house).bundle(days: Self.replayDays)
        switch await look(at: proposed, known: known, replaying: decisions) {
        case .success(let looked):
            let present = house.registers.footing.text
            let report = Self.report(looked.report.json, with: looked.signoff, against: present).serialized()
            guard report.count <= Self.reportLimits.documentBytesMax else {
                return Reply(ProblemCatalogue.problem("limit.body", detail: "the report of it would be too long"))
            }
            return await keep(looked, report: report, by: admin)
        case .failure(let refusal): return await turnAway(refusal, proposed, by: admin)
        }
    }

    private func look(
        at proposed: ProposedFiles, known: ProtocolVersion?, replaying decisions: ReplayBundle?
    ) async -> Result<Looked, ProtocolRefusal> {
        let (shelf, now) = (shelf, house.now())
        let current = house.registers.standing.version.flatMap { house.registers.version($0) }
        return await shelf.apart { () -> Result<Looked, ProtocolRefusal> in
            do throws(ProtocolRefusal) {
                let opened = try shelf.library.read(proposed.files)
                // What had signed it before still has: nobody's signature goes because it was left out.
                let kept = try known.map { known throws(ProtocolRefusal) in try shelf.files(of: known) }
                let (files, signoff) = try shelf.join(
                    proposed.signoff, to: kept ?? ProposedFiles(text: proposed.text, signoff: nil), at: now)
                guard signoff.faults.isEmpty else { throw Self.badSignatures(signoff) }
                let report = shelf.library.report(
                    on: files.files, against: current.flatMap { try? shelf.files(of: $0).files },
                    replaying: decisions, at: now)
                guard report.casesFailed.isEmpty else {
                    throw ProtocolRefusal(
                        code: "protocol.cases-failed",
                        findings: report.casesFailed.map { "case `\($0)` does not come out as it expects" })
                }
                return .success(Looked(opened: opened, files: files, signoff: signoff, report: report))
            } catch {
                return .failure(error)
            }
        }
    }

    private func keep(_ looked: Looked, report: [UInt8], by admin: OfficerID) async -> Reply {
        let (files, text) = (looked.files, looked.opened.text)
        return await work.run { footing, now in
            let earlier = house.registers.version(files.text.id)
            guard earlier?.state.isOver ?? true else { throw AdminWork.Refused("version.exists") }
            var version =
                earlier?.moved(to: .proposed, by: admin, at: now)
                ?? ProtocolVersion(
                    id: files.text.id, name: text.id, version: text.version, digest: text.digest, proposer: admin,
                    at: now)
            version.signoff = files.signoff?.id
            return AdminWork.Act(
                leaves: leaves(of: version, act: .propose, from: earlier?.state, by: admin, at: now),
                changes: archives(files) + [.putProtocol(version, report: report)], standing: footing.standing,
                reply: Self.reply(version, signed: looked.signoff.signed, against: footing.text, status: 201))
        }
    }

    /// What is turned away is not kept; that it was proposed is.
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

    /// More sign-off files for a version that waits or is in force: a party accedes, or an officer signs late. They join those
    /// that are there, so no admin's copy can put a party out of force by what it lacks.
    private func addSignoff(_ proposed: ProposedFiles, to id: VersionID, by admin: OfficerID) async -> Reply {
        guard proposed.signoff != nil else {
            return Reply(ProblemCatalogue.problem("version.exists", detail: "and it brings no sign-off files"))
        }
        return await work.run { footing, now in
            guard var version = house.registers.version(id), !version.state.isOver else {
                throw AdminWork.Refused("version.exists")
            }
            let (files, joined) = try await joined(proposed.signoff, to: try files(of: version), at: now)
            guard joined.faults.isEmpty else {
                throw AdminWork.Refused("protocol.bad-signature", detail: Self.badSignatures(joined).detail)
            }
            guard let signoff = files.signoff, signoff.id != version.signoff else {
                throw AdminWork.Refused("version.exists", detail: "every sign-off file it brings is there already")
            }
            version.signoff = signoff.id
            let report = try? house.driver.protocolReport(id).map {
                Self.report(
                    try JSONValue.parse($0, limits: Self.reportLimits), with: joined, against: footing.text
                ).serialized()
            }
            var act = AdminWork.Act(
                leaves: [
                    work.leaf(
                        .signoff, id.rawValue, by: admin, to: signoff.id.rawValue, at: now,
                        under: footing.text)
                ],
                changes: [.putArchive(signoff.id, signoff.bytes), .putProtocol(version, report: report ?? nil)],
                standing: footing.standing, reply: Self.reply(version, signed: joined.signed, against: footing.text))
            if version.id == footing.standing.version {
                // In force now, so whom the new signatures let in must be let in with them.
                let opened = try await open(files, of: version, at: now)
                act.leaves += signOffs(opened, of: version, at: now)
                act.changes.append(.putInForce(succeeding(footing, opened, version: id, beside: footing.text.beside)))
            }
            return act
        }
    }

    private func joined(
        _ brought: ProtocolArchive?, to kept: ProposedFiles, at now: UTCInstant
    ) async throws -> (ProposedFiles, JoinedSignoff) {
        let shelf = shelf
        let result = await shelf.apart { () -> Result<(ProposedFiles, JoinedSignoff), ProtocolRefusal> in
            do throws(ProtocolRefusal) { return .success(try shelf.join(brought, to: kept, at: now)) } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let joined): return joined
        case .failure(let refusal): throw Self.conflict(refusal)
        }
    }

    private static func badSignatures(_ signoff: JoinedSignoff) -> ProtocolRefusal {
        ProtocolRefusal(code: "protocol.bad-signature", findings: signoff.faults)
    }

    // MARK: what admins are told

    /// A version, and who would not be in force any more under it.
    static func reply(
        _ version: ProtocolVersion, signed: Set<PartyID>?, against present: TextInForce, status: Int = 200
    ) -> Reply {
        guard case .object(let members) = version.json else { return AgencyQueries.json(version.json, status: status) }
        let losing = JSONMember("falls-out", .terms(losing(signed, against: present)))
        return AgencyQueries.json(.object(members + [losing]), status: status)
    }

    /// A report with how the sign-off stands now.
    private static func report(
        _ report: JSONValue, with signoff: JoinedSignoff, against present: TextInForce
    ) -> JSONValue {
        guard case .object(let members) = report else { return report }
        let standing = JSONValue.object([
            JSONMember("status", signoff.status),
            JSONMember("falls-out", .terms(losing(signoff.signed, against: present))),
        ])
        return .object(members.filter { $0.name != "signoff" } + [JSONMember("signoff", standing)])
    }

    /// The parties that the text in force is in force for and another would not be, by id.
    private static func losing(_ signed: Set<PartyID>?, against present: TextInForce) -> [PartyID] {
        guard present.lack == nil, let now = present.text.signed, let signed else { return [] }
        return now.subtracting(signed).sorted()
    }
}

extension ProtocolRefusal {
    fileprivate var detail: String { findings.prefix(50).joined(separator: "\n") }
}
