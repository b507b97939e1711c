package import ConcordatTerms

extension CompiledProtocol {
    /// The checks of a message as a whole, which hold or fail alike for every recipient.
    ///
    /// In this order: period, the sender's signature under the text, message, purpose, the sender's basis and kind, its capacity in the case, and the
    /// capacities the message would give. A case that does not exist and a case of others get the same answer.
    /// At hand-over the last two are not asked again.
    package func admit(_ input: JudgeInput) -> Refusal? {
        let today = input.now.date
        // A life in danger does not wait for a signature page: a claimed ground works when the text has lapsed.
        let breaksGlass = mayBreakGlass(input)
        guard breaksGlass || period.from <= today else { return Refusal(code: "protocol.not-yet") }
        guard breaksGlass || today <= period.until else { return Refusal(code: "protocol.lapsed") }
        guard breaksGlass || isSigned(by: input.sender) else { return Refusal(code: "party.not-signed") }
        guard let table = index.messages[input.message] else { return Refusal(code: "message.unknown-type") }
        guard let purpose = purposes[input.purpose] else { return Refusal(code: "purpose.unknown") }
        guard table.message.purposes.contains(input.purpose) else { return Refusal(code: "purpose.no-basis") }
        guard let sender = parties[input.sender] else { return Refusal(code: "message.not-from-you") }
        guard purpose.basis[sender.kind] != nil else { return Refusal(code: "purpose.no-basis") }
        guard table.message.from.contains(sender.kind) else { return Refusal(code: "message.not-from-you") }
        guard input.breakGlass == nil || breaksGlass else { return Refusal(code: "break-glass.not-permitted") }
        guard input.acceptedWith == nil else { return nil }
        guard mayWrite(table, input) || breaksGlass && input.caseFacts.id != nil else {
            return Refusal(code: "case.not-yours")
        }
        return table.hasGrantToCheck ? CapacityNominees(text: self, input: input).fault() : nil
    }

    /// Whether the sender claims a ground that some clause grants it for this message.
    private func mayBreakGlass(_ input: JudgeInput) -> Bool {
        input.breakGlass.map { mayBreakGlass(on: $0, in: input.message, by: input.sender, for: input.purpose) } ?? false
    }

    /// Whether some clause grants a sender this ground for such a message.
    package func mayBreakGlass(
        on ground: String, in message: MessageName, by sender: PartyID, for purpose: PurposeID
    ) -> Bool {
        guard breakGlass?.grounds[ground] != nil, let sender = parties[sender] else { return false }
        return !breakGlassClauses(on: ground, in: message, from: sender.kind, for: purpose).isEmpty
    }

    /// Whether nothing but a claimed ground lets the sender write in the case: then only what its clauses name goes, and
    /// the message moves no capacity and opens no request.
    ///
    /// Not asked at hand-over: what was accepted so was cut so.
    func entersByGlass(_ input: JudgeInput) -> Bool {
        guard input.breakGlass != nil, input.acceptedWith == nil, !input.isNewCase,
            let table = index.messages[input.message]
        else { return false }
        return !mayWrite(table, input)
    }

    /// Whether the sender has what the message asks for in the case: for a new one, that the message may open it.
    private func mayWrite(_ table: MessageTable, _ input: JudgeInput) -> Bool {
        guard !input.isNewCase else { return table.message.opensCase }
        let held = heldCapacities(of: input.sender, in: input)
        return table.fromCapacity.isEmpty ? !held.isEmpty : !held.isDisjoint(with: table.fromCapacity)
    }
}
