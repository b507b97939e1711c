import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatWire
import Metrics

/// Uses of break glass and their reviews, for the data-protection officers of the deployment (brief P6).
package struct BreakGlassRegister: Sendable {
    // Bounds: uses of one page, and characters of a note.
    package static let pageMax = 200
    private static let noteMax = 1_000
    // Bound: a review, in bytes.
    package static let bodyBytesMax = 8 * 1024

    private let house: House
    private let unreviewed = Gauge(label: "concordat_break_glass_unreviewed")
    private let overdue = Gauge(label: "concordat_break_glass_overdue")

    package init(house: House) { self.house = house }

    /// Uses with their written reasons, `GET /v1/break-glass`: the unreviewed first, soonest due first, then the reviewed,
    /// newest first. The look is on record before it is answered.
    ///
    /// - Parameters:
    ///   - skip: how many to leave out from the front; `limit`: at most ``pageMax``.
    package func uses(for officer: Officer, skip: Int, limit: Int, isJustified: Bool) async -> Reply {
        guard officer.isOfDeployment else { return Self.notYours }
        let now = house.now()
        var rows: [(record: CaseRecord, use: GlassUse)] = []
        for record in house.registers.glassCases(unreviewed: false) {
            for use in record.glass { rows.append((record, use)) }
        }
        rows.sort { left, right in
            switch (left.use.review, right.use.review) {
            case (nil, nil): (left.use.reviewBy, left.use.message) < (right.use.reviewBy, right.use.message)
            case (nil, _?): true
            case (_?, nil): false
            case (let one?, let other?): (other.at, left.use.message) < (one.at, right.use.message)
            }
        }
        let page = rows.dropFirst(max(skip, 0)).prefix(min(max(limit, 1), Self.pageMax))
        do {
            let items = try page.map { try json($0.use, in: $0.record, at: now) }
            let view = ViewLeaf(
                officer: officer.id, party: officer.party, what: .breakGlass, count: items.count,
                isJustified: isJustified)
            _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.view(view))]))
            let end = max(skip, 0) + page.count
            return AgencyQueries.json(
                .object([
                    JSONMember("uses", .array(items)), JSONMember("next", end < rows.count ? .int(end) : .null),
                ]))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// An officer says what a use was, `POST /v1/break-glass/{leaf}/review`; 204 once that is on record.
    ///
    /// - Parameter leaf: the decision leaf of one of the recipients; any other is answered like one that does not exist.
    package func review(_ leaf: UInt64, _ body: [UInt8], by officer: Officer) async -> Reply {
        guard officer.isOfDeployment else { return Self.notYours }
        let review: (outcome: GlassUse.Outcome, note: Sensitive<String>?)
        do throws(Problem) { review = try Self.read(body, limits: house.settings.json) } catch { return Reply(error) }
        return await house.retrying {
            guard let entry = try house.driver.entry(at: leaf),
                case .decision(let decision) = try Leaf(parsing: entry).body,
                decision.ground != nil, let record = decision.caseID.flatMap({ house.registers.record(of: $0) }),
                let place = record.glass.firstIndex(where: {
                    $0.message == decision.message && $0.sender == decision.sender
                })
            else { return Reply(ProblemCatalogue.problem("leaf.unknown")) }
            if let earlier = record.glass[place].review {
                let isSame =
                    earlier.outcome == review.outcome && earlier.by == officer.id && earlier.note == review.note
                return isSame ? Reply(status: 204) : Reply(ProblemCatalogue.problem("break-glass.reviewed"))
            }
            try await commit(review.outcome, review.note, of: place, in: record, by: officer)
            return Reply(status: 204)
        }
    }

    /// How many uses nobody has reviewed, and how many of them are late. Counts only.
    package func tally() -> (unreviewed: Int, overdue: Int) {
        let now = house.now()
        let states = house.registers.glassCases(unreviewed: true).flatMap(\.glass).map { $0.state(at: now) }
        return (states.count { $0 != .reviewed }, states.count { $0 == .overdue })
    }

    /// Shows the tally in the metrics, and returns it: after each use and each review, and as time passes.
    @discardableResult
    func show() -> (unreviewed: Int, overdue: Int) {
        let uses = tally()
        unreviewed.record(uses.unreviewed)
        overdue.record(uses.overdue)
        return uses
    }

    private func commit(
        _ outcome: GlassUse.Outcome, _ note: Sensitive<String>?, of place: Int, in record: CaseRecord,
        by officer: Officer
    ) async throws(LedgerFault) {
        let now = house.now()
        var next = record
        let before = next.glass[place].state(at: now)
        next.glass[place].review = GlassUse.Review(outcome: outcome, at: now, by: officer.id, note: note)
        next.epoch += 1
        let leaf = AdminLeaf(
            who: officer.id, act: "break-glass.review",
            object: LeafToken(unchecked: next.glass[place].message.rawValue),
            from: LeafToken(before.rawValue), to: LeafToken(outcome.rawValue))
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.caseEpoch(record.id, record.epoch)], leaves: [house.leaf(.admin(leaf), at: now)],
                changes: [.putCase(next)]))
        show()
    }

    private func json(_ use: GlassUse, in record: CaseRecord, at now: UTCInstant) throws -> JSONValue {
        // Nothing else of the case is shown: a use is reviewed by its reason and its leaf.
        let review = use.review.map { review in
            JSONValue.object([
                JSONMember("outcome", .string(review.outcome.rawValue)), JSONMember("at", .instant(review.at)),
                JSONMember("officer", .term(review.by)),
                JSONMember("note", review.note.map { .string($0.reveal()) } ?? .null),
            ])
        }
        return .object([
            JSONMember("leaf", try leaf(of: use, in: record).map { .int(Int($0)) } ?? .null),
            JSONMember("message", .term(use.message)), JSONMember("name", .term(use.name)),
            JSONMember("case", .term(record.id)), JSONMember("sender", .term(use.sender)),
            JSONMember("recipients", .terms(use.recipients)), JSONMember("ground", .string(use.ground)),
            JSONMember("clauses", .terms(use.clauses)), JSONMember("reason", .string(use.reason.reveal())),
            JSONMember("at", .instant(use.at)), JSONMember("review-by", .instant(use.reviewBy)),
            JSONMember("state", .string(use.state(at: now).rawValue)), JSONMember("review", review ?? .null),
        ])
    }

    /// The decision leaf by which a use is named.
    private func leaf(of use: GlassUse, in record: CaseRecord) throws -> UInt64? {
        let filter = LeafFilter(
            kind: LeafKind.decision.rawValue, party: use.sender, message: use.message, caseID: record.id)
        // Bound: a narrowed copy has a second decision, and mostly none. The oldest is the one the sender has a receipt for.
        let limit = 4 * Envelope.recipientsMax
        return try house.driver.leaves(matching: filter, before: nil, limit: limit).last { index in
            guard let entry = try house.driver.entry(at: index),
                case .decision(let decision) = try Leaf(parsing: entry).body
            else { return false }
            return decision.ground != nil && !decision.isDryRun
        }
    }

    private static func read(_ body: [UInt8], limits: JSONLimits) throws(Problem)
        -> (outcome: GlassUse.Outcome, note: Sensitive<String>?)
    {
        func malformed(_ member: String, _ advice: String) -> Problem {
            var problem = ProblemCatalogue.problem("review.malformed", detail: "`\(member)` \(advice)")
            problem.pointer = JSONPointer(tokens: [member])
            return problem
        }
        let json: JSONValue
        do { json = try JSONValue.parse(body, limits: limits) } catch {
            throw ProblemCatalogue.problem(ProblemCatalogue.code(of: error.kind), detail: error.description)
        }
        guard let members = json.objectValue, members.allSatisfy({ ["outcome", "note"].contains($0.name) }) else {
            throw ProblemCatalogue.problem("review.malformed", detail: "send an object with `outcome` and `note` only")
        }
        guard let outcome = json["outcome"]?.stringValue.flatMap(GlassUse.Outcome.init(rawValue:)) else {
            throw malformed("outcome", "must be `justified` or `not-justified`")
        }
        guard let value = json["note"] else { return (outcome, nil) }
        guard let note = value.stringValue, note.count <= noteMax else {
            throw malformed("note", "must be text of at most \(noteMax) characters")
        }
        return (outcome, Sensitive(note))
    }

    private static var notYours: Reply {
        Reply(
            ProblemCatalogue.problem(
                "officer.not-of-deployment", detail: "break glass is reviewed by officers of the deployment"))
    }
}
