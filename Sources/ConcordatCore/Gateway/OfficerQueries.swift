import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// Who looks: a person with a certificate, of a party or of the deployment.
package struct Officer: Sendable, Hashable {
    package let id: OfficerID
    /// The party whose transfers the officer may see.
    package let party: PartyID
    /// An officer of the deployment sees the transfers of every party.
    package let isOfDeployment: Bool
    /// An admin changes what is in force: the protocol, and what is stopped.
    package let isAdmin: Bool

    package init(id: OfficerID, party: PartyID, isOfDeployment: Bool, isAdmin: Bool = false) {
        (self.id, self.party, self.isOfDeployment, self.isAdmin) = (id, party, isOfDeployment, isAdmin)
    }
}

/// What an officer may look at. Each look is a leaf before it is answered (DPA 2018 s.62, consultation).
package struct OfficerQueries: Sendable {
    // Bound: transfers on one page.
    package static let pageMax = 200

    private let house: House

    package init(house: House) { self.house = house }

    /// Decisions, newest first, `GET /v1/transfers`: `{"transfers": […], "next": index}`.
    ///
    /// - Parameters:
    ///   - before: only leaves below this index; nil starts at the newest.
    package func transfers(
        for officer: Officer, message: MessageID?, caseID: CaseID?, party: PartyID?, before: UInt64?, limit: Int,
        isJustified: Bool
    ) async -> Reply {
        do {
            let limit = min(max(limit, 1), Self.pageMax)
            let filter = LeafFilter(
                kind: LeafKind.decision.rawValue, party: officer.isOfDeployment ? party : officer.party,
                message: message,
                caseID: caseID)
            let indexes = try house.driver.leaves(matching: filter, before: before, limit: limit)
            var items: [JSONValue] = []
            for index in indexes {
                guard let entry = try house.driver.entry(at: index) else { continue }
                let leaf = try Leaf(parsing: entry)
                guard case .decision(let decision) = leaf.body, Self.maySee(decision, officer) else { continue }
                items.append(Self.row(decision, index: index, time: leaf.time))
            }
            // An id that finds nothing may be anything, and goes on no record.
            try await note(
                .transfers, by: officer, message: items.isEmpty ? nil : message, count: items.count,
                isJustified: isJustified)
            let next: JSONValue = indexes.count == limit ? indexes.last.map { .int(Int($0)) } ?? .null : .null
            return AgencyQueries.json(.object([JSONMember("transfers", .array(items)), JSONMember("next", next)]))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// One decision field by field, with its deliveries and its proof, `GET /v1/transfers/{leaf}`.
    package func transfer(_ index: UInt64, for officer: Officer, isJustified: Bool) async -> Reply {
        do {
            guard let entry = try house.driver.entry(at: index), let leaf = try? Leaf(parsing: entry),
                case .decision(let decision) = leaf.body,
                Self.maySee(decision, officer)
            else { return Reply(ProblemCatalogue.problem("leaf.unknown")) }
            var members = [JSONMember("leaf", .int(Int(index))), JSONMember("entry", try JSONValue.parse(entry))]
            if let delivery = decision.delivery {
                let events = try house.driver.leaves(matching: LeafFilter(delivery: delivery), before: nil, limit: 100)
                let lines = try events.reversed().compactMap { at -> JSONValue? in
                    guard at != index, let entry = try house.driver.entry(at: at) else { return nil }
                    return .object([JSONMember("leaf", .int(Int(at))), JSONMember("entry", try JSONValue.parse(entry))])
                }
                members.append(JSONMember("delivery", .array(lines)))
            }
            try await note(.transfer, by: officer, message: decision.message, count: 1, isJustified: isJustified)
            return AgencyQueries.json(.object(members))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// The files of the log as a bundle, oldest first, for `GET /v1/log/export`. Of the whole log: deployment officers only.
    ///
    /// The look is on record before the first file; the bundle is the log as it was before that.
    package func export(for officer: Officer, isJustified: Bool) async throws -> LogExport? {
        guard officer.isOfDeployment else { return nil }
        guard let note = try house.driver.checkpointNote(size: nil) else { return nil }
        let size = try Checkpoint(parsing: try SignedNote(parsing: note).text).size
        try await self.note(.export, by: officer, message: nil, count: Int(size), isJustified: isJustified)
        return LogExport(driver: house.driver, checkpoint: note, size: size)
    }

    private static func maySee(_ decision: DecisionLeaf, _ officer: Officer) -> Bool {
        officer.isOfDeployment || decision.concerns(officer.party)
    }

    private func note(_ what: ViewLeaf.What, by officer: Officer, message: MessageID?, count: Int, isJustified: Bool)
        async throws
    {
        let body = ViewLeaf(
            officer: officer.id, party: officer.party, what: what, message: message, count: count,
            isJustified: isJustified)
        _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.view(body))]))
    }

    private static func row(_ decision: DecisionLeaf, index: UInt64, time: UTCInstant) -> JSONValue {
        func count(_ matches: (FieldGroup.Action) -> Bool) -> JSONValue {
            .int(decision.fields.filter { matches($0.action) }.reduce(0) { $0 + $1.count })
        }
        return .object([
            JSONMember("leaf", .int(Int(index))), JSONMember("time", .instant(time)),
            JSONMember("message", .term(decision.message)), JSONMember("name", .term(decision.name)),
            JSONMember("case", .term(decision.caseID)), JSONMember("sender", .term(decision.sender)),
            JSONMember("recipient", .term(decision.recipient)), JSONMember("purpose", .term(decision.purpose)),
            JSONMember("answer", .string(decision.answer.rawValue)),
            JSONMember("code", decision.code.map { .string($0.rawValue) } ?? .null),
            JSONMember("clause", .term(decision.clause)), JSONMember("rules", .terms(decision.rules)),
            JSONMember("kept", count { $0 == .keep }), JSONMember("cut", count { $0 == .drop }),
            JSONMember("transformed", count { $0 != .keep && $0 != .drop }),
            JSONMember("dry-run", .bool(decision.isDryRun)), JSONMember("delivery", .term(decision.delivery)),
        ])
    }
}
