import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import NIOCore
import NIOPosix
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
    @Test func aRevokedPeersLiveConnectionEndsAfterItsAnswer() async throws {
        let server = try await TestServer.start()
        let client = PeerHTTPClient.test("doomed")
        #expect(try await client.send(.get("/who"), to: server.endpoint).status == 200)
        async let slow = client.send(.get("/slow"), to: server.endpoint)
        #expect(await server.seen.wait { $0.requests == ["/who", "/slow"] })
        server.listener.reload(try TLSContext(.test("gateway", lists: ["later-crls.pem"])))
        // The answer in flight still arrives.
        #expect(try await slow.body == Array("slow".utf8))
        #expect(await server.seen.wait { _ in server.listener.connectionCount == 0 })
        #expect(server.seen.all.retirements == [.noLongerAccepted(.revoked)])
        // A TLS 1.3 client learns of its refusal at its first read: perhaps before, perhaps after it wrote.
        let failure = await #expect(throws: PeerRequestFailure.self) {
            try await client.send(.get("/who"), to: server.endpoint)
        }
        #expect(failure?.reason == .tls(.alertFromPeer(.certificateRevoked)))
        #expect(server.seen.all.requests.count == 2)
        client.shutDown()
        await server.stop()
    }

    @Test func anIdleConnectionOfARevokedPeerEndsAtOnceAndOthersStay() async throws {
        let server = try await TestServer.start()
        let doomed = PeerHTTPClient.test("doomed")
        let police = PeerHTTPClient.test("police")
        _ = try await doomed.send(.get("/who"), to: server.endpoint)
        _ = try await police.send(.get("/who"), to: server.endpoint)
        #expect(server.listener.connectionCount == 2)
        server.listener.reload(try TLSContext(.test("gateway", lists: ["later-crls.pem"])))
        #expect(await server.seen.wait { _ in server.listener.connectionCount == 1 })
        _ = try await police.send(.get("/who"), to: server.endpoint)
        #expect(server.seen.all.identities.count == 2, "the connection was kept")
        doomed.shutDown()
        police.shutDown()
        await server.stop()
    }

    @Test func aConnectionDoesNotOutliveThePeersCertificate() async throws {
        let box = ClockBox()
        let server = try await TestServer.start(grace: .seconds(86_400 * 3650), clock: { box.now })
        let client = PeerHTTPClient.test("police")
        _ = try await client.send(.get("/who"), to: server.endpoint)
        #expect(server.listener.connectionCount == 1)
        box.advance(by: .seconds(86_400 * 301))
        server.listener.acceptor.verifyAgain()
        #expect(await server.seen.wait { _ in server.listener.connectionCount == 0 })
        #expect(server.seen.all.retirements == [.noLongerAccepted(.expired)])
        client.shutDown()
        await server.stop()
    }

    @Test func theTimerAloneEndsAConnectionWhenTheCertificateEnds() async throws {
        let certificate = try X509Certificate(pem: CertificateWorkshop.shared.bytes("police.pem"))
        let box = ClockBox()
        let server = try await TestServer.start(grace: .seconds(86_400 * 3650), clock: { box.now })
        let client = PeerHTTPClient.test("police")
        // It stands still until there is an answer, since a busy machine may take its time over that.
        box.stop(at: certificate.notAfter - .milliseconds(200))
        _ = try await client.send(.get("/who"), to: server.endpoint)
        #expect(server.listener.connectionCount == 1)
        box.stop(at: certificate.notAfter)
        #expect(await server.seen.wait { $0.retirements == [.noLongerAccepted(.expired)] })
        #expect(await server.seen.wait { _ in server.listener.connectionCount == 0 })
        client.shutDown()
        await server.stop()
    }

    @Test func aHandlerThatIgnoresTheEventIsClosedUnderneath() async throws {
        let server = try await TestServer.start(
            .sink(gate: nil), adjust: { $0.limits.retirement = .milliseconds(200) })
        let client = CertificateWorkshop.shared.opensslClient("doomed", port: server.port)
        async let tool = CertificateWorkshop.shared.tool("sleep 8 | timeout 10 \(client) -quiet")
        #expect(await server.seen.wait { $0.identities.count == 1 })
        server.listener.reload(try TLSContext(.test("gateway", lists: ["later-crls.pem"])))
        #expect(await server.seen.wait { _ in server.listener.connectionCount == 0 })
        await server.stop()
        _ = await tool
    }
}

/// A clock that runs with the machine's, moved and stopped at will.
final class ClockBox: Sendable {
    private let offset = Mutex(Duration.zero)
    private let stopped = Mutex<UTCInstant?>(nil)
    var now: UTCInstant { stopped.withLock { $0 } ?? UTCInstant.now + offset.withLock { $0 } }
    func advance(by step: Duration) { offset.withLock { $0 += step } }
    func stop(at instant: UTCInstant) { stopped.withLock { $0 = instant } }
}

extension PeerHTTPClient {
    static func test(
        _ name: String, lists: [String] = ["crls.pem"], adjust: (inout Settings) -> Void = { _ in }
    ) -> PeerHTTPClient {
        var settings = Settings()
        adjust(&settings)
        guard let context = try? TLSContext(.test(name, lists: lists)) else { fatalError("no context for \(name)") }
        return PeerHTTPClient(
            context: context, settings: settings, group: MultiThreadedEventLoopGroup.singleton, clock: { .now })
    }
}

extension PeerRequest {
    static func get(_ target: String, responseBytesMax: Int = 8192) -> PeerRequest {
        PeerRequest(method: "GET", target: target, responseBytesMax: responseBytesMax)
    }
}

extension TestServer {
    var endpoint: PeerEndpoint { endpoint(party: "gateway") }

    func endpoint(host: String = "localhost", party: PartyID) -> PeerEndpoint {
        PeerEndpoint(address: listener.addresses[0], host: host, port: port, party: party)
    }
}
