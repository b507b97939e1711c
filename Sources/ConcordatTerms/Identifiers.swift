// The kinds of id and term. Each is a type of its own so that one cannot stand in for another.

/// An organisation that holds a party certificate, for example `west-mercia-police`.
public struct PartyID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// What a party is, for example `police` or `hub`; declared in the protocol, not in code.
public struct PartyKind: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A person who works for a party or the deployment and holds a person certificate.
public struct OfficerID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A case; minted by the gateway at its first message.
public struct CaseID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A person in a case; minted by the gateway, the same in every message to every party.
public struct PersonID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// The CloudEvents `id` a sender gave its message; unique per sending party.
public struct MessageID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// One message on its way to one recipient; minted by the gateway.
public struct DeliveryID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// One consent record; minted by the gateway.
public struct ConsentID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// The name of an information-sharing protocol, for example `rj-west-midlands`.
public struct ProtocolID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// The name of a kind of message in the protocol, for example `referral`.
public struct MessageName: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A purpose of processing declared in the protocol, for example `rj-offer`.
public struct PurposeID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// The category of a data item, for example `contact` or `risk`; declared in the protocol.
public struct Category: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A role of a person in a case, for example `harmed`; declared in the protocol.
public struct Role: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// What a party is to one case, for example `screener` or `custodian`; declared in the protocol.
public struct Capacity: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A rule of the protocol, for example `R2`; named in every decision it took part in.
public struct RuleID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A guarantee of the protocol, for example `G1`.
public struct GuaranteeID: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A kind of case a unit is marked for, for example `domestic-abuse`.
public struct Speciality: Identifier {
    /// The id as text.
    public let rawValue: String
    /// An id nobody checks; see ``Identifier/init(unchecked:)``.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}
