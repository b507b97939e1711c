/// Why a gateway should not be sent work for the moment.
package enum ReadinessFault: String, Sendable, Hashable, CaseIterable {
    /// The clock jumped; an admin must confirm the time. Nothing is handed over until then.
    case clockStepped = "clock-stepped"
    /// No text is in force: the version that should be is broken, unsigned or tampered with.
    case noProtocol = "no-protocol"
    /// Today is outside the period of the protocol.
    case protocolLapsed = "protocol-lapsed"
    /// The store does not take or give records, or has less room than the reserve.
    case storeUnavailable = "store-unavailable"
    /// The gateway is about to stop.
    case draining
}

extension House {
    /// What keeps the gateway from doing its work; empty when nothing does. Cheap enough to be asked each second.
    package func readiness() -> [ReadinessFault] {
        var faults: [ReadinessFault] = []
        if clock.isStepped { faults.append(.clockStepped) }
        let text = inForce
        if text.lack != nil {
            faults.append(.noProtocol)
        } else if !text.isInForce(at: clock.now()) {
            faults.append(.protocolLapsed)
        }
        if ledger.health != .well || (try? driver.checkpointNote(size: nil)) == nil { faults.append(.storeUnavailable) }
        if bell.isClosed { faults.append(.draining) }
        return faults
    }
}
