import ConcordatTransport
import Testing

/// Peers that no ordinary tool plays: Python's TLS over memory, with the socket in the test's hands.
@Suite(.timeLimit(.minutes(2))) struct AwkwardPeerTests {
    let workshop = CertificateWorkshop.shared

    private func play(_ certificate: String, port: Int, _ script: String) async -> (code: Int32, output: String) {
        await workshop.tool(
            "/usr/bin/python3 - \(certificate) \(port) <<'END'\n\(Self.shakeHands)\n\(script)\nEND")
    }

    /// Leaves `tls`, `net`, `incoming` and `outgoing`; the client's last handshake bytes are still in `outgoing`.
    private static let shakeHands = """
        import socket, ssl, sys, time
        context = ssl.create_default_context(cafile="authorities.pem")
        context.load_cert_chain(sys.argv[1] + ".pem", sys.argv[1] + ".key")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        net = socket.create_connection(("127.0.0.1", int(sys.argv[2])), 10)
        while True:
            try:
                tls.do_handshake(); break
            except ssl.SSLWantReadError:
                net.sendall(outgoing.read()); incoming.write(net.recv(65536))
        """

    @Test func aRefusedPeerThatIsStillSendingGetsItsAlertAndNotAReset() async throws {
        let server = try await TestServer.start()
        let (_, output) = await play(
            "revoked", port: server.port,
            """
            tls.write(b"x" * 400000)
            net.sendall(outgoing.read())
            time.sleep(0.4)
            tls.write(b"x" * 1000)
            net.sendall(outgoing.read())
            time.sleep(0.2)
            incoming.write(net.recv(65536))
            try: tls.read(1)
            except ssl.SSLError as error: print(error.reason)
            """)
        #expect(output.contains("CERTIFICATE_REVOKED"), "\(output)")
        #expect(server.seen.all.requests.isEmpty)
        await server.stop()
    }

    @Test func oneReadIsEnoughForARecordThatComesInParts() async throws {
        let gate = SinkGate()
        let server = try await TestServer.start(.sink(gate: gate))
        // It stays until the server closes: an end of the stream would be read without being asked for.
        async let client = play(
            "police", port: server.port,
            """
            net.sendall(outgoing.read())
            time.sleep(0.2)
            tls.write(b"hello")
            record = outgoing.read()
            for byte in record: net.sendall(bytes([byte])); time.sleep(0.01)
            net.settimeout(15)
            net.recv(1)
            """)
        #expect(await server.seen.wait { $0.bytes == 5 })
        #expect(server.listener.connectionCount == 1)
        await server.stop()
        #expect(await client.code == 0)
    }
}
