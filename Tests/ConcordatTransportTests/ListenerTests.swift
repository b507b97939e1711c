import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import Foundation
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct ListenerTests {
    let workshop = CertificateWorkshop.shared

    @Test func curlIsAnsweredByName() async throws {
        let server = try await TestServer.start()
        let (code, output) = await workshop.tool(workshop.curl("police", port: server.port, "/who"))
        #expect(code == 0 && output == "party police")
        #expect(server.seen.all.errors.isEmpty)
        await server.stop()
    }

    @Test func anOfficerIsAnsweredOnTheDesk() async throws {
        let server = try await TestServer.start(accepts: .persons)
        let (_, output) = await workshop.tool(workshop.curl("person", port: server.port, "/who"))
        #expect(output == "person asha of police")
        await server.stop()
    }

    @Test func aStaleListWithinTheGraceIsTaken() async throws {
        let server = try await TestServer.start(lists: ["root.crl", "stale.crl"], grace: .seconds(86_400 * 3650))
        let (_, output) = await workshop.tool(workshop.curl("police", port: server.port, "/who"))
        #expect(output == "party police")
        await server.stop()
    }

    @Test func severalAddressesAreOneListener() async throws {
        let loopback = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
        let server = try await TestServer.start(adjust: { $0.addresses = [loopback, loopback] })
        try #require(server.listener.addresses.count == 2)
        for address in server.listener.addresses {
            let (_, output) = await workshop.tool(workshop.curl("police", port: address.port ?? 0, "/who"))
            #expect(output == "party police")
        }
        await server.stop()
    }

    @Test func aLargeAnswerArrivesWholeWhateverTheReader() async throws {
        let server = try await TestServer.start()
        let count = 40_000_000
        let (_, output) = await workshop.tool(
            workshop.curl("police", port: server.port, "/big/\(count)") + " --limit-rate 60M | openssl dgst -sha256 -r")
        var hasher = SHA256Hasher()
        let block = [UInt8](repeating: 0x61, count: 1_000_000)
        for _ in 0..<40 { hasher.update(block) }
        #expect(output.hasPrefix(Hex.encode(hasher.finish())))
        await server.stop()
    }

    @Test func aSenderWaitsForAReaderThatHoldsItsReads() async throws {
        let gate = SinkGate()
        let server = try await TestServer.start(.sink(gate: gate))
        // Hexadecimal, as the tool takes some letters at the start of its input for commands.
        workshop.run("openssl rand -hex 12000000 | head -c 24000000 > upload.bin")
        let client = workshop.opensslClient("police", port: server.port)
        async let sending = workshop.tool("timeout 60 \(client) -quiet -no_ign_eof < upload.bin")
        #expect(await server.seen.wait { $0.identities.count == 1 })
        try await Task.sleep(for: .milliseconds(700))
        let held = server.seen.all.bytes
        #expect(held <= 256 * 1024, "one read was asked for, \(held) bytes came")
        gate.open()
        #expect(await server.seen.wait { $0.bytes == 24_000_000 })
        let digest = workshop.run("openssl dgst -sha256 -r upload.bin").output
        #expect(digest.hasPrefix(Hex.encode(server.seen.all.digest.finish())))
        _ = await sending
        await server.stop()
    }

    @Test func aHalfClosedPeerStillGetsItsAnswer() async throws {
        let server = try await TestServer.start()
        let (code, output) = await workshop.tool(
            "/usr/bin/python3 - \(server.port) <<'END'\n\(Self.halfClosingClient)\nEND")
        #expect(code == 0, "\(output)")
        #expect(output.contains("slow"))
        #expect(output.contains("clean end"))
        #expect(server.seen.all.halfCloses == 1)
        #expect(server.seen.all.errors.isEmpty)
        await server.stop()
    }

    /// Sends a request and its close_notify, then the FIN, and only then reads.
    private static let halfClosingClient = """
        import socket, ssl, sys
        context = ssl.create_default_context(cafile="authorities.pem")
        context.load_cert_chain("police.pem", "police.key")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        net = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
        def feed():
            data = net.recv(65536)
            incoming.write(data) if data else incoming.write_eof()
        while True:
            try:
                tls.do_handshake(); break
            except ssl.SSLWantReadError:
                net.sendall(outgoing.read()); feed()
        tls.write(b"GET /slow HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
        try: tls.unwrap()
        except ssl.SSLWantReadError: pass
        net.sendall(outgoing.read())
        net.shutdown(socket.SHUT_WR)
        answer = b""
        while True:
            try:
                data = tls.read(65536)
                if not data: print("clean end"); break
                answer += data
            except ssl.SSLWantReadError: feed()
            except ssl.SSLZeroReturnError: print("clean end"); break
        print(answer.decode())
        """

    @Test func aPeerGetsACleanEnd() async throws {
        let server = try await TestServer.start()
        let client = workshop.opensslClient("police", port: server.port)
        let (code, output) = await workshop.tool(
            "printf 'GET /who HTTP/1.1\\r\\nHost: l\\r\\nConnection: close\\r\\n\\r\\n' | timeout 10 \(client) -ign_eof"
        )
        #expect(code == 0)
        #expect(output.contains("party police"))
        #expect(output.contains("closed\n"))
        #expect(!output.contains("unexpected eof"))
        await server.stop()
    }
}
