import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import Foundation
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct PeerHTTPClientTests {
    let workshop = CertificateWorkshop.shared

    @Test(arguments: [
        ("localhost", PartyID("hub"), "gateway", "crls.pem", PeerRefusal.identity(.otherParty)),
        ("hub.example", "gateway", "gateway", "crls.pem", .wrongHost),
        ("127.0.0.9", "gateway", "gateway", "crls.pem", .wrongHost),
        ("localhost", "revoked", "revoked", "crls.pem", .revoked),
        ("localhost", "expired", "expired", "crls.pem", .expired),
        ("localhost", "police", "stranger-police", "crls.pem", .unknownAuthority),
        ("localhost", "gateway", "no-uri", "crls.pem", .identity(.none)),
        ("localhost", "gateway", "gateway", "agencies.crl", .revocationListMissing),
    ])
    func notOneByteReachesAnOpensslServerThatIsNotThePeer(
        host: String, party: PartyID, server: String, lists: String, refusal: PeerRefusal
    ) async throws {
        let openssl = try await OpensslServer(certificate: server)
        let client = PeerHTTPClient.test("police", lists: [lists])
        let endpoint = PeerEndpoint(
            address: try SocketAddress(ipAddress: "127.0.0.1", port: openssl.port), host: host, port: openssl.port,
            party: party)
        var request = PeerRequest(method: "POST", target: "/marked-target", body: Array("marked-body".utf8))
        request.headers = [("x-marked", "marked-header")]
        await #expect(throws: PeerRequestFailure(reach: .notSent, reason: .tls(.peerNotAccepted(refusal)))) {
            try await client.send(request, to: endpoint)
        }
        let output = await openssl.stop()
        #expect(!output.contains("marked"))
        #expect(!output.contains("HTTP/1.1"))
        client.shutDown()
    }

    @Test func anOpensslServerThatIsThePeerGetsTheRequest() async throws {
        let openssl = try await OpensslServer(certificate: "gateway", options: ["-WWW"])
        try? Data("from openssl".utf8).write(to: URL(fileURLWithPath: workshop.path("served.txt")))
        let client = PeerHTTPClient.test("police")
        let endpoint = PeerEndpoint(
            address: try SocketAddress(ipAddress: "127.0.0.1", port: openssl.port), host: "127.0.0.1",
            port: openssl.port, party: "gateway")
        let response = try await client.send(.get("/served.txt"), to: endpoint)
        #expect(response.status == 200)
        #expect(response.body == Array("from openssl".utf8))
        #expect(await openssl.stop().contains("FILE:served.txt"))
        client.shutDown()
    }

    @Test func aCutAnswerIsNotAnAnswer() async throws {
        let openssl = try await OpensslServer(certificate: "gateway")
        let client = PeerHTTPClient.test("police")
        let endpoint = PeerEndpoint(
            address: try SocketAddress(ipAddress: "127.0.0.1", port: openssl.port), host: "localhost",
            port: openssl.port, party: "gateway")
        let task = Task { try await client.send(.get("/marked"), to: endpoint) }
        await openssl.wait(toPrint: "/marked")
        // It answers with no length and dies without close_notify.
        openssl.write("HTTP/1.1 200 OK\r\n\r\npart")
        try await Task.sleep(for: .milliseconds(300))
        openssl.kill()
        await #expect(throws: PeerRequestFailure(reach: .unknown, reason: .tls(.truncated))) { try await task.value }
        _ = await openssl.stop()
        client.shutDown()
    }

    @Test(arguments: [
        PeerRequest(method: "GET", target: "https://elsewhere/"),
        PeerRequest(method: "GET", target: "/a b"),
        PeerRequest(method: "GET", target: "/a\r\nx: y"),
        PeerRequest(method: "GET /x", target: "/"),
        PeerRequest(method: "GET", target: "/", headers: [("x", "a\r\ny: z")]),
        PeerRequest(method: "GET", target: "/", headers: [("x y", "a")]),
        PeerRequest(method: "POST", target: "/", headers: [("Content-Length", "3")]),
    ])
    func aRequestThatWouldReadAsAnotherIsRefused(request: PeerRequest) async throws {
        let server = try await TestServer.start()
        let client = PeerHTTPClient.test("police")
        await #expect(throws: PeerRequestFailure(reach: .notSent, reason: .malformedRequest)) {
            try await client.send(request, to: server.endpoint)
        }
        #expect(server.seen.all.identities.isEmpty)
        client.shutDown()
        await server.stop()
    }

    @Test func aClosedPortIsNotSent() async throws {
        let client = PeerHTTPClient.test("police")
        let endpoint = PeerEndpoint(
            address: try SocketAddress(ipAddress: "127.0.0.1", port: 1), host: "localhost", port: 1, party: "gateway")
        await #expect(throws: PeerRequestFailure(reach: .notSent, reason: .cannotConnect)) {
            try await client.send(.get("/"), to: endpoint)
        }
        #expect(client.connectionCount == 0)
    }

    @Test func aSilentPeerIsNotSent() async throws {
        let openssl = try await OpensslServer(certificate: "gateway", silent: true)
        let client = PeerHTTPClient.test("police", adjust: { $0.limits.handshake = .milliseconds(300) })
        let endpoint = PeerEndpoint(
            address: try SocketAddress(ipAddress: "127.0.0.1", port: openssl.port), host: "localhost",
            port: openssl.port, party: "gateway")
        await #expect(throws: PeerRequestFailure(reach: .notSent, reason: .handshakeTimeout)) {
            try await client.send(.get("/"), to: endpoint)
        }
        _ = await openssl.stop()
    }

    @Test func anAnswerOverTheBoundOrTheTimeIsUnknown() async throws {
        let server = try await TestServer.start()
        let client = PeerHTTPClient.test("police")
        await #expect(throws: PeerRequestFailure(reach: .unknown, reason: .responseTooLarge(bytesMax: 8192))) {
            try await client.send(.get("/big/8193"), to: server.endpoint)
        }
        #expect(try await client.send(.get("/big/8192"), to: server.endpoint).body.count == 8192)
        var slow = PeerRequest.get("/slow")
        slow.responseTimeout = .milliseconds(100)
        await #expect(throws: PeerRequestFailure(reach: .unknown, reason: .responseTimeout)) {
            try await client.send(slow, to: server.endpoint)
        }
        client.shutDown()
        await server.stop()
    }

    @Test func cancellingEndsTheRequest() async throws {
        let server = try await TestServer.start()
        let client = PeerHTTPClient.test("police")
        let task = Task { try await client.send(.get("/slow"), to: server.endpoint) }
        #expect(await server.seen.wait { $0.requests.count == 1 })
        task.cancel()
        await #expect(throws: PeerRequestFailure(reach: .unknown, reason: .cancelled)) { try await task.value }
        client.shutDown()
        await server.stop()
    }

    @Test func requestsShareFewConnections() async throws {
        let server = try await TestServer.start()
        let client = PeerHTTPClient.test("police", adjust: { $0.connectionsPerEndpointMax = 2 })
        for _ in 0..<5 { _ = try await client.send(.get("/who"), to: server.endpoint) }
        #expect(server.seen.all.identities.count == 1)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask { try await client.send(.get("/who"), to: server.endpoint).status }
            }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.seen.all.identities.count == 2)
        #expect(client.connectionCount == 2)
        client.shutDown()
        #expect(await server.seen.wait { _ in server.listener.connectionCount == 0 })
        await server.stop()
    }

    @Test func tooManyWaitingAreRefusedAndAWaitEnds() async throws {
        let server = try await TestServer.start()
        let client = PeerHTTPClient.test(
            "police",
            adjust: {
                $0.connectionsPerEndpointMax = 1
                $0.waitingPerEndpointMax = 1
                $0.waitTimeout = .milliseconds(100)
            })
        async let first = client.send(.get("/slow"), to: server.endpoint)
        #expect(await server.seen.wait { $0.requests.count == 1 })
        let second = Task { try await client.send(.get("/who"), to: server.endpoint) }
        let third = Task { try await client.send(.get("/who"), to: server.endpoint) }
        // One of both is refused at once, the other after its wait: neither left a byte.
        await #expect(throws: PeerRequestFailure(reach: .notSent, reason: .poolExhausted)) {
            try await second.value
        }
        await #expect(throws: PeerRequestFailure(reach: .notSent, reason: .poolExhausted)) {
            try await third.value
        }
        #expect(try await first.status == 200)
        #expect(server.seen.all.requests == ["/slow"])
        client.shutDown()
        await #expect(throws: PeerRequestFailure(reach: .notSent, reason: .shutDown)) {
            try await client.send(.get("/who"), to: server.endpoint)
        }
        await server.stop()
    }

    @Test func aLargeRequestArrivesWhole() async throws {
        let server = try await TestServer.start()
        let client = PeerHTTPClient.test("police")
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let response = try await client.send(
            PeerRequest(method: "POST", target: "/in", body: body), to: server.endpoint)
        #expect(response.body == Array("3000000".utf8))
        #expect(server.seen.all.digest.finish() == Digest.sha256(body))
        client.shutDown()
        await server.stop()
    }
}
