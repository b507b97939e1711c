import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms

/// Makes the notices of one record: their deliveries, leaves, and what the case keeps of them.
///
/// Their ids are minted here and they hold ids, codes and places in schemas only; no rule judges them, and none could
/// widen them.
struct NoticeMaker {
    /// How long a notice waits for its recipient.
    private static let life: Duration = .seconds(90 * 86_400)

    let house: House
    let record: CaseRecord
    let purpose: PurposeID
    let inForce: TextInForce
    let now: UTCInstant
    private let dayKey: DayKey

    /// The case with the notices made so far.
    private(set) var next: CaseRecord
    private(set) var leaves: [Leaf] = []
    private(set) var changes: [LedgerChange] = []
    private(set) var recipients: [PartyID] = []

    init(house: House, record: CaseRecord, purpose: PurposeID, under inForce: TextInForce, at now: UTCInstant) throws {
        (self.house, self.record, self.purpose, self.inForce, self.now) = (house, record, purpose, inForce, now)
        dayKey = try house.keyring.dayKey(for: now.date)
        next = record
    }

    /// Adds one notice about at most ``Notice/transfersMax`` transfers.
    ///
    /// - Returns: false when the case has no room for one more; nothing is added then.
    mutating func add(
        _ reason: Notice.Reason, to recipient: PartyID, of transfers: [RecalledTransfer], about person: PersonID? = nil,
        by party: PartyID? = nil, replacedBy replacement: MessageID? = nil
    ) throws -> Bool {
        let id = try Minting.deliveryID()
        let notice = Notice(
            delivery: id, recipient: recipient, reason: reason, by: party, about: person,
            transfers: transfers.map(\.delivery), items: transfers.map(\.items), at: now,
            answerBy: now + house.settings.noticeAnswerWithin)
        guard next.note(notice) else { return false }
        let copy = try copy(data(notice, transfers, replacement), to: recipient)
        let delivery = Delivery(
            id: id, message: copy.context.message, messageName: Delivery.noticeName, sender: House.gatewayParty,
            recipient: recipient, caseID: record.id, next: now, created: now, expires: copy.context.expires,
            dayKey: dayKey.id, isUrgent: true)
        changes.append(
            .putDelivery(
                delivery, copy: try CopySeal.seal(copy.bytes, delivery: id, recipient: recipient, dayKey: dayKey)))
        let leaf = NoticeLeaf(
            notice: id, caseID: record.id, recipient: recipient, event: .sent, reason: reason, by: party,
            transfers: notice.transfers)
        leaves.append(house.leaf(.notice(leaf), at: now, under: inForce))
        // What became of each delivery stands with it.
        leaves += notice.transfers.map { id in
            let end = DeliveryEndLeaf(delivery: id, end: .recalled, code: LeafCode("notice.\(reason.rawValue)"))
            return house.leaf(.deliveryEnd(end), at: now, under: inForce)
        }
        recipients.append(recipient)
        return true
    }

    private func data(_ notice: Notice, _ transfers: [RecalledTransfer], _ replacement: MessageID?) -> JSONValue {
        let named = transfers.map { transfer in
            JSONValue.object([
                JSONMember("delivery", .term(transfer.delivery)), JSONMember("message", .term(transfer.message)),
                JSONMember("message-name", .term(transfer.name)), JSONMember("sender", .term(transfer.sender)),
                JSONMember("items", .strings(transfer.items)),
            ])
        }
        return .object([
            JSONMember("notice", .string(notice.reason.rawValue)), JSONMember("transfers", .array(named)),
            JSONMember("replaced-by", .term(replacement)),
            JSONMember("answers", .array(Notice.Done.allCases.map { .string($0.rawValue) })),
            JSONMember("answer-by", .instant(notice.answerBy)),
        ])
    }

    private func copy(_ data: JSONValue, to recipient: PartyID) throws -> DeliveryCopy {
        DeliveryCopy(
            context: DeliveryCopy.Context(
                message: try Minting.messageID(), name: Delivery.noticeName, type: JudgedMessage.noticeType,
                sender: House.gatewayParty, recipient: recipient, recipients: [recipient], caseID: record.id,
                purpose: purpose, time: now, inReplyTo: nil, expires: now + Self.life,
                protocolText: inForce.reference, isTraining: inForce.text.mode == .training,
                salt: try SecureRandom.bytes(32)),
            cut: CutDocument(
                bytes: data.serialized(), withheld: [], masked: [], notSupplied: [], isEmpty: false, applied: []),
            facts: [:], parties: [:], persons: [], repliesTo: nil, senderCapacities: [], moves: CaseMoves())
    }
}
