package import ConcordatDecision
package import ConcordatJSON
package import ConcordatTerms
package import Logging

/// Bounds and times of the gateway, each with its default.
package struct GatewaySettings: Sendable {
    /// Bounds of one message's JSON.
    package var json = JSONLimits()
    /// Unfinished deliveries one recipient may have; the next message to it is answered 503.
    package var queueMax = 10_000
    /// How long a pulled message stays with its recipient before it is offered again.
    package var lease: Duration = .seconds(60)
    /// Hand-overs begun before a delivery is parked.
    package var attemptsMax = 12
    /// The wait after the first failed push; doubled each time, with jitter.
    package var firstRetry: Duration = .seconds(5)
    package var retryMax: Duration = .seconds(3_600)
    /// Messages of one party in a second; the next is answered 429.
    package var messagesPerSecond = 2_000
    /// Refusals of one party in a second that get a leaf each; the rest are counted in a summary.
    package var refusalLeavesPerSecond = 10
    /// Dry runs of one party in a minute.
    package var dryRunsPerMinute = 60
    /// How long answers are remembered.
    package var rememberFor: Duration = .seconds(90 * 86_400)
    /// Times a record is judged again because the case moved, before the sender is asked to try again.
    package var judgementsMax = 16

    package init() {}
}

/// What every workflow needs, made once.
package struct House: Sendable {
    package let deployment: String
    package let version: String
    package let text: CompiledProtocol
    package let registers: Registers
    package let ledger: Sequencer
    package let driver: any LedgerDriver
    package let keyring: any Keyring
    package let keys: DerivedKeys
    package let bell: DeliveryBell
    package let settings: GatewaySettings
    package let now: @Sendable () -> UTCInstant
    package let logger: Logger

    package init(
        deployment: String, version: String, text: CompiledProtocol, registers: Registers, ledger: Sequencer,
        driver: any LedgerDriver, keyring: any Keyring, settings: GatewaySettings,
        now: @escaping @Sendable () -> UTCInstant, logger: Logger
    ) {
        (self.deployment, self.version, self.text, self.registers) = (deployment, version, text, registers)
        (self.ledger, self.driver, self.keyring, self.settings) = (ledger, driver, keyring, settings)
        (self.now, self.logger) = (now, logger)
        keys = DerivedKeys(root: keyring.pseudonymRoot)
        bell = DeliveryBell()
    }

    /// `id@version sha256:digest`, as recipients see it.
    package var protocolText: String { "\(text.id)@\(text.version) sha256:\(text.digest)" }
}
