import ArgumentParser
import ConcordatCrypto
import ConcordatJSON
import ConcordatTerms
import ConcordatTransport
import Foundation
import NIOCore
import NIOPosix

/// How an admin's command reaches a desk.
struct DeskOptions: ParsableArguments {
    @Option(help: "The desk, as https://desk.example:8444.") var url: String
    @Option(help: "Your certificate with its chain, PEM.") var certificate: String
    @Option(help: "Its key, PEM.") var key: String
    @Option(help: "The deployment's authorities, PEM.") var ca: String
    @Option(help: "Their revocation lists, PEM; left out: crl.pem beside the authorities.") var crl: String?
    @Option(help: "The party whose certificate the desk shows.") var party = "gateway"
    @Flag(help: "The answer as it came, for machines.") var json = false

    func client() throws -> DeskClient { try DeskClient(self) }
}

/// Asks a desk over mutual TLS: the desk's chain, name, party and revocation are checked before anything is sent.
struct DeskClient {
    // Bound: an answer, a report and an archive among them.
    private static let answerBytesMax = 32 << 20
    // Bound: PEM files.
    private static let pemBytesMax = 16 << 20

    private let client: PeerHTTPClient
    private let endpoint: PeerEndpoint
    let isForMachines: Bool

    fileprivate init(_ options: DeskOptions) throws {
        guard let url = URLComponents(string: options.url), url.scheme == "https", let host = url.host, !host.isEmpty,
            url.path.isEmpty || url.path == "/", url.query == nil, let party = PartyID(options.party)
        else { throw Complaint("--url: `\(options.url)` must be https://host:port") }
        let name = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let certificate = try InputFile.read(options.certificate, bytesMax: Self.pemBytesMax)
        let authorities = try InputFile.read(options.ca, bytesMax: Self.pemBytesMax)
        let crl = options.crl ?? URL(fileURLWithPath: options.ca).deletingLastPathComponent().path + "/crl.pem"
        let context: TLSContext
        do {
            context = try TLSContext(
                TLSContext.Material(
                    deployment: try Self.deployment(of: certificate), certificateChain: certificate,
                    privateKey: try InputFile.read(options.key, bytesMax: Self.pemBytesMax), authorities: authorities,
                    revocationLists: try InputFile.read(crl, bytesMax: Self.pemBytesMax), revocationGrace: .zero))
        } catch let error as CryptoError {
            throw Complaint("the certificates cannot be used: \(error)")
        }
        let port = url.port ?? 443
        guard let address = try? SocketAddress.makeAddressResolvingHost(name, port: port) else {
            throw Complaint("`\(name)` has no address")
        }
        endpoint = PeerEndpoint(address: address, host: name, port: port, party: party)
        client = PeerHTTPClient(
            context: context, group: MultiThreadedEventLoopGroup.singleton, clock: GatewayClock.machine)
        isForMachines = options.json
    }

    /// The deployment is part of the name in every certificate: `urn:concordat:<deployment>:person:<party>:<id>`.
    private static func deployment(of pem: [UInt8]) throws -> String {
        let parts: [Substring]
        do {
            parts = try X509Certificate(pem: pem).subjectAltURIs.first?.split(separator: ":") ?? []
        } catch { throw Complaint("--certificate: \(error)") }
        guard parts.count > 3, parts[1] == "concordat" else {
            throw Complaint("--certificate: it names nobody of a deployment")
        }
        return String(parts[2])
    }

    /// Sends one request and gives the answer's body.
    ///
    /// - Throws: ``Complaint`` with code and detail of a refusal, each finding on a line of its own.
    func send(
        _ method: String, _ target: String, type: String? = nil, _ body: [UInt8] = [], timeout: Duration = .seconds(60)
    ) async throws -> [UInt8] {
        let request = PeerRequest(
            method: method, target: target, headers: type.map { [("Content-Type", $0)] } ?? [], body: body,
            responseBytesMax: Self.answerBytesMax, responseTimeout: timeout)
        let response: PeerResponse
        do throws(PeerRequestFailure) { response = try await client.send(request, to: endpoint) } catch {
            throw Complaint("the desk did not answer: \(error)")
        }
        guard (200..<300).contains(response.status) else {
            let problem = try? JSONValue.parse(response.body, limits: Self.limits)
            let parts = ["code", "title", "detail"].compactMap { problem?[$0]?.stringValue }
            throw Complaint(
                "\(response.status): " + (parts.isEmpty ? "no reason given" : parts.joined(separator: ": ")))
        }
        return response.body
    }

    /// Sends an act and prints what came of it.
    func act(_ target: String, _ body: JSONValue = .object([])) async throws {
        try show(try await send("POST", target, type: "application/json", body.serialized()))
    }

    /// An answer as JSON.
    func json(_ body: [UInt8]) throws -> JSONValue {
        do { return try JSONValue.parse(body, limits: Self.limits) } catch {
            throw Complaint("the desk's answer is not JSON")
        }
    }

    /// Prints an answer: as it came, or by `words`.
    func show(_ body: [UInt8], words: (JSONValue) -> String = { $0.pretty() }) throws {
        guard !isForMachines else { return print(String(decoding: body, as: UTF8.self)) }
        print(words(try json(body)))
    }

    private static let limits = JSONLimits(
        documentBytesMax: answerBytesMax, depthMax: 32, membersMax: 100_000, itemsMax: 1_000_000)
}
