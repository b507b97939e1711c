package import ConcordatPayload
package import ConcordatTerms

/// A protocol that has passed every check, ready to judge by. Immutable; one value per digest.
package struct CompiledProtocol: Sendable {
    package var id: ProtocolID
    package var version: String
    package var title: String
    /// Lower-case hex SHA-256 of the canonical text that is signed.
    package var digest: String
    package var mode: ProtocolMode
    package var period: ProtocolPeriod
    package var partyKinds: Set<PartyKind>
    package var roles: Set<Role>
    /// Each category and the one it lies within, if any.
    package var categories: [Category: Category?] { didSet { index = JudgeIndex(of: self) } }
    package var purposes: [PurposeID: CompiledPurpose] { didSet { index = JudgeIndex(of: self) } }
    package var flags: [String: CompiledFlag] { didSet { index = JudgeIndex(of: self) } }
    package var capacities: [Capacity: CompiledCapacity] { didSet { index = JudgeIndex(of: self) } }
    package var messages: [MessageName: CompiledMessage] { didSet { index = JudgeIndex(of: self) } }
    package var consents: [ConsentClause]
    package var consentShownTo: ConsentAudience
    /// In the order of the text.
    package var rules: [CompiledRule] { didSet { index = JudgeIndex(of: self) } }
    package var parties: [PartyID: RosterParty] { didSet { roster = roster(by: index) } }
    /// The parties for which the text is in force; nil where signatures are not asked for, which is in training only.
    package var signed: Set<PartyID>?
    /// Nil when the text says nothing of break glass: then no ground can be claimed.
    package var breakGlass: CompiledBreakGlass?
    package var obligations: [CompiledObligation] = []
    /// From the mildest to the strictest.
    package var markings: [String] = []
    package var calendars: [String: WorkingCalendar] = [:]
    package var expectations: [CompiledExpectation] = []
    /// Tables derived from the rest, so that a judgement looks only at rules that can matter to it.
    ///
    /// Invariant: always that of the present rules, messages, purposes, flags, capacities and categories.
    private(set) var index = JudgeIndex() { didSet { roster = roster(by: index) } }
    /// The parties with the numbers that the index gives their kinds.
    private(set) var roster: [PartyID: IndexedParty] = [:]

    package init(
        id: ProtocolID, version: String, title: String, digest: String, mode: ProtocolMode, period: ProtocolPeriod,
        partyKinds: Set<PartyKind>, roles: Set<Role>, categories: [Category: Category?],
        purposes: [PurposeID: CompiledPurpose], flags: [String: CompiledFlag],
        capacities: [Capacity: CompiledCapacity], messages: [MessageName: CompiledMessage],
        consents: [ConsentClause], consentShownTo: ConsentAudience, rules: [CompiledRule],
        parties: [PartyID: RosterParty]
    ) {
        (self.id, self.version, self.title, self.digest) = (id, version, title, digest)
        (self.mode, self.period, self.partyKinds, self.roles) = (mode, period, partyKinds, roles)
        (self.categories, self.purposes, self.flags, self.capacities) = (categories, purposes, flags, capacities)
        (self.messages, self.consents, self.consentShownTo) = (messages, consents, consentShownTo)
        (self.rules, self.parties) = (rules, parties)
        let index = JudgeIndex(of: self)
        roster = roster(by: index)
        self.index = index
    }

    private func roster(by index: JudgeIndex) -> [PartyID: IndexedParty] {
        parties.mapValues { IndexedParty($0, index.kinds) }
    }

    /// Whether the text is in force for a party, its period apart.
    package func isSigned(by party: PartyID) -> Bool { signed?.contains(party) ?? true }

    /// Whether `category` is `ancestor` or lies within it.
    package func category(_ category: Category, isWithin ancestor: Category) -> Bool {
        var current: Category? = category
        // Bound: a chain is at most as long as there are categories; the loader refuses cycles.
        for _ in 0...categories.count {
            guard let here = current else { return false }
            if here == ancestor { return true }
            current = categories[here] ?? nil
        }
        return false
    }

    /// `parent` and every category that lies within it.
    package func categories(within parent: Category) -> Set<Category> {
        Set(categories.keys.filter { category($0, isWithin: parent) }).union([parent])
    }

    /// The message whose CloudEvents `type` this is.
    package func message(ofType type: String) -> CompiledMessage? { messages.values.first { $0.type == type } }
}

/// Whether signed texts only are in force, or this is practice.
package enum ProtocolMode: String, Sendable { case live, training }

/// From its first day, never after its last; both inclusive, in UTC.
package struct ProtocolPeriod: Sendable, Equatable {
    package var from: CivilDate
    package var review: CivilDate
    package var until: CivilDate
    package init(from: CivilDate, review: CivilDate, until: CivilDate) {
        (self.from, self.review, self.until) = (from, review, until)
    }
}

/// A purpose: each kind of party named in `basis` may send and receive for it, nobody else.
package struct CompiledPurpose: Sendable, Equatable {
    package var title: String
    package var basis: [PartyKind: String]
    package var gateway: [String]
    package init(title: String, basis: [PartyKind: String], gateway: [String]) {
        (self.title, self.basis, self.gateway) = (title, basis, gateway)
    }
}

/// Values of message facts that the gateway remembers for a case.
package struct CompiledFlag: Sendable, Equatable {
    /// Where its values come from: message and data path of an `x-fact`.
    package var fields: [MessageName: [String]]
    package init(fields: [MessageName: [String]]) { self.fields = fields }
}

/// A capacity and the messages that move it.
package struct CompiledCapacity: Sendable, Equatable {
    package var title: String
    /// Kinds of party that may hold it; empty means any.
    package var kinds: Set<PartyKind>
    /// Whether a new holder ends the one before.
    package var exclusive: Bool
    package var grants: [CapacityMove]
    package var ends: [CapacityMove]
    package init(title: String, kinds: Set<PartyKind>, exclusive: Bool, grants: [CapacityMove], ends: [CapacityMove]) {
        (self.title, self.kinds, self.exclusive) = (title, kinds, exclusive)
        (self.grants, self.ends) = (grants, ends)
    }
}

/// One message that grants or ends a capacity, and of whom.
package struct CapacityMove: Sendable, Equatable {
    package enum Holder: Sendable, Equatable {
        case sender, recipient, everyone
        /// The party an `x-party` field names; never the sender itself.
        case field(String)
    }
    package var message: MessageName
    package var holder: Holder
    package var when: Condition?
    package init(message: MessageName, holder: Holder, when: Condition?) {
        (self.message, self.holder, self.when) = (message, holder, when)
    }
}

/// One kind of message.
package struct CompiledMessage: Sendable {
    package var name: MessageName
    package var title: String
    /// The CloudEvents `type`.
    package var type: String
    package var schema: MessageSchema
    package var from: Set<PartyKind>
    /// Empty: any capacity in the case will do.
    package var fromCapacity: Set<Capacity>
    package var to: Set<PartyKind>
    /// Empty: none is asked for.
    package var toCapacity: Set<Capacity>
    package var purposes: Set<PurposeID>
    package var opensCase: Bool
    /// The message that answers this request.
    package var answeredBy: MessageName?
    /// The request this message answers.
    package var answers: MessageName?
    /// How long a delivery waits at most.
    package var life: Duration
    /// How long each keeps what it received.
    package var keep: [KeptBy: CompiledRetention] = [:]
    /// What its sender may repeat in it of what it learnt by the gateway; nil: anything it may know.
    package var mayRestate: Set<Category>?

    package init(
        name: MessageName, title: String, type: String, schema: MessageSchema, from: Set<PartyKind>,
        fromCapacity: Set<Capacity>, to: Set<PartyKind>, toCapacity: Set<Capacity>, purposes: Set<PurposeID>,
        opensCase: Bool, answeredBy: MessageName?, answers: MessageName?, life: Duration
    ) {
        (self.name, self.title, self.type, self.schema) = (name, title, type, schema)
        (self.from, self.fromCapacity, self.to, self.toCapacity) = (from, fromCapacity, to, toCapacity)
        (self.purposes, self.opensCase, self.answeredBy, self.answers) = (purposes, opensCase, answeredBy, answers)
        self.life = life
    }
}

/// A party of the roster.
package struct RosterParty: Sendable, Equatable {
    package var id: PartyID
    package var title: String
    package var kind: PartyKind
    package var specialities: Set<String>
    package init(id: PartyID, title: String, kind: PartyKind, specialities: Set<String>) {
        (self.id, self.title, self.kind, self.specialities) = (id, title, kind, specialities)
    }
}

/// To whom the state of a consent is shown. Everyone else gets one answer, byte for byte.
package struct ConsentAudience: Sendable, Equatable {
    package var recorder: Bool
    package var capacities: Set<Capacity>
    package var officers: Bool
    package init(recorder: Bool, capacities: Set<Capacity>, officers: Bool) {
        (self.recorder, self.capacities, self.officers) = (recorder, capacities, officers)
    }
}
