package import ConcordatCore
package import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatProtocols
import ConcordatStore
package import ConcordatTerms
import Foundation
import Logging
import Synchronization

/// A whole gateway over a store in a temporary directory, and the certificates of its deployment.
///
/// Made once a test run; removed when the process ends.
package final class GatewayStage: Sendable {
    package static let deployment = "test-deployment"
    package static let police: PartyID = "west-midlands-police"
    package static let hub: PartyID = "rj-hub"

    package let directory: String
    package let gateway: Gateway

    private static let made = Task { try await GatewayStage() }

    /// The one stage of this test run.
    package static func shared() async throws -> GatewayStage { try await made.value }

    private init() async throws {
        directory = FileManager.default.temporaryDirectory.path + "/stage-" + UUID().uuidString
        for folder in ["keys", "data"] {
            try FileManager.default.createDirectory(
                atPath: "\(directory)/\(folder)", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        StageRemoval.register(directory)
        let files = try ProtocolDirectory.read(Self.repository + "/protocols/rj-west-midlands")
        var text = try ProtocolDirectory.load(files).get().compiled
        text.mode = .training
        let inForce = OpenedProtocol(
            text: text, senderSchemas: text.messages.keys.reduce(into: [:]) { $0[$1] = files["messages/\($1).json"] },
            recipientSchema: { [text] in RecipientSchemas.schema(of: $0, for: $1, in: text)?.serialized() })
        for name in ["log", "pseudonym", "register"] {
            try FileKeyring.write(try SecureRandom.bytes(32), to: "\(directory)/keys/\(name).key")
        }
        let keyring = try FileKeyring(folder: directory + "/keys")
        let signer = try NoteSigner(
            name: "test.example/log",
            privateKey: try Ed25519PrivateKey(seed: try FileKeyring.read(directory + "/keys/log.key")))
        let ledger = try SQLiteLedger(
            path: directory + "/data/concordat.sqlite",
            identity: SQLiteLedger.Identity(
                deployment: Self.deployment, logKey: "\(signer.verifierKey)", registerKey: keyring.registerKey))
        let image = try ledger.load()
        let opened = ContinuousClock.now
        // Inside the protocol's period, whatever day it is.
        let now: @Sendable () -> UTCInstant = {
            UTCInstant(startOf: CivilDate(daysSinceEpoch: 20_585)) + (ContinuousClock.now - opened)
        }
        let registers = try Gateway.registers(from: image, keyring: keyring)
        let writer = try BatchWriter(
            driver: ledger, image: image, signer: signer, registerKey: keyring.registerKey, freeBytesReserve: 0,
            now: now)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let sequencer = Sequencer(writer: writer, registers: registers, logger: logger) { reason in
            preconditionFailure("the store failed: \(reason)")
        }
        gateway = Gateway(
            house: House(
                deployment: Self.deployment, version: "0", inForce: TextInForce(inForce), registers: registers,
                ledger: sequencer,
                driver: ledger, keyring: keyring, settings: GatewaySettings(), now: now, logger: logger))
        try await gateway.open()
    }

    // MARK: certificates

    /// Makes the authority and the certificates of the gateway, two parties and two people.
    package static let certificates = Task { try await GatewayStage.shared().makeCertificates() }

    private func makeCertificates() async throws {
        for arguments in [
            "init D \(Self.deployment)", "gateway D \(Self.deployment) localhost 127.0.0.1",
            "party D \(Self.deployment) \(Self.police)", "party D \(Self.deployment) \(Self.hub)",
            "person D \(Self.deployment) \(Self.hub) officer-1", "person D \(Self.deployment) \(Self.hub) stranger",
            "person D \(Self.deployment) gateway dpo", "person D \(Self.deployment) gateway admin-1",
            "person D \(Self.deployment) gateway admin-2",
        ] {
            let script = Self.repository + "/Sources/concordat/Authority/authority.sh"
            let (code, output) = await sh("sh '\(script)' " + arguments.replacingOccurrences(of: "D ", with: ". "))
            guard code == 0 else { throw StageFault(output: output) }
        }
    }

    package func tlsContext() throws -> TLSContext {
        try TLSContext(
            TLSContext.Material(
                deployment: Self.deployment, certificateChain: bytes("tls/gateway.chain.crt"),
                privateKey: bytes("tls/gateway.key"), authorities: bytes("authority/trust.pem"),
                revocationLists: bytes("authority/crl.pem"), revocationGrace: .zero))
    }

    package func bytes(_ name: String) -> [UInt8] {
        Array(FileManager.default.contents(atPath: directory + "/" + name) ?? Data())
    }

    /// The end of a curl command line as one of the peers, `parties/<party>` or `people/<party>.<id>`.
    package func curl(_ peer: String, port: Int, _ rest: String) async -> (code: Int32, output: String) {
        await sh(
            "curl -sS --http1.1 --noproxy '*' --max-time 40 --cacert authority/trust.pem --cert \(peer).chain.crt "
                + "--key \(peer).key --resolve localhost:\(port):127.0.0.1 https://localhost:\(port)\(rest)")
    }

    /// Runs a command line in the directory, on a thread no test waits on; its exit code and all it printed.
    @discardableResult
    package func sh(_ commandLine: String) async -> (code: Int32, output: String) {
        let directory = directory
        return await withCheckedContinuation { continuation in
            let thread = Thread {
                let log = directory + "/run-" + UUID().uuidString + ".log"
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.arguments = ["-c", "exec > '\(log)' 2>&1\n" + commandLine]
                process.currentDirectoryURL = URL(fileURLWithPath: directory)
                process.standardInput = FileHandle.nullDevice
                do { try process.run() } catch { return continuation.resume(returning: (-1, "\(error)")) }
                process.waitUntilExit()
                let output = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
                continuation.resume(returning: (process.terminationStatus, output))
            }
            thread.start()
        }
    }

    // MARK: places and times

    /// The top of the package.
    package static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().path

    package static let clock: @Sendable () -> UTCInstant = {
        UTCInstant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// The referral of the protocol's examples, under an id of its own.
    package static func referral(id: String) throws -> String {
        let path = repository + "/protocols/rj-west-midlands/examples/01-referral.json"
        return try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(of: "wmp-0117-referral", with: id)
            .replacingOccurrences(of: "WMP-RJ-2026-0117", with: "case-" + id)
    }
}

struct StageFault: Error {
    package let output: String
}

/// Removes the stage when the process ends.
enum StageRemoval {
    package static func register(_ path: String) {
        directory.withLock { $0 = path }
        atexit { try? FileManager.default.removeItem(atPath: StageRemoval.directory.withLock { $0 }) }
    }

    /// Where `atexit` finds the directory: a C callback captures nothing.
    private static let directory = Mutex("")
}
