import ConcordatTerms
import Synchronization

/// What a batch in the making has changed, over what the registers hold. Thrown away when the batch fails.
struct LedgerOverlay {
    private let registers: Registers
    private var cases: [CaseID: Int] = [:]
    private var references: [Registers.PartyReference: CaseID] = [:]
    private var deliveries: [DeliveryID: (state: DeliveryState, attempts: Int)] = [:]
    private var standing: Int?
    private(set) var claims: Set<Claim> = []

    struct Claim: Hashable {
        let party: PartyID
        let message: MessageID
    }

    init(_ registers: Registers) { self.registers = registers }

    /// Whether everything a record was judged under still holds.
    func holds(_ guards: [LedgerGuard]) -> Bool { guards.allSatisfy(holds) }

    private func holds(_ one: LedgerGuard) -> Bool {
        switch one {
        case .caseEpoch(let id, let epoch):
            return (cases[id] ?? registers.record(of: id)?.epoch ?? 0) == epoch
        case .unusedReference(let party, let reference):
            let key = Registers.PartyReference(party: party, reference: reference)
            return references[key] == nil && registers.state.withLock { $0.byReference[key] } == nil
        case .delivery(let id, let state, let attempts):
            if let changed = deliveries[id] { return changed == (state, attempts) }
            guard let delivery = registers.delivery(id) else { return false }
            return delivery.state == state && delivery.attempts == attempts
        case .standing(let epoch):
            return (standing ?? registers.standing.epoch) == epoch
        }
    }

    mutating func note(_ record: LedgerRecord) {
        if let claim = record.claim { claims.insert(Claim(party: claim.party, message: claim.message)) }
        for change in record.changes {
            switch change {
            case .putCase(let record):
                cases[record.id] = record.epoch
                for (party, own) in record.references {
                    for reference in own {
                        references[Registers.PartyReference(party: party, reference: reference)] = record.id
                    }
                }
            case .putDelivery(let delivery, copy: _): deliveries[delivery.id] = (delivery.state, delivery.attempts)
            case .moveDelivery(let id, to: let state, let attempts, next: _, copy: _):
                deliveries[id] = (state, attempts)
            case .putStanding(let new): standing = new.epoch
            case .putArchive, .putProtocol, .putInForce, .putReplay: break
            }
        }
    }
}
