package import ConcordatTerms

extension CompiledProtocol {
    /// The checks of a message as a whole, which hold or fail alike for every recipient.
    ///
    /// In this order: period, the sender's signature under the text, message, purpose, the sender's basis and kind, its capacity in the case, and the
    /// capacities the message would give. A case that does not exist and a case of others get the same answer.
    /// At hand-over the last two are not asked again.
    package func admit(_ input: JudgeInput) -> Refusal? {
        switch admission(of: input) {
        case .granted: nil
        case .refused(let refusal): refusal
        }
    }

    /// The same, with what was looked up on the way.
    func admission(of input: JudgeInput) -> Admission {
        let today = input.now.date
        // A life in danger does not wait for a signature page: a claimed ground works when the text has lapsed.
        let breaksGlass = mayBreakGlass(input)
        guard breaksGlass || period.from <= today else { return .refused(Refusal(code: "protocol.not-yet")) }
        guard breaksGlass || today <= period.until else { return .refused(Refusal(code: "protocol.lapsed")) }
        guard breaksGlass || isSigned(by: input.sender) else { return .refused(Refusal(code: "party.not-signed")) }
        guard let table = index.messages[input.message] else {
            return .refused(Refusal(code: "message.unknown-type"))
        }
        let purpose = index.purposes[input.purpose]
        guard let basis = index.bases[purpose] else { return .refused(Refusal(code: "purpose.unknown")) }
        guard table.purposes.contains(purpose) else { return .refused(Refusal(code: "purpose.no-basis")) }
        guard let sender = roster[input.sender] else { return .refused(Refusal(code: "message.not-from-you")) }
        guard basis.contains(sender.kind) else { return .refused(Refusal(code: "purpose.no-basis")) }
        guard table.from.contains(sender.kind) else { return .refused(Refusal(code: "message.not-from-you")) }
        guard input.breakGlass == nil || breaksGlass else {
            return .refused(Refusal(code: "break-glass.not-permitted"))
        }
        let held = heldCapacities(input)
        let admitted = Admission.granted(AdmittedMessage(table: table, sender: sender, purpose: purpose, held: held))
        guard input.acceptedWith == nil else { return admitted }
        guard mayWrite(table, input, held) || breaksGlass && input.caseFacts.id != nil else {
            return .refused(Refusal(code: "case.not-yours"))
        }
        guard table.hasGrantToCheck, let fault = CapacityNominees(text: self, input: input).fault() else {
            return admitted
        }
        return .refused(fault)
    }

    /// Whether the sender claims a ground that some clause grants it for this message.
    private func mayBreakGlass(_ input: JudgeInput) -> Bool {
        guard let ground = input.breakGlass else { return false }
        return mayBreakGlass(on: ground, in: input.message, by: input.sender, for: input.purpose)
    }

    /// Whether some clause grants a sender this ground for such a message.
    package func mayBreakGlass(
        on ground: String, in message: MessageName, by sender: PartyID, for purpose: PurposeID
    ) -> Bool {
        guard breakGlass?.grounds[ground] != nil, let sender = parties[sender] else { return false }
        return rules.contains { $0.isBreakGlassClause(on: ground, in: message, from: sender.kind, for: purpose) }
    }

    /// Whether nothing but a claimed ground lets the sender write in the case: then only what its clauses name goes, and
    /// the message moves no capacity and opens no request.
    ///
    /// Not asked at hand-over: what was accepted so was cut so.
    func entersByGlass(_ input: JudgeInput) -> Bool {
        guard input.breakGlass != nil, input.acceptedWith == nil, !input.isNewCase,
            let table = index.messages[input.message]
        else { return false }
        return !mayWrite(table, input, heldCapacities(input))
    }

    /// Whether the sender has what the message asks for in the case: for a new one, that the message may open it.
    private func mayWrite(_ table: MessageTable, _ input: JudgeInput, _ held: HeldCapacities) -> Bool {
        guard !input.isNewCase else { return table.message.opensCase }
        return table.fromCapacity.isEmpty
            ? !held.sender.isEmpty : !held.sender.isDisjoint(with: table.fromCapacity)
    }
}

/// Whether a message as a whole may be judged any further.
enum Admission {
    case refused(Refusal)
    case granted(AdmittedMessage)
}

/// What was looked up of a message that was admitted.
struct AdmittedMessage {
    let table: MessageTable
    let sender: IndexedParty
    /// The number of its purpose.
    let purpose: Int
    let held: HeldCapacities
}
