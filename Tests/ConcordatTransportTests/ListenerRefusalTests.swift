import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import Testing

/// One server, one openssl client it must turn away, and the alert number the client must print.
struct ToolRefusal: Sendable, CustomTestStringConvertible {
    var client = "police"
    var lists = ["crls.pem"]
    var grace = Duration.zero
    var options = ""
    let alert: Int
    let testDescription: String

    static let all: [ToolRefusal] = [
        .init(client: "revoked", alert: 44, testDescription: "revoked"),
        .init(client: "expired", alert: 45, testDescription: "expired"),
        .init(client: "stranger-police", alert: 48, testDescription: "wrong CA"),
        .init(client: "no-uri", alert: 42, testDescription: "no URI"),
        .init(client: "two-uris", alert: 42, testDescription: "two URIs"),
        .init(client: "elsewhere", alert: 42, testDescription: "other deployment"),
        .init(client: "person", alert: 42, testDescription: "a person on the data plane"),
        .init(client: "server-only", alert: 43, testDescription: "not for clients"),
        .init(lists: ["agencies.crl"], alert: 48, testDescription: "the root's list missing"),
        .init(lists: ["root.crl", "stale.crl"], grace: .seconds(60), alert: 45, testDescription: "stale list"),
        .init(options: "-tls1_2", alert: 70, testDescription: "TLS 1.2"),
        .init(options: "-alpn h2", alert: 120, testDescription: "HTTP/2 only"),
    ]
}

@Suite(.timeLimit(.minutes(2))) struct ListenerRefusalTests {
    let workshop = CertificateWorkshop.shared

    @Test(arguments: ToolRefusal.all)
    func opensslIsTurnedAwayWithTheExactAlert(given: ToolRefusal) async throws {
        let server = try await TestServer.start(lists: given.lists, grace: given.grace)
        let request = "printf 'GET /who HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n'"
        let client = workshop.opensslClient(given.client, port: server.port)
        let (_, output) = await workshop.tool("\(request) | timeout 20 \(client) \(given.options) -ign_eof")
        #expect(output.contains("SSL alert number \(given.alert)"), "\(output.suffix(600))")
        #expect(server.seen.all.requests.isEmpty)
        #expect(server.seen.all.identities.isEmpty)
        await server.stop()
    }

    @Test func opensslWithoutACertificateIsTurnedAway() async throws {
        let server = try await TestServer.start()
        let (_, output) = await workshop.tool(
            "timeout 20 openssl s_client -connect 127.0.0.1:\(server.port) -CAfile authorities.pem -ign_eof </dev/null")
        #expect(output.contains("SSL alert number 116"), "\(output.suffix(600))")
        #expect(server.seen.all.identities.isEmpty)
        await server.stop()
    }

    @Test func plainHTTPIsTurnedAway() async throws {
        let server = try await TestServer.start()
        let (code, output) = await workshop.tool(
            "curl -sS --noproxy '*' --max-time 10 http://127.0.0.1:\(server.port)/who")
        #expect(code != 0 && !output.contains("nobody"))
        #expect(server.seen.all.requests.isEmpty)
        await server.stop()
    }

    @Test func aSilentPeerIsClosedAfterTheHandshakeTime() async throws {
        let server = try await TestServer.start(adjust: { $0.limits.handshake = .milliseconds(300) })
        let (code, _) = await workshop.tool(
            "timeout 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(server.port); cat <&3'")
        #expect(code == 0, "124 would mean it was left open")
        #expect(server.listener.connectionCount == 0)
        await server.stop()
    }

    @Test func connectionsBeyondTheMaximumAreClosedAtOnce() async throws {
        let server = try await TestServer.start(adjust: { $0.connectionsMax = 1 })
        let client = workshop.opensslClient("police", port: server.port)
        async let first = workshop.tool("sleep 2 | timeout 10 \(client) -quiet")
        _ = await server.seen.wait { $0.identities.count == 1 }
        let (code, _) = await workshop.tool(workshop.curl("police", port: server.port, "/who"))
        #expect(code != 0)
        #expect(server.listener.acceptor.refusedAtMaximumCount == 1)
        _ = await first
        #expect(await server.seen.wait { _ in server.listener.connectionCount == 0 })
        let (again, output) = await workshop.tool(workshop.curl("police", port: server.port, "/who"))
        #expect(again == 0 && output == "party police")
        await server.stop()
    }

    @Test func aCutConnectionIsTruncation() async throws {
        let server = try await TestServer.start(.sink(gate: nil))
        let client = workshop.opensslClient("police", port: server.port)
        _ = await workshop.tool("(printf half; sleep 5) | timeout -s KILL 1 \(client) -quiet")
        #expect(await server.seen.wait { $0.errors == [.tls(.truncated)] })
        #expect(server.seen.all.bytes == 4)
        #expect(server.seen.all.halfCloses == 0)
        await server.stop()
    }

    @Test func aFloodOfKeyUpdatesEndsTheConnection() async throws {
        let server = try await TestServer.start(.sink(gate: nil))
        let client = workshop.opensslClient("police", port: server.port)
        _ = await workshop.tool(
            "(sleep 0.3; for i in $(seq 40); do echo K; sleep 0.02; done) | timeout 10 \(client)")
        #expect(await server.seen.wait { $0.errors == [.tls(.tooManyKeyUpdates)] })
        await server.stop()
    }

    @Test func anAddressInUseIsRefusedByName() async throws {
        let server = try await TestServer.start()
        await #expect(throws: TransportError.self) {
            _ = try await TestServer.start(adjust: { $0.addresses = server.listener.addresses })
        }
        await server.stop()
    }
}
