import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
package import ConcordatTerms
import ConcordatWire

/// What a party may ask about itself and its own messages.
package struct AgencyQueries: Sendable {
    private let house: House

    package init(house: House) { self.house = house }

    /// Who the certificate says the caller is, and what it may send and receive, `GET /v1/me`.
    package func me(_ party: PartyID) -> Reply {
        let footing = house.registers.footing
        let text = footing.text.text
        if let lack = footing.text.lack { return Reply(.none(lack)) }
        guard let entry = text.parties[party] else { return Reply(ProblemCatalogue.problem("party.unknown")) }
        let beside = footing.text.beside.flatMap { house.now() < $0.until ? $0 : nil }
        func names(_ pick: (CompiledMessage) -> Set<PartyKind>) -> JSONValue {
            let kind = beside?.opened.text.parties[party]?.kind
            let older = (beside?.opened.text.messages.values).map(Array.init) ?? []
            // A message that the text in force has under no type at all may not go by it.
            let alsoTaken = older.filter { message in
                text.message(ofType: message.type) == nil && text.messages[message.name] != nil
                    && kind.map { pick(message).contains($0) } ?? false
            }
            let present = text.messages.values.filter { pick($0).contains(entry.kind) }
            return .array(
                present.sorted { $0.name < $1.name }.map { Self.json($0) }
                    + alsoTaken.sorted { $0.name < $1.name }.map { Self.json($0, until: beside?.until) })
        }
        return Self.json(
            .object([
                JSONMember("party", .term(party)), JSONMember("title", .string(entry.title)),
                JSONMember("kind", .term(entry.kind)), JSONMember("specialities", .strings(entry.specialities)),
                JSONMember("suspended", .bool(footing.standing.suspended.contains(party))),
                JSONMember("deployment", .string(house.deployment)),
                JSONMember("protocol", .string(footing.text.reference)),
                JSONMember("mode", .string(text.mode.rawValue)),
                JSONMember("until", .string(text.period.until.description)),
                JSONMember("waiting", .int(house.registers.queueLength(of: party))),
                JSONMember("sends", names(\.from)), JSONMember("receives", names(\.to)),
            ]))
    }

    /// - Parameter until: for a message of the version before: when it is not taken any more.
    private static func json(_ message: CompiledMessage, until: UTCInstant? = nil) -> JSONValue {
        .object(
            [
                JSONMember("message", .term(message.name)), JSONMember("type", .string(message.type)),
                JSONMember("title", .string(message.title)), JSONMember("purposes", .terms(message.purposes)),
                JSONMember("opens-case", .bool(message.opensCase)),
            ] + (until.map { [JSONMember("taken-until", .instant($0))] } ?? []))
    }

    /// Where a party's own message stands with each recipient, `GET /v1/messages/{id}`.
    package func tracking(_ message: MessageID, of party: PartyID) -> Reply {
        do {
            guard let answer = try house.driver.answer(party: party, message: message) else {
                return Reply(ProblemCatalogue.problem("tracking.unknown"))
            }
            let deliveries = try house.driver.deliveries(sender: party, message: message)
            let told = house.registers.record(of: answer.memory.caseID)?.notices.filter { $0.by == party } ?? []
            var items: [JSONValue] = []
            for offset in answer.memory.decisionLeaves {
                guard let entry = try house.driver.entry(at: answer.firstLeaf + UInt64(offset)),
                    case .decision(let decision) = try Leaf(parsing: entry).body
                else { continue }
                let delivery = deliveries.first { $0.id == decision.delivery }
                items.append(
                    .object([
                        JSONMember("recipient", .term(decision.recipient)),
                        JSONMember("answer", .string(decision.answer.rawValue)),
                        JSONMember(
                            "code", try code(of: decision, delivery).map { .string($0.rawValue) } ?? .null),
                        JSONMember("clause", .term(decision.clause)),
                        JSONMember("state", delivery.map { .string(Self.shown($0.state)) } ?? .null),
                        JSONMember("attempts", .int(delivery?.attempts ?? 0)),
                        JSONMember("leaf", .int(Int(answer.firstLeaf) + offset)),
                        JSONMember(
                            "notices",
                            .array(
                                told.filter { delivery.map { $0.id }.map($0.transfers.contains) ?? false }.map(
                                    Self.json))),
                    ]))
            }
            return Self.json(
                .object([
                    JSONMember("message", .term(message)), JSONMember("case", .term(answer.memory.caseID)),
                    JSONMember("accepted", .instant(answer.at)), JSONMember("recipients", .array(items)),
                ]))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// A notice as the party sees it that asked for it. One that others asked for, or the gateway sent of itself, it never sees.
    private static func json(_ notice: Notice) -> JSONValue {
        .object([
            JSONMember("reason", .string(notice.reason.rawValue)), JSONMember("at", .instant(notice.at)),
            JSONMember("answer-by", .instant(notice.answerBy)),
            JSONMember("done", notice.answer.map { .string($0.done.rawValue) } ?? .null),
            JSONMember("basis", .term(notice.answer?.basis)), JSONMember("answered", .instant(notice.answer?.at)),
        ])
    }

    /// The code of a decision; of a delivery that waited, how the wait ended once it has.
    private func code(of decision: DecisionLeaf, _ delivery: Delivery?) throws -> LeafCode? {
        guard decision.answer == .hold, let delivery, delivery.state != .held else { return decision.code }
        let filter = LeafFilter(kind: LeafKind.deliveryEnd.rawValue, delivery: delivery.id)
        guard let index = try house.driver.leaves(matching: filter, before: nil, limit: 1).first,
            let entry = try house.driver.entry(at: index), case .deliveryEnd(let end) = try Leaf(parsing: entry).body,
            let code = end.code, code.rawValue.hasPrefix("hold.")
        else { return nil }
        return code
    }

    /// A sender learns that a delivery ended before it was delivered, and not why: that could tell a consent's state.
    private static func shown(_ state: DeliveryState) -> String {
        switch state {
        case .waiting, .parked: "waiting"
        case .held: "held"
        case .handed: "handed-over"
        case .delivered: "delivered"
        case .expired, .withdrawn: "ended"
        }
    }

    /// The JSON Schema of a message, `GET /v1/schemas/{message}`: as its sender writes it, or as this party receives it.
    ///
    /// A party gets only those of messages that its kind may send or receive. A message of the version before, while it is
    /// taken, is asked for by its CloudEvents type.
    package func schema(_ named: MessageName, asRecipient: Bool, for party: PartyID) -> Reply {
        let present = house.inForce
        if let lack = present.lack { return Reply(.none(lack)) }
        let inForce = present.reading(type: named.rawValue, at: house.now())
        let (text, opened) = (inForce.text, inForce.opened)
        let name = text.message(ofType: named.rawValue)?.name ?? named
        let source = asRecipient ? opened.recipientSchema(name, party) : opened.senderSchemas[name]
        guard let entry = text.parties[party], let message = text.messages[name] else {
            return Reply(ProblemCatalogue.problem("schema-document.unknown"))
        }
        guard (asRecipient ? message.to : message.from).contains(entry.kind), let source else {
            return Reply(ProblemCatalogue.problem("schema-document.unknown"))
        }
        return Reply(status: 200, mediaType: "application/schema+json", body: source)
    }

    /// The newest signed checkpoint, `GET /log/checkpoint`.
    package func checkpoint() -> Reply {
        guard let note = try? house.driver.checkpointNote(size: nil) else {
            return Reply(Intake.problem(for: .unavailable))
        }
        return Reply(status: 200, mediaType: "text/plain; charset=utf-8", body: note)
    }

    /// The proof of one of the party's own leaves at the newest checkpoint, `GET /log/proof/{leaf}`.
    package func proof(_ index: UInt64, for party: PartyID) -> Reply {
        do {
            guard let entry = try house.driver.entry(at: index), Self.concerns(try Leaf(parsing: entry), party),
                let note = try house.driver.checkpointNote(size: nil)
            else { return Reply(ProblemCatalogue.problem("leaf.unknown")) }
            let signed = try SignedNote(parsing: note)
            let size = try Checkpoint(parsing: signed.text).size
            guard
                let hashes = try MerkleTree.inclusionProof(
                    of: index, in: size, reading: { try house.driver.hashes(at: $0) })
            else { return Reply(ProblemCatalogue.problem("leaf.unknown")) }
            let proof = LogProof(index: index, hashes: hashes, checkpoint: signed)
            return Reply(status: 200, mediaType: "text/plain; charset=utf-8", body: Array(proof.text.utf8))
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }

    /// Whether a leaf is about a transfer, consent or refusal of this party.
    private static func concerns(_ leaf: Leaf, _ party: PartyID) -> Bool {
        switch leaf.body {
        // A later decision of a delivery is its recipient's: to the sender it could tell of a consent. Only the first, which
        // the sender has a receipt for, holds the digest of what came in.
        case .decision(let leaf): leaf.concerns(party) && (leaf.digestIn != nil || leaf.recipient == party)
        case .refusal(let leaf): leaf.sender == party
        case .refusalSummary(let leaf): leaf.party == party
        case .handOver(let leaf): leaf.recipient == party
        // Who asked for a notice learns from its tracking that it went.
        case .notice(let leaf): leaf.recipient == party
        case .consent(let leaf): leaf.recordedBy == party
        case .signOff(let leaf): leaf.signed.contains { $0.party == party }
        case .handOverOutcome, .deliveryEnd, .caseChange, .view, .admin, .protocolChange, .start, .stop, .clock: false
        }
    }

    static func json(_ value: JSONValue, status: Int = 200) -> Reply {
        Reply(status: status, mediaType: "application/json", body: value.serialized())
    }
}

extension DecisionLeaf {
    /// Whether a party may know of the decision: its sender, and its recipient when there was something to get.
    ///
    /// Who was sent something that was withheld MUST NOT learn that it was: a party without the capacity learns nothing.
    func concerns(_ party: PartyID) -> Bool {
        sender == party || recipient == party && answer == .share && !isDryRun
    }
}
