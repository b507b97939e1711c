import ConcordatDecision
import ConcordatLog
import ConcordatTerms
import Logging

extension ConsentRegister {
    // Bound: cases of one round.
    private static let lapsesMax = 200

    /// Puts it on record that consents have come to their end, so that those who have what rested on them are told.
    ///
    /// They allow nothing from that moment on, whether this has run or not.
    func lapse() async {
        let now = house.now()
        guard !house.clock.isStepped else { return }
        for record in house.registers.cases(lapsedAt: now, limit: Self.lapsesMax) {
            var next = record
            var moved: [ConsentRecord] = []
            for index in next.consents.indices where next.consents[index].fact.state(at: now) == .expired {
                guard next.consents[index].fact.state.allows else { continue }
                next.consents[index].note(.expired, at: now, by: House.gatewayParty)
                moved.append(next.consents[index])
            }
            next.recall(moved.map(\.fact), event: .expired, at: now)
            do throws(ConsentFault) {
                try await commit(next, from: record, moved, by: nil)
            } catch {
                // Moved meanwhile, or no room: it is looked at again in the next round.
                if case .stale = error { continue }
                house.logger.error("consent: an end was not written", metadata: ["case": "\(record.id)"])
            }
        }
    }
}
