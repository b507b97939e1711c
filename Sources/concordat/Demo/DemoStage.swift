import ConcordatCrypto
import ConcordatProtocols
import ConcordatTerms
import ConcordatTransport
import ConcordatWire
import Foundation
import NIOCore
import NIOPosix

/// The stage of the demo: a deployment in a directory of its own, and the daemon as a second process.
final class DemoStage {
    static let deployment = "demo"
    /// The moment the story begins; inside the period of the shipped protocol, whatever today is.
    static let begins: UTCInstant? = UTCInstant("2026-05-11T09:00:00Z")
    static let parties: [PartyID] = [
        "west-midlands-police", "rj-hub", "satellite-ash-tree", "hmp-birmingham", "hmp-featherstone",
    ]
    static let revoked: PartyID = "west-mercia-police"

    let directory: String
    let protocolDirectory: String
    let loaded: LoadedProtocol
    let dataPort: Int
    let deskPort: Int
    let localPort: Int
    private let isKept: Bool
    private var daemon: Process?

    init(keep: String?, protocolDirectory: String) throws {
        loaded = try LoadedDirectory.load(protocolDirectory)
        isKept = keep != nil
        directory = keep ?? NSTemporaryDirectory() + "concordat-demo-\(UUID().uuidString.lowercased())"
        self.protocolDirectory = protocolDirectory
        (dataPort, deskPort, localPort) = try Self.freePorts()
    }

    /// Makes the deployment with its certificates.
    func build(_ printer: DemoPrinter) throws {
        let maker = DeploymentMaker(
            directory: directory, deployment: Self.deployment, protocolDirectory: protocolDirectory, host: "127.0.0.1",
            dataPort: dataPort, deskPort: deskPort, localPort: localPort, mode: "training", clock: Self.begins)
        try maker.make()
        for party in Self.parties + [Self.revoked] {
            try maker.authority(["party", directory, Self.deployment, party.rawValue])
        }
        try maker.authority(["revoke", directory, "\(directory)/parties/\(Self.revoked).chain.crt"])
        printer.opening(loaded, directory: directory)
    }

    /// Starts the daemon and waits until it answers.
    func raise() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["serve", "--config", directory + "/concordat.yaml"]
        _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        let log = FileHandle(forWritingAtPath: logPath)
        process.standardOutput = log
        process.standardError = log
        process.standardInput = FileHandle.nullDevice
        try process.run()
        daemon = process
        let probe = try agency(Self.parties[0])
        for _ in 0..<600 {
            guard process.isRunning else { throw Complaint("the daemon did not start") }
            if let response = try? await probe.get("/v1/me"), response.status == 200 { return }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
        throw Complaint("the daemon did not answer in 30 seconds")
    }

    /// Ends the daemon, and removes the deployment unless it is kept.
    func clear() throws {
        if let daemon, daemon.isRunning {
            daemon.terminate()
            daemon.waitUntilExit()
        }
        if !isKept { try FileManager.default.removeItem(atPath: directory) }
    }

    var daemonLog: String? { FileManager.default.contents(atPath: logPath).map { String(decoding: $0, as: UTF8.self) } }

    /// A client that shows the certificate of `party`.
    func agency(_ party: PartyID) throws -> DemoAgency {
        try client(certificate: "parties/\(party)", port: dataPort)
    }

    /// A client for the desk with an admin's certificate.
    func officer() throws -> DemoAgency {
        try client(
            certificate: "people/\(DeploymentMaker.adminParty).\(DeploymentMaker.admins[0])", port: deskPort)
    }

    private func client(certificate: String, port: Int) throws -> DemoAgency {
        let plane = Configuration.Plane(
            host: "127.0.0.1", port: port, certificate: "\(directory)/\(certificate).chain.crt",
            key: "\(directory)/\(certificate).key", trust: "\(directory)/authority/trust.pem",
            crl: "\(directory)/authority/crl.pem", connectionsMax: 1)
        let context = try TLSMaterial(deployment: Self.deployment, plane: plane, grace: .zero).context()
        let client = PeerHTTPClient(
            context: context, group: MultiThreadedEventLoopGroup.singleton, clock: GatewayClock.machine)
        return DemoAgency(
            client: client,
            endpoint: PeerEndpoint(
                address: try SocketAddress(ipAddress: "127.0.0.1", port: port), host: "127.0.0.1", port: port,
                party: PartyID(unchecked: DeploymentMaker.adminParty)))
    }

    private var logPath: String { directory + "/data/serve.log" }

    /// Three ports nobody listens on now, held together while they are looked for.
    private static func freePorts() throws -> (Int, Int, Int) {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        var channels: [any Channel] = []
        defer { for channel in channels { try? channel.close().wait() } }
        for _ in 0..<3 { channels.append(try bootstrap.bind(host: "127.0.0.1", port: 0).wait()) }
        let ports = channels.compactMap { $0.localAddress?.port }
        guard ports.count == 3 else { throw Complaint("no free loopback ports") }
        return (ports[0], ports[1], ports[2])
    }
}

/// One agency's system: requests over mutual TLS with its own certificate.
struct DemoAgency: Sendable {
    let client: PeerHTTPClient
    let endpoint: PeerEndpoint

    func get(_ target: String, bytesMax: Int = 64 << 20) async throws(PeerRequestFailure) -> PeerResponse {
        try await client.send(PeerRequest(method: "GET", target: target, responseBytesMax: bytesMax), to: endpoint)
    }

    func post(_ target: String, _ body: [UInt8], as mediaType: String) async throws(PeerRequestFailure) -> PeerResponse
    {
        try await client.send(
            PeerRequest(
                method: "POST", target: target, headers: body.isEmpty ? [] : [("Content-Type", mediaType)], body: body,
                responseBytesMax: 8 << 20),
            to: endpoint)
    }
}
