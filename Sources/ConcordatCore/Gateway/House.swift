package import ConcordatDecision
package import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
package import Logging

/// Bounds and times of the gateway, each with its default.
package struct GatewaySettings: Sendable {
    /// Bounds of one message's JSON.
    package var json = JSONLimits()
    /// Unfinished deliveries one recipient may have; the next message to it is answered 503.
    package var queueMax = 10_000
    /// How long a pulled message stays with its recipient before it is offered again; doubled from the fourth time on, up
    /// to `retryMax`, so that a recipient that never says it has a message does not fill the log.
    package var lease: Duration = .seconds(60)
    /// Pushes begun before a delivery is parked.
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
    /// Consents one party may record, withdraw or list in a second; the next is answered 429.
    package var consentsPerSecond = 200
    /// How long answers are remembered.
    package var rememberFor: Duration = .seconds(90 * 86_400)
    /// How long what decisions were judged by is kept, so that a draft can be tried on it; zero keeps nothing.
    package var replayFor: Duration = .seconds(30 * 86_400)
    /// Notices one party may ask for in a minute about what it sent; the next is answered 429.
    package var noticesPerMinute = 60
    /// How long the recipient of a notice has to say what it did.
    package var noticeAnswerWithin: Duration = .seconds(7 * 86_400)
    /// Times a record is judged again because the case moved, before the sender is asked to try again.
    package var judgementsMax = 16

    package init() {}
}

/// What every workflow needs, made once.
package struct House: Sendable {
    /// The gateway itself, as the sender of its notices. No party of a roster may have this id.
    package static let gatewayParty: PartyID = "gateway"

    package let deployment: String
    package let version: String
    package let registers: Registers
    package let ledger: Sequencer
    package let driver: any LedgerDriver
    package let keyring: any Keyring
    package let keys: DerivedKeys
    package let bell: DeliveryBell
    package let shelf: ProtocolShelf
    package let settings: GatewaySettings
    /// Watched for steps: while one is unconfirmed, time runs on as if it had not happened.
    package let clock: ClockWatch
    package let logger: Logger

    /// - Parameters:
    ///   - inForce: what is in force at first.
    ///   - library: opens other versions; a gateway without one keeps its text.
    ///   - now: the wall clock.
    ///   - clock: the watch over it; made here when nil. A test that moves `now` by hand gives one of its own.
    package init(
        deployment: String, version: String, inForce: TextInForce, registers: Registers, ledger: Sequencer,
        driver: any LedgerDriver, keyring: any Keyring, library: any ProtocolLibrary = NoProtocolLibrary(),
        settings: GatewaySettings,
        now: @escaping @Sendable () -> UTCInstant, clock: ClockWatch? = nil, logger: Logger
    ) {
        (self.deployment, self.version, self.registers) = (deployment, version, registers)
        (self.ledger, self.driver, self.keyring, self.settings) = (ledger, driver, keyring, settings)
        (self.clock, self.logger) = (clock ?? ClockWatch(wall: now), logger)
        keys = DerivedKeys(root: keyring.pseudonymRoot)
        bell = DeliveryBell()
        shelf = ProtocolShelf(driver: driver, registers: registers, library: library)
        registers.begin(inForce)
    }

    /// The same under one text, which never changes.
    package init(
        deployment: String, version: String, text: CompiledProtocol, registers: Registers, ledger: Sequencer,
        driver: any LedgerDriver, keyring: any Keyring, settings: GatewaySettings,
        now: @escaping @Sendable () -> UTCInstant, clock: ClockWatch? = nil, logger: Logger
    ) {
        self.init(
            deployment: deployment, version: version, inForce: TextInForce(OpenedProtocol(text: text)),
            registers: registers, ledger: ledger, driver: driver, keyring: keyring, settings: settings, now: now,
            clock: clock, logger: logger)
    }

    /// The time to judge and record by.
    package var now: @Sendable () -> UTCInstant { { [clock] in clock.now() } }

    /// The text in force now. Work that asks more than one thing of it takes it once.
    package var inForce: TextInForce { registers.footing.text }

    /// A leaf of this deployment.
    ///
    /// - Parameter text: what it was judged under; the text in force now when nil.
    func leaf(_ body: LeafBody, at time: UTCInstant? = nil, under text: TextInForce? = nil) -> Leaf {
        Leaf(
            time: time ?? clock.now(), deployment: LeafToken(deployment),
            protocolDigest: (text ?? inForce).leafDigest, body: body)
    }
}
