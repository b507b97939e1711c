import ConcordatCrypto
import ConcordatJSON
import ConcordatTerms
import ConcordatTestSupport
import ConcordatTransport
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ConcordatCore
@testable import ConcordatDataPlane

/// The routes as an agency's own tools see them: curl and openssl over mutual TLS.
@Suite(.serialized) struct MutualTLSTests {
    private let stage: GatewayStage
    private let listener: TransportListener
    private var port: Int { listener.addresses.first?.port ?? 0 }

    init() async throws {
        try await GatewayStage.certificates.value
        stage = try await GatewayStage.shared()
        let server = DataPlaneServer(
            gateway: stage.gateway,
            clock: GatewayStage.clock)
        listener = try await TransportListener.start(
            TransportListener.Settings(
                name: "test", addresses: [try SocketAddress(ipAddress: "127.0.0.1", port: 0)], accepts: .anyone),
            context: stage.tlsContext(), group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: GatewayStage.clock,
            initialize: server.initialize)
    }

    private func police(_ rest: String) async -> String {
        await stage.curl("parties/\(GatewayStage.police)", port: port, rest).output
    }

    private func hub(_ rest: String) async -> String {
        await stage.curl("parties/\(GatewayStage.hub)", port: port, rest).output
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: stage.directory + "/" + name))
    }

    private static let status = " -w '\\n%{http_code}'"

    @Test func aPersonIsToldThatThisIsTheWrongAddress() async {
        let (code, output) = await stage.curl(
            "people/\(GatewayStage.hub).officer-1", port: port, "/v1/me" + Self.status)
        #expect(code == 0)
        #expect(output.hasSuffix("\n403"))
        #expect(output.contains("certificate.wrong-kind"))
        await listener.shutDown(grace: .zero)
    }

    @Test func aClientWithoutACertificateGetsNoByte() async {
        let (code, output) = await stage.sh(
            "curl -sS --noproxy '*' --max-time 10 --cacert authority/trust.pem --resolve localhost:\(port):127.0.0.1 "
                + "https://localhost:\(port)/v1/me")
        #expect(code != 0)
        #expect(!output.contains("{"))
        await listener.shutDown(grace: .zero)
    }

    @Test func aMessageGoesFromSenderToRecipientAndIsAcknowledged() async throws {
        try write(try GatewayStage.referral(id: "tls-1"), "referral.json")
        let post =
            "/v1/messages -H 'Content-Type: application/cloudevents+json' --data-binary @referral.json" + Self.status
        let receipt = await police(post)
        #expect(receipt.hasSuffix("\n202"), "\(receipt)")
        #expect(await police(post) == receipt, "a repeat is not answered byte for byte")
        let waiting = await hub("'/v1/inbox?wait=5'")
        let tracking = await police("/v1/messages/tls-1")
        try #require(!waiting.isEmpty, "\(tracking)")
        let inbox = try JSONValue.parse(Array(waiting.utf8))
        let delivery = try #require(inbox["deliveries"]?[0]?["delivery"]?.stringValue)
        #expect(inbox["deliveries"]?[0]?["event"]?["source"]?.stringValue == GatewayStage.police.rawValue)
        let acknowledge = "/v1/inbox/\(delivery)/ack -X POST" + Self.status
        #expect(await police(acknowledge).hasSuffix("\n404"), "another party acknowledged it")
        #expect(await hub(acknowledge) == "\n204")
        #expect(await hub("/v1/inbox" + Self.status) == "\n204")
        #expect(await police("/v1/messages/tls-1").contains("\"state\":\"delivered\""))
        #expect(await hub("/v1/messages/tls-1" + Self.status).hasSuffix("\n404"))
        let leaf = try #require(
            try JSONValue.parse(Array(await police("/v1/messages/tls-1").utf8))["recipients"]?[0]?["leaf"]?.intValue)
        #expect(await police("/log/proof/\(leaf)").hasPrefix("c2sp.org/tlog-proof@v1"))
        await listener.shutDown(grace: .zero)
    }

    @Test func whoHasSomethingIsToldWhenItMayNotBeUsedAndAnswers() async throws {
        try write(try GatewayStage.referral(id: "tls-9"), "recalled.json")
        let receipt = await police(
            "/v1/messages -H 'Content-Type: application/cloudevents+json' --data-binary @recalled.json")
        let named = try JSONValue.parse(Array(receipt.utf8))
        let person = try #require(named["persons"]?.objectValue?.first { $0.name == "V-301" }?.value.stringValue)
        let subject = try #require(named["case"]?.stringValue)
        func inbox() async throws -> [JSONValue] {
            let text = await hub("'/v1/inbox?wait=5'")
            return try JSONValue.parse(Array(text.utf8))["deliveries"]?.arrayValue?.filter {
                $0["event"]?["subject"]?.stringValue == subject
            } ?? []
        }
        let transfer = try #require(try await inbox().first?["delivery"]?.stringValue)
        #expect(await hub("/v1/inbox/\(transfer)/ack -X POST" + Self.status) == "\n204")
        try write(
            """
            {"id":"k-9","case":"\(subject)","person":"\(person)","kind":"basis","purpose":"rj-offer","state":"objected"}
            """, "objection.json")
        let objection = "/v1/consents -H 'Content-Type: application/json' --data-binary @objection.json" + Self.status
        #expect(await police(objection) == "{\"taken\":true}\n202")
        _ = await RecallService(house: stage.gateway.house).send()
        let notice = try #require(try await inbox().first)
        #expect(notice["event"]?["data"]?["notice"]?.stringValue == "recall")
        #expect(notice["event"]?["data"]?["transfers"]?[0]?["delivery"]?.stringValue == transfer)
        #expect(!String(decoding: notice.serialized(), as: UTF8.self).contains(person))
        let id = try #require(notice["delivery"]?.stringValue)
        #expect(await hub("/v1/due").contains(id))
        func answer(_ query: String) -> String { "'/v1/inbox/\(id)/ack\(query)' -X POST" + Self.status }
        for wrong in ["?done=burnt", "?done=kept", "?basis=x", "?done=erased&basis=x", "?done=erased&why=x"] {
            #expect(await hub(answer(wrong)).hasSuffix("\n400"), "\(wrong)")
        }
        #expect(await police(answer("?done=erased")).hasSuffix("\n404"))
        #expect(await hub("'/v1/inbox/\(transfer)/ack?done=erased' -X POST" + Self.status).hasSuffix("\n404"))
        #expect(await hub(answer("?done=kept&basis=safeguarding")) == "\n204")
        #expect(await hub(answer("?done=kept&basis=safeguarding")) == "\n204")
        #expect(await hub(answer("?done=erased")).contains("notice.answered"))
        #expect(await !hub("/v1/due").contains(id))
        await listener.shutDown(grace: .zero)
    }

    @Test func aSenderHasEveryoneToldWhoHasItsMessage() async throws {
        try write(try GatewayStage.referral(id: "tls-10"), "taken-back.json")
        _ = await police(
            "/v1/messages -H 'Content-Type: application/cloudevents+json' --data-binary @taken-back.json")
        func ask(_ rest: String) -> String { "'/v1/messages/tls-10/notices\(rest)' -X POST" + Self.status }
        for wrong in ["", "?reason=why", "?reason=recall&replaced-by=tls-10", "?reason=recall&because=x"] {
            #expect(await police(ask(wrong)).hasSuffix("\n400"), "\(wrong)")
        }
        #expect(await hub(ask("?reason=recall")).hasSuffix("\n404"))
        let told = "{\"message\":\"tls-10\",\"reason\":\"recall\",\"recipients\":[{\"recipient\":\"rj-hub\",\"state\":"
        #expect(await police(ask("?reason=recall")) == told + "\"ended\"}]}\n202")
        #expect(await police("/v1/messages/tls-10").contains("\"state\":\"ended\""))
        await listener.shutDown(grace: .zero)
    }

    @Test func bothModesOfAMessageAreTheSameMessage() async throws {
        let text = try GatewayStage.referral(id: "tls-2")
        let event = try JSONValue.parse(Array(text.utf8))
        try write(text, "structured.json")
        // The bytes of data as they stand in the event: equal content in other bytes is another message.
        let start = try #require(text.range(of: "\"data\": ")).upperBound
        try write(
            String(text[start...].prefix(through: try #require(text.dropLast(3).lastIndex(of: "}")))), "data.json")
        var fields = ""
        for member in event.objectValue ?? [] where member.name != "data" && member.name != "datacontenttype" {
            fields += " -H 'ce-\(member.name): \(member.value.stringValue ?? "")'"
        }
        let dry = await police(
            "/v1/decisions -H 'Content-Type: application/cloudevents+json' --data-binary @structured.json" + Self.status
        )
        #expect(dry.hasSuffix("\n200"), "\(dry)")
        let binary = await police(
            "/v1/messages -H 'Content-Type: application/json'\(fields) --data-binary @data.json" + Self.status)
        #expect(binary.hasSuffix("\n202"), "\(binary)")
        let structured = await police(
            "/v1/messages -H 'Content-Type: application/cloudevents+json; charset=utf-8' --data-binary @structured.json"
                + Self.status)
        #expect(structured.hasSuffix("\n202"), "\(structured)")
        let odd = await hub(
            "/v1/messages -H 'Content-Type: application/json'\(fields) -H 'ce-shoe: 9' --data-binary @data.json"
                + Self.status)
        #expect(odd.hasSuffix("\n422"))
        #expect(odd.contains("envelope.unknown-attribute") && odd.contains("\"leaf\":"), "\(odd)")
        await listener.shutDown(grace: .zero)
    }

    @Test func theSmallAddressesAnswer() async throws {
        #expect(await police("/v1/me").contains("\"kind\":\"police\""))
        #expect(await police("/v1/schemas/referral").contains("x-category"))
        #expect(await hub("'/v1/schemas/referral?as=recipient'").contains("\"$schema\""))
        #expect(await hub("/v1/schemas/nothing" + Self.status).hasSuffix("\n404"))
        #expect(await police("/log/checkpoint").hasPrefix("test.example/log\n"))
        #expect(await police("'/v1/consents?case=nothing'") == "{\"consents\":[]}")
        #expect(await hub("/v1/consents/c-1/withdraw -X POST" + Self.status).hasSuffix("\n404"))
        #expect(await hub("/v1/consents -H 'Content-Type: application/json' -d '{}'" + Self.status).hasSuffix("\n422"))
        #expect(await hub("/v1/consents -H 'Content-Type: text/plain' -d '{}'" + Self.status).hasSuffix("\n415"))
        let document = try JSONValue.parse(Array(await police("/openapi.json").utf8))
        #expect(document["openapi"]?.stringValue == "3.1.0")
        await listener.shutDown(grace: .zero)
    }

    @Test func opensslSpeaksToIt() async {
        let (_, output) = await stage.sh(
            "printf 'GET /v1/me HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | "
                + "openssl s_client -quiet -ign_eof -connect 127.0.0.1:\(port) -CAfile authority/trust.pem "
                + "-cert parties/\(GatewayStage.police).chain.crt -cert_chain parties/\(GatewayStage.police).chain.crt "
                + "-key parties/\(GatewayStage.police).key")
        #expect(output.contains("HTTP/1.1 200 OK"), "\(output)")
        #expect(output.contains("\"party\":\"west-midlands-police\""))
        await listener.shutDown(grace: .zero)
    }
}
