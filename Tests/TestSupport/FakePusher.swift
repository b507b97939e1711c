package import ConcordatCore
package import ConcordatTerms
import Synchronization

/// A recipient's endpoint that does as it is told, and keeps what reached it.
package final class FakePusher: Pusher {
    /// What the endpoint does with one push.
    package enum Act: Sendable {
        case take
        /// Turns it away; nothing arrives.
        case refuse
        /// Has it, and then the answer is lost.
        case takeButFail
    }

    package struct Arrival: Sendable {
        package let event: [UInt8]
        package let delivery: DeliveryID
        package let recipient: PartyID
    }

    package let recipients: [PartyID]
    private let state = Mutex((acts: [Act](), arrivals: [Arrival](), calls: 0))

    package init(recipients: [PartyID]) { self.recipients = recipients }

    /// What the next pushes meet; after them everything is taken.
    package func script(_ acts: [Act]) { state.withLock { $0.acts = acts } }
    package var arrivals: [Arrival] { state.withLock { $0.arrivals } }
    package var calls: Int { state.withLock { $0.calls } }

    package func push(_ event: [UInt8], delivery: DeliveryID, salt: [UInt8], to recipient: PartyID) async -> PushOutcome
    {
        state.withLock { state in
            state.calls += 1
            let act = state.acts.isEmpty ? .take : state.acts.removeFirst()
            switch act {
            case .refuse: return .failed(status: 500, code: "endpoint.refused")
            case .take, .takeButFail:
                state.arrivals.append(Arrival(event: event, delivery: delivery, recipient: recipient))
                if case .take = act { return .taken(status: 202) }
                return .failed(status: nil, code: "endpoint.no-answer")
            }
        }
    }
}
