/// The kinds of leaf, as their `kind` member says.
package enum LeafKind: String, CaseIterable, Sendable {
    case decision
    case refusal
    case refusalSummary = "refusal-summary"
    case handOver = "handover"
    case handOverOutcome = "handover-outcome"
    case deliveryEnd = "delivery-end"
    case notice
    case consent
    case caseChange = "case"
    case view
    case admin
    case protocolChange = "protocol"
    case signOff = "sign-off"
    case start
    case stop
    case clock
}

/// What a leaf is about.
package enum LeafBody: Equatable, Sendable {
    /// A message was judged for one recipient.
    case decision(DecisionLeaf)
    /// A request was refused.
    case refusal(RefusalLeaf)
    /// A party's refusals beyond the bound, counted.
    case refusalSummary(RefusalSummaryLeaf)
    /// A copy is about to leave.
    case handOver(HandOverLeaf)
    /// What came of it.
    case handOverOutcome(HandOverOutcomeLeaf)
    /// A delivery ended otherwise than by being handed over.
    case deliveryEnd(DeliveryEndLeaf)
    /// A recipient is told to see to what it has, or says what it did.
    case notice(NoticeLeaf)
    /// A consent was recorded or changed.
    case consent(ConsentLeaf)
    /// A case changed.
    case caseChange(CaseLeaf)
    /// An officer looked.
    case view(ViewLeaf)
    /// An admin acted.
    case admin(AdminLeaf)
    /// A protocol text came into force, lapsed or was refused.
    case protocolChange(ProtocolLeaf)
    /// Signatures under a text were found to hold.
    case signOff(SignOffLeaf)
    /// The daemon began.
    case start(DaemonLeaf)
    /// The daemon ended in good order.
    case stop(DaemonLeaf)
    /// The clock was seen to step.
    case clock(ClockLeaf)

    /// The kind.
    package var kind: LeafKind {
        switch self {
        case .decision: .decision
        case .refusal: .refusal
        case .refusalSummary: .refusalSummary
        case .handOver: .handOver
        case .handOverOutcome: .handOverOutcome
        case .deliveryEnd: .deliveryEnd
        case .notice: .notice
        case .consent: .consent
        case .caseChange: .caseChange
        case .view: .view
        case .admin: .admin
        case .protocolChange: .protocolChange
        case .signOff: .signOff
        case .start: .start
        case .stop: .stop
        case .clock: .clock
        }
    }

    /// One line, ids only.
    package var summary: String { content.summary }

    init(_ kind: LeafKind, reading members: inout LeafMembers) throws(LeafError) {
        switch kind {
        case .decision: self = .decision(try DecisionLeaf(reading: &members))
        case .refusal: self = .refusal(try RefusalLeaf(reading: &members))
        case .refusalSummary: self = .refusalSummary(try RefusalSummaryLeaf(reading: &members))
        case .handOver: self = .handOver(try HandOverLeaf(reading: &members))
        case .handOverOutcome: self = .handOverOutcome(try HandOverOutcomeLeaf(reading: &members))
        case .deliveryEnd: self = .deliveryEnd(try DeliveryEndLeaf(reading: &members))
        case .notice: self = .notice(try NoticeLeaf(reading: &members))
        case .consent: self = .consent(try ConsentLeaf(reading: &members))
        case .caseChange: self = .caseChange(try CaseLeaf(reading: &members))
        case .view: self = .view(try ViewLeaf(reading: &members))
        case .admin: self = .admin(try AdminLeaf(reading: &members))
        case .protocolChange: self = .protocolChange(try ProtocolLeaf(reading: &members))
        case .signOff: self = .signOff(try SignOffLeaf(reading: &members))
        case .start: self = .start(try DaemonLeaf(reading: &members))
        case .stop: self = .stop(try DaemonLeaf(reading: &members))
        case .clock: self = .clock(try ClockLeaf(reading: &members))
        }
    }

    func write(to members: inout LeafMembers) { content.write(to: &members) }

    private var content: any LeafContent {
        switch self {
        case .decision(let leaf): leaf
        case .refusal(let leaf): leaf
        case .refusalSummary(let leaf): leaf
        case .handOver(let leaf): leaf
        case .handOverOutcome(let leaf): leaf
        case .deliveryEnd(let leaf): leaf
        case .notice(let leaf): leaf
        case .consent(let leaf): leaf
        case .caseChange(let leaf): leaf
        case .view(let leaf): leaf
        case .admin(let leaf): leaf
        case .protocolChange(let leaf): leaf
        case .signOff(let leaf): leaf
        case .start(let leaf), .stop(let leaf): leaf
        case .clock(let leaf): leaf
        }
    }
}

/// What every kind of leaf does: write its members, read them back, and say itself in a line.
protocol LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError)
    func write(to members: inout LeafMembers)
    var summary: String { get }
}
