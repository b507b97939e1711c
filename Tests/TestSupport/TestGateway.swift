package import ConcordatCore
import ConcordatCrypto
package import ConcordatDecision
package import ConcordatJSON
package import ConcordatLog
package import ConcordatStore
package import ConcordatTerms
import Foundation

/// A folder of its own, gone with the value.
package final class TestFolder: Sendable {
    package let path: String

    package init() throws {
        path = NSTemporaryDirectory() + "concordat-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A whole gateway over a store, with a clock and a log of its own.
package final class TestGateway: Sendable {
    package static let deployment = "test-deployment"
    package static let signer: NoteSigner = {
        do {
            return try NoteSigner(
                name: "test.example/log", privateKey: Ed25519PrivateKey(seed: [UInt8](repeating: 7, count: 32)))
        } catch { preconditionFailure("the test key is no key") }
    }()

    package let gateway: Gateway
    package let clock: TestClock
    package let logs = LogCapture()
    package var house: House { gateway.house }

    /// Opens a gateway over `driver`.
    ///
    /// - Parameters:
    ///   - library: with one, the text in force is what the store says, or at first `first`; later the sign-off files of
    ///     `first` join those of the store, as those of the directory do.
    ///   - own: the deployment's own files, as they stand on record.
    ///   - halt: hears of a halt before the writer's thread stands still for good.
    package init(
        driver: any LedgerDriver, keyring: any Keyring, clock: TestClock = TestClock(),
        settings: GatewaySettings = GatewaySettings(), reserve: Int64 = 0, chores: LedgerChores = LedgerChores(),
        text: CompiledProtocol? = nil, library: TestLibrary? = nil, first: ProtocolArchive? = nil,
        own: ProtocolArchive? = nil,
        halt: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        self.clock = clock
        let now: @Sendable () -> UTCInstant = { clock.now }
        let image = try driver.load()
        let registers = try Gateway.registers(from: image, keyring: keyring)
        let writer = try BatchWriter(
            driver: driver, image: image, signer: Self.signer, registerKey: keyring.registerKey,
            freeBytesReserve: reserve,
            chores: chores, now: now)
        let logger = logs.logger
        let sequencer = Sequencer(writer: writer, registers: registers, logger: logger) { reason in
            halt(reason)
            while true { Thread.sleep(forTimeInterval: 3_600) }
        }
        var inForce = TextInForce(OpenedProtocol(text: try text ?? TestProtocol.text()))
        var adopted: ProposedFiles?
        if let library {
            let shelf = ProtocolShelf(driver: driver, registers: registers, library: library)
            adopted = try first.map { try ProposedFiles($0) }
            if let present = shelf.present(at: clock.now) {
                let joined = adopted?.signoff.flatMap { shelf.present(with: $0, at: clock.now) }
                inForce = joined?.text ?? present
                adopted = joined?.files
            } else if let adopted {
                inForce = TextInForce(try library.open(adopted.files, at: clock.now), version: adopted.text.id)
            }
        }
        gateway = Gateway(
            house: House(
                deployment: Self.deployment, version: "1.0.0", inForce: inForce, registers: registers,
                ledger: sequencer, driver: driver, keyring: keyring, library: library ?? NoProtocolLibrary(),
                settings: settings, now: now, clock: ClockWatch(wall: now, steady: { clock.steady }), logger: logger))
        try await gateway.open(adopting: adopted, own: own)
    }

    /// Opens a gateway over memory.
    package static func inMemory(
        _ ledger: MemoryLedger = MemoryLedger(), clock: TestClock = TestClock(),
        settings: GatewaySettings = GatewaySettings(), reserve: Int64 = 0, text: CompiledProtocol? = nil
    ) async throws -> TestGateway {
        try await TestGateway(
            driver: ledger, keyring: MemoryKeyring(), clock: clock, settings: settings, reserve: reserve, text: text)
    }

    /// Opens the SQLite store of a folder with the file keyring beside it, made when there is none.
    package static func store(in folder: String) throws -> (SQLiteLedger, FileKeyring) {
        let keys = folder + "/keys"
        if !FileManager.default.fileExists(atPath: keys) {
            try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
            try FileKeyring.write([UInt8](repeating: 3, count: 32), to: keys + "/register.key")
            try FileKeyring.write([UInt8](repeating: 4, count: 32), to: keys + "/pseudonym.key")
        }
        let keyring = try FileKeyring(folder: keys)
        return (try SQLiteLedger(path: folder + "/store.sqlite", identity: identity(keyring)), keyring)
    }

    package static func identity(_ keyring: FileKeyring) -> SQLiteLedger.Identity {
        SQLiteLedger.Identity(
            deployment: deployment, logKey: "\(signer.verifierKey)", registerKey: keyring.registerKey)
    }

    /// Sends a message and waits for its answer.
    package func send(_ message: TestMessage, isDryRun: Bool = false) async -> Reply {
        await send(message.body, by: message.sender, isDryRun: isDryRun)
    }

    /// Sends bytes as they are.
    package func send(_ body: [UInt8], by party: PartyID, isDryRun: Bool = false) async -> Reply {
        await withCheckedContinuation { done in
            gateway.intake.submit(Submission(party: party, body: body), isDryRun: isDryRun) {
                done.resume(returning: $0)
            }
        }
    }

    /// What waits for a party now.
    package func pull(_ party: PartyID, limit: Int = 10) async -> [PulledDelivery] {
        let reply = await gateway.inbox.next(for: party, limit: limit, wait: .zero)
        guard reply.status == 200 else { return [] }
        return (try? JSONValue.parse(reply.body))?["deliveries"]?.arrayValue?.compactMap(PulledDelivery.init) ?? []
    }

    /// Records a consent.
    package func consent(
        _ id: String, _ state: ConsentState, case subject: String, person: String, by party: PartyID = "hub",
        told: Bool = true
    ) async -> Reply {
        let body = """
            {"id":"\(id)","case":"\(subject)","person":"\(person)","kind":"participation","purpose":"rj",\
            "state":"\(state.rawValue)","told-right-to-withdraw":\(told)}
            """
        return await gateway.consents.record(Array(body.utf8), by: party)
    }

    /// Who and what is stopped from now on.
    package func stop(suspended: Set<PartyID> = [], messages: Set<MessageName> = []) async throws {
        let standing = Standing(
            epoch: house.registers.standing.epoch + 1, suspended: suspended, stoppedMessages: messages)
        _ = try await house.ledger.commit(LedgerRecord(changes: [.putStanding(standing)]))
    }

    /// Police refer Ada and Ben to the hub, as `m-open`; the hub has taken the referral when `isTaken`.
    package func openCase(isTaken: Bool = true) async -> OpenedCase {
        let reply = await send(
            TestMessage(
                "referral", "m-open", from: "police", to: ["hub"], subject: "ref-1",
                people: [
                    .init("a1", ["harmed"], name: "Ada", phone: "0123"), .init("b1", ["harmer"], name: "Ben"),
                ]))
        if isTaken { for delivery in await pull("hub") { _ = await gateway.inbox.acknowledge(delivery.id, by: "hub") } }
        return OpenedCase(
            reply: reply, id: reply.json["case"]?.stringValue ?? "",
            ada: reply.json["persons"]?["a1"]?.stringValue ?? "",
            ben: reply.json["persons"]?["b1"]?.stringValue ?? "")
    }

    /// Every leaf of the log, in order.
    package func leaves() throws -> [Leaf] {
        try house.driver.entries(from: 0, count: 1_000_000).map { try Leaf(parsing: $0) }
    }

    /// Stops it in good order.
    package func close() async { await gateway.close() }
}

/// A case with Ada, who was harmed, and Ben, who caused harm.
package struct OpenedCase: Sendable {
    package let reply: Reply
    package let id: String
    package let ada: String
    package let ben: String

    package init(reply: Reply, id: String, ada: String, ben: String) {
        (self.reply, self.id, self.ada, self.ben) = (reply, id, ada, ben)
    }
}

/// Looks again and again, for a few seconds at most, until something holds.
package func eventually(_ holds: () async -> Bool) async -> Bool {
    for _ in 0..<500 {
        if await holds() { return true }
        try? await ContinuousClock().sleep(for: .milliseconds(10))
    }
    return await holds()
}

/// One delivery as an inbox hands it out.
package struct PulledDelivery: Sendable {
    package let id: DeliveryID
    package let attempt: Int
    package let event: JSONValue
    /// Of the digest of what went out.
    package let salt: [UInt8]?

    init?(_ json: JSONValue) {
        guard let id = json["delivery"]?.stringValue.flatMap({ DeliveryID($0) }),
            let attempt = json["attempt"]?.intValue,
            let event = json["event"]
        else { return nil }
        (self.id, self.attempt, self.event) = (id, attempt, event)
        salt = json["salt"]?.stringValue.flatMap { Base64.decode($0) }
    }

    package var message: String? { event["id"]?.stringValue }
    package var caseID: String? { event["subject"]?.stringValue }
    package var text: String { String(decoding: event.serialized(), as: UTF8.self) }
}

extension Reply {
    package var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
    /// The code of a problem.
    package var code: String? { json["code"]?.stringValue }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
