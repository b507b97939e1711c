import ConcordatCrypto
import ConcordatTerms

/// Two engines joined in memory, with all that either has read.
final class EngineLink {
    let client: TLSEngine
    let server: TLSEngine
    private(set) var readByClient: [UInt8] = []
    private(set) var readByServer: [UInt8] = []

    init(client: TLSEngine, server: TLSEngine) { (self.client, self.server) = (client, server) }

    /// A link between a named client and the gateway; texts by their names in the workshop.
    convenience init(
        client name: String, gateway: String = "gateway", authorities: String = "authorities.pem",
        lists: [String] = ["crls.pem"], grace: Duration = .zero, accepts: PeerExpectation = .parties,
        host: String = "localhost", expects: PeerExpectation = .party("gateway"), now: UTCInstant = .testNow,
        clientLists: [String] = ["crls.pem"], clientNow: UTCInstant = .testNow
    ) throws {
        let server = try TLSContext(.test(gateway, authorities: authorities, lists: lists, grace: grace))
        let client = try TLSContext(.test(name, lists: clientLists))
        self.init(
            client: try TLSEngine(context: client, side: .client(host: host, expects: expects), now: clientNow),
            server: try TLSEngine(context: server, side: .server(accepts: accepts), now: now))
    }

    /// Carries bytes both ways, `step` at a time, until nothing moves.
    func pump(step: Int = .max) {
        var moved = true
        while moved {
            moved = carry(from: client, to: server, step: step, into: &readByServer)
            moved = carry(from: server, to: client, step: step, into: &readByClient) || moved
        }
    }

    private func carry(from: TLSEngine, to: TLSEngine, step: Int, into read: inout [UInt8]) -> Bool {
        let bytes = from.takeCiphertext()
        guard !bytes.isEmpty else { return false }
        var index = 0
        while index < bytes.count {
            let end = index + min(step, bytes.count - index)
            to.receive(Array(bytes[index..<end]))
            Self.readAll(to, into: &read)
            index = end
        }
        return true
    }

    static func readAll(_ engine: TLSEngine, into read: inout [UInt8]) {
        while true {
            let (result, bytes) = engine.read()
            guard case .plaintext = result else { return }
            read += bytes
        }
    }
}

extension TLSContext.Material {
    /// A peer's material by the workshop's file names.
    static func test(
        _ name: String, authorities: String = "authorities.pem", lists: [String] = ["crls.pem"],
        grace: Duration = .zero
    ) -> TLSContext.Material {
        let workshop = CertificateWorkshop.shared
        return TLSContext.Material(
            deployment: CertificateWorkshop.deployment, certificateChain: workshop.bytes(name + ".pem"),
            privateKey: workshop.bytes(name + ".key"), authorities: workshop.bytes(authorities),
            revocationLists: lists.flatMap { workshop.bytes($0) }, revocationGrace: grace)
    }
}

extension UTCInstant {
    /// A day after the workshop's certificates were made, and well before they end.
    static let testNow = CertificateWorkshop.shared.madeAt + .seconds(86_400)
}

extension TLSEngine {
    var peerIdentity: PeerIdentity? {
        if case .established(let peer) = state { peer.identity } else { nil }
    }

    var failure: TLSFailure? {
        if case .failed(let failure) = state { failure } else { nil }
    }
}

extension CertificateWorkshop {
    /// When the gateway's certificate became valid.
    var madeAt: UTCInstant {
        guard let certificate = try? X509Certificate(pem: bytes("gateway.pem")) else { fatalError("no gateway.pem") }
        return certificate.notBefore
    }
}
