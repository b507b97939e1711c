import ConcordatCore
import ConcordatCrypto
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import ConcordatTransport
import ConcordatWire
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ConcordatDesk

/// The desk as an officer's own tools see it: curl over mutual TLS.
@Suite(.serialized) struct DeskTests {
    private let stage: GatewayStage
    private let listener: TransportListener
    private let desk: DeskServer
    private let serving: Task<Void, any Error>
    private var port: Int { listener.addresses.first?.port ?? 0 }

    init() async throws {
        try await GatewayStage.certificates.value
        stage = try await GatewayStage.shared()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        desk = DeskServer(
            gateway: stage.gateway,
            roles: { party, id in
                id == "stranger"
                    ? nil
                    : Officer(
                        id: id, party: party, isOfDeployment: party == "gateway",
                        isAdmin: id.rawValue.hasPrefix("admin"))
            }, clock: GatewayStage.clock, logger: logger)
        listener = try await TransportListener.start(
            TransportListener.Settings(
                name: "test", addresses: [try SocketAddress(ipAddress: "127.0.0.1", port: 0)], accepts: .anyone),
            context: stage.tlsContext(), group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            clock: GatewayStage.clock, initialize: desk.initialize)
        serving = Task { [desk] in try await desk.run() }
    }

    private func stop() async throws {
        await listener.shutDown(grace: .milliseconds(200))
        desk.stop()
        try await serving.value
    }

    private func dpo(_ rest: String) async -> String { await stage.curl("people/gateway.dpo", port: port, rest).output }

    private func officer(_ rest: String) async -> String {
        await stage.curl("people/\(GatewayStage.hub).officer-1", port: port, rest).output
    }

    private static let status = " -w '\\n%{http_code}'"

    private func submit(_ id: String) async throws {
        let body = Array(try GatewayStage.referral(id: id).utf8)
        let reply = await withCheckedContinuation { done in
            stage.gateway.intake.submit(Submission(party: GatewayStage.police, body: body)) {
                done.resume(returning: $0)
            }
        }
        try #require(reply.status == 202, "\(String(decoding: reply.body, as: UTF8.self))")
    }

    @Test func aPartysSystemIsToldThatThisIsTheWrongAddress() async throws {
        let answer = await stage.curl("parties/\(GatewayStage.police)", port: port, "/v1/transfers" + Self.status)
            .output
        #expect(answer.hasSuffix("\n403"), "\(answer)")
        #expect(answer.contains("certificate.wrong-kind"))
        try await stop()
    }

    @Test func aPersonWhoIsNoOfficerIsRefused() async throws {
        let answer = await stage.curl("people/\(GatewayStage.hub).stranger", port: port, "/v1/me" + Self.status).output
        #expect(answer.hasSuffix("\n403"), "\(answer)")
        #expect(!answer.contains("stranger"))
        try await stop()
    }

    @Test(arguments: [
        ("/v1/me -X POST", "405"), ("/v1/me -d '{}'", "400"), ("/v2", "404"), ("'/v1/me?a=b'", "400"),
        ("/v1/transfers/01", "404"), ("/v1/transfers/999999", "404"), ("'/v1/transfers?limit=201'", "400"),
        ("'/v1/transfers?before=-1'", "400"), ("'/v1/transfers?message=a%20b'", "400"),
    ])
    func whatTheDeskDoesNotTakeIsRefused(request: String, status: String) async throws {
        let answer = await dpo(request + Self.status)
        #expect(answer.hasSuffix("\n\(status)"), "\(answer)")
        try await stop()
    }

    @Test(arguments: [
        "Host: a\\r\\nHost: b", "X-A: b", "Host: a\\r\\nTransfer-Encoding: chunked", "Host: a\\r\\nUpgrade: h2c",
    ])
    func oddFramingIsRefused(fields: String) async throws {
        let (_, output) = await stage.sh(
            "printf 'GET /v1/me HTTP/1.1\\r\\n\(fields)\\r\\nConnection: close\\r\\n\\r\\n0\\r\\n\\r\\n' | "
                + "openssl s_client -quiet -ign_eof -connect 127.0.0.1:\(port) -CAfile authority/trust.pem "
                + "-cert people/gateway.dpo.chain.crt -cert_chain people/gateway.dpo.chain.crt -key people/gateway.dpo.key"
        )
        #expect(output.contains("HTTP/1.1 400 "), "\(output)")
        #expect(!output.contains("\"officer\""))
        try await stop()
    }

    @Test func aPartysOfficerSeesItsOwnTransfersAndNotTheWholeLog() async throws {
        try await submit("desk-1")
        let rows = try JSONValue.parse(
            Array(await officer("'/v1/transfers?message=desk-1&reason=subject-request'").utf8))
        let leaf = try #require(rows["transfers"]?[0]?["leaf"]?.intValue)
        #expect(rows["transfers"]?[0]?["recipient"]?.stringValue == GatewayStage.hub.rawValue)
        #expect(await officer("/v1/transfers/\(leaf)").contains("\"entry\":"))
        #expect(await officer("/v1/log/export" + Self.status).hasSuffix("\n403"))
        #expect(
            await officer("/v1/me")
                == "{\"officer\":\"officer-1\",\"party\":\"rj-hub\",\"of-deployment\":false,\"admin\":false}")
        try await stop()
    }

    @Test func theDeploymentsOfficerTakesTheLogHomeAndItVerifies() async throws {
        try await submit("desk-2")
        #expect(await dpo("/v1/log/export -o log.tar" + Self.status) == "\n200")
        let signer = try NoteSigner(
            name: "test.example/log", privateKey: try Ed25519PrivateKey(seed: stage.bytes("keys/log.key")))
        let (code, listing) = await stage.sh("tar -tf log.tar")
        #expect(code == 0 && listing.hasPrefix("checkpoint\n"), "\(listing)")
        let note = await stage.sh("tar -xOf log.tar checkpoint").output
        #expect(throws: Never.self) {
            try VerifiedCheckpoint(try SignedNote(parsing: Array(note.utf8)), logKey: signer.verifierKey)
        }
        #expect(await dpo("/log/checkpoint").hasPrefix("test.example/log\n"))
        try await stop()
    }

    @Test(arguments: [
        "/v1/admin/protocols", "/v1/admin/stops", "/v1/admin/deliveries",
        "/v1/admin/stops/party/rj-hub/stop -X POST -H 'Content-Type: application/json' -d '{}'",
        "/v1/admin/clock/confirm -X POST -H 'Content-Type: application/json' -d '{}'",
    ])
    func whoIsNoAdminDoesNothingOfAnAdmins(request: String) async throws {
        let answer = await dpo(request + Self.status)
        #expect(answer.hasSuffix("\n403") && answer.contains("admin.not-one"), "\(answer)")
        #expect(stage.gateway.house.registers.standing.stopped.isEmpty)
        try await stop()
    }

    @Test(arguments: [
        ("/v1/admin/stops/party/rj-hub/stop -X POST -d '{}'", "415"),
        ("/v1/admin/stops/party/rj-hub/stop -X POST -H 'Content-Type: text/plain' -d '{}'", "415"),
        ("/v1/admin/stops/party/rj-hub/stop -X POST -H 'Content-Type: application/json' -d '{\"a\":1}'", "422"),
        ("/v1/admin/stops/person/rj-hub/stop -X POST -H 'Content-Type: application/json' -d '{}'", "404"),
        ("/v1/admin/stops/party/nobody/stop -X POST -H 'Content-Type: application/json' -d '{}'", "404"),
        ("/v1/admin/protocols -X POST -H 'Content-Type: application/json' -d '{}'", "415"),
        ("/v1/admin/protocols -X POST -H 'Content-Type: application/x-tar' -d 'not a tar'", "422"),
        ("/v1/admin/protocols/abc", "404"), ("/v1/admin/protocols -X DELETE", "405"),
    ])
    func whatAnAdminSendsWrongIsRefused(request: String, status: String) async throws {
        let answer = await stage.curl("people/gateway.admin-1", port: port, request + Self.status).output
        #expect(answer.hasSuffix("\n\(status)"), "\(answer)")
        #expect(stage.gateway.house.registers.standing.stopped.isEmpty)
        try await stop()
    }

    @Test func anAdminStopsAndTwoResume() async throws {
        func act(_ who: String, _ verb: String) async -> String {
            await stage.curl(
                "people/gateway.\(who)", port: port,
                "/v1/admin/stops/party/hmp-birmingham/\(verb) -X POST -H 'Content-Type: application/json' -d '{}'"
                    + Self.status
            ).output
        }
        #expect(await act("admin-1", "stop").hasSuffix("\"state\":\"stopped\",\"resume-asked-by\":null}\n200"))
        #expect(await act("admin-1", "resume").hasSuffix("\n202"))
        #expect(await act("admin-1", "resume").contains("admin.same-person"))
        #expect(await act("admin-2", "resume").hasSuffix("\n200"))
        #expect(stage.gateway.house.registers.standing.stopped.isEmpty)
        try await stop()
    }

    @Test func officersListNoticesAndNobodyElseDoes() async throws {
        for who in ["people/gateway.dpo", "people/\(GatewayStage.hub).officer-1"] {
            let answer = await stage.curl(who, port: port, "/v1/notices" + Self.status).output
            #expect(answer.hasPrefix("{\"notices\":[") && answer.hasSuffix("\n200"), "\(answer)")
        }
        #expect(await dpo("'/v1/notices?limit=201'" + Self.status).hasSuffix("\n400"))
        let party = await stage.curl("parties/\(GatewayStage.police)", port: port, "/v1/notices" + Self.status).output
        #expect(party.hasSuffix("\n403"), "\(party)")
        try await stop()
    }

    @Test func nothingIsStoredOnTheWay() async throws {
        let answer = await dpo("/v1/me -i").lowercased()
        #expect(answer.contains("cache-control: no-store\r\n"))
        #expect(answer.contains("\r\ndate: "))
        #expect(!answer.contains("server:"))
        try await stop()
    }

    @Test func theOpenAPIDocumentHasEveryRouteAndNoOther() throws {
        let document = try JSONValue.parse(OpenAPIDocument.desk.serialized())
        let documented = (document["paths"]?.objectValue ?? []).flatMap { path in
            (path.value.objectValue ?? []).map { "\($0.name.uppercased()) \(path.name)" }
        }
        let routes = DeskRoutes(gateway: stage.gateway).table
        #expect(documented.sorted() == routes.map { "\($0.method) \($0.path)" }.sorted())
    }
}
