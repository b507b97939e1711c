import ConcordatJSON
package import ConcordatLog
package import ConcordatTerms

/// One notice to one recipient: what it has and must see to, and what it says it did (brief M19).
///
/// Lies in its case, sealed with it. Why it was sent is not said in it beyond one word, and a consent that ended has the
/// same word as a sender that takes its message back: a consent's state is not for everyone to know.
package struct Notice: Sendable, Equatable {
    package typealias Reason = NoticeLeaf.Reason
    package typealias Done = NoticeLeaf.Done

    /// What the recipient says it did.
    package struct Answer: Sendable, Equatable {
        package let done: Done
        /// On which basis it keeps what it has, a word of its own; there exactly where it keeps it.
        package let basis: LeafToken?
        package let at: UTCInstant

        package init(done: Done, basis: LeafToken?, at: UTCInstant) {
            (self.done, self.basis, self.at) = (done, basis, at)
        }
    }

    /// The delivery that carries it.
    package let delivery: DeliveryID
    package let recipient: PartyID
    package let reason: Reason
    /// The party that asked for it; nil where the gateway found that it is due.
    package let by: PartyID?
    /// Whose consent ended; nil where none did.
    package let about: PersonID?
    /// The deliveries it speaks of.
    package let transfers: [DeliveryID]
    /// Of each the places in the schema that may not be used any more, in the same order; empty: all of it.
    package let items: [[String]]
    package let at: UTCInstant
    /// When the answer is due.
    package let answerBy: UTCInstant
    package var answer: Answer?

    // Bound: deliveries one notice speaks of; who has more gets more notices.
    package static let transfersMax = 50

    package init(
        delivery: DeliveryID, recipient: PartyID, reason: Reason, by: PartyID? = nil, about: PersonID? = nil,
        transfers: [DeliveryID], items: [[String]] = [], at: UTCInstant, answerBy: UTCInstant, answer: Answer? = nil
    ) {
        (self.delivery, self.recipient, self.reason) = (delivery, recipient, reason)
        (self.by, self.about, self.transfers, self.items) = (by, about, transfers, items)
        (self.at, self.answerBy, self.answer) = (at, answerBy, answer)
    }

    /// What it says of one delivery; nil when it does not speak of it.
    func items(of id: DeliveryID) -> [String]? {
        guard let place = transfers.firstIndex(of: id) else { return nil }
        return items.indices.contains(place) ? items[place] : []
    }

    /// Whether nobody has answered it yet, and the time for that is over.
    package func isOverdue(at now: UTCInstant) -> Bool { answer == nil && answerBy <= now }
}

extension CaseRecord {
    /// Adds a notice. Of those that were answered the oldest goes when there are too many: the log has them all.
    ///
    /// - Returns: false when the case is full of notices that nobody has answered; nothing has changed then.
    mutating func note(_ notice: Notice) -> Bool {
        if notices.count >= Self.noticesMax {
            guard let oldest = notices.firstIndex(where: { $0.answer != nil }) else { return false }
            notices.remove(at: oldest)
        }
        notices.append(notice)
        return true
    }
}

extension Notice {
    var json: JSONValue {
        .object([
            JSONMember("delivery", .term(delivery)), JSONMember("recipient", .term(recipient)),
            JSONMember("reason", .string(reason.rawValue)), JSONMember("by", .term(by)),
            JSONMember("about", .term(about)), JSONMember("transfers", .array(transfers.map { .term($0) })),
            JSONMember("items", .array(items.map { .strings($0) })),
            JSONMember("at", .instant(at)), JSONMember("answerBy", .instant(answerBy)),
            JSONMember("done", answer.map { .string($0.done.rawValue) } ?? .null),
            JSONMember("basis", .term(answer?.basis)), JSONMember("answered", .instant(answer?.at)),
        ])
    }

    init?(json: JSONValue) {
        guard let delivery: DeliveryID = json.term("delivery"), let recipient: PartyID = json.term("recipient"),
            let reason = json["reason"]?.stringValue.flatMap(Reason.init(rawValue:)),
            let transfers = json.list("transfers", { $0.stringValue.flatMap { DeliveryID($0) } }),
            let at = json.instant("at"), let answerBy = json.instant("answerBy")
        else { return nil }
        var answer: Answer?
        if let done = json["done"]?.stringValue.flatMap(Done.init(rawValue:)), let at = json.instant("answered") {
            answer = Answer(done: done, basis: json.term("basis"), at: at)
        }
        self.init(
            delivery: delivery, recipient: recipient, reason: reason, by: json.term("by"), about: json.term("about"),
            transfers: transfers, items: json.list("items", { $0.arrayValue?.compactMap(\.stringValue) }) ?? [], at: at,
            answerBy: answerBy, answer: answer)
    }
}
