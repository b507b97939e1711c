import ConcordatCrypto
import ConcordatTerms
import Testing

/// A case where the server refuses its client, with the alert the client must get.
struct ServerRefusal: Sendable, CustomTestStringConvertible {
    var client = "police"
    var authorities = "authorities.pem"
    var lists = ["crls.pem"]
    var grace = Duration.zero
    var now = UTCInstant.testNow
    var accepts = PeerExpectation.parties
    let refusal: PeerRefusal
    let alert: TLSAlert
    let testDescription: String

    static let staleEnd = UTCInstant(startOf: CivilDate(year: 2026, month: 1, day: 2)!)

    static let all: [ServerRefusal] = [
        .init(client: "revoked", refusal: .revoked, alert: .certificateRevoked, testDescription: "revoked"),
        .init(client: "expired", refusal: .expired, alert: .certificateExpired, testDescription: "expired"),
        .init(
            now: CertificateWorkshop.shared.madeAt - .seconds(10), refusal: .revocationListNotYetValid,
            alert: .badCertificate, testDescription: "clock behind the list"),
        .init(client: "stranger-police", refusal: .unknownAuthority, alert: .unknownCA, testDescription: "wrong CA"),
        .init(lists: [], refusal: .revocationListMissing, alert: .unknownCA, testDescription: "no lists"),
        .init(
            lists: ["agencies.crl"], refusal: .revocationListMissing, alert: .unknownCA,
            testDescription: "the root's list missing"),
        .init(
            lists: ["root.crl"], refusal: .revocationListMissing, alert: .unknownCA,
            testDescription: "the intermediate's list missing"),
        .init(
            lists: ["intermediate-revoked.pem"], refusal: .revoked, alert: .certificateRevoked,
            testDescription: "the intermediate revoked"),
        .init(
            lists: ["root.crl", "stale.crl"], grace: .seconds(3600), refusal: .revocationListExpired,
            alert: .certificateExpired, testDescription: "list expired beyond the grace"),
        .init(
            client: "revoked", lists: ["root.crl", "stale.crl"], grace: .seconds(3600 * 24 * 3650),
            refusal: .revoked, alert: .certificateRevoked, testDescription: "revoked by a list within the grace"),
        .init(
            client: "expired", lists: ["root.crl", "stale.crl"], grace: .seconds(3600 * 24 * 3650),
            refusal: .expired, alert: .certificateExpired, testDescription: "the grace covers no expired certificate"),
        .init(client: "no-uri", refusal: .identity(.none), alert: .badCertificate, testDescription: "no URI"),
        .init(client: "two-uris", refusal: .identity(.several), alert: .badCertificate, testDescription: "two URIs"),
        .init(
            client: "elsewhere", refusal: .identity(.otherDeployment), alert: .badCertificate,
            testDescription: "other deployment"),
        .init(
            client: "person", refusal: .identity(.wrongKind), alert: .badCertificate,
            testDescription: "a person on the data plane"),
        .init(
            accepts: .persons, refusal: .identity(.wrongKind), alert: .badCertificate,
            testDescription: "a party on the desk"),
        .init(
            client: "server-only", refusal: .wrongPurpose, alert: .unsupportedCertificate,
            testDescription: "a certificate for servers only"),
    ]
}

extension TLSAlert {
    static let unsupportedCertificate = TLSAlert(rawValue: 43)
}

@Suite struct TLSRefusalTests {
    @Test(arguments: ServerRefusal.all)
    func refusesTheClientWithTheExactAlert(given: ServerRefusal) throws {
        let link = try EngineLink(
            client: given.client, authorities: given.authorities, lists: given.lists, grace: given.grace,
            accepts: given.accepts, now: given.now)
        link.pump()
        // A TLS 1.3 client believes itself established until it reads the alert; what it writes is never read.
        try? link.client.write(Array("payload".utf8))
        link.pump()
        #expect(link.server.failure == .peerNotAccepted(given.refusal))
        #expect(link.server.alertSent == given.alert)
        #expect(link.client.failure == .alertFromPeer(given.alert))
        #expect(link.readByServer.isEmpty)
    }

    @Test(arguments: [
        ("localhost", PeerExpectation.party("hub"), "crls.pem", PeerRefusal.identity(.otherParty)),
        ("gateway.example", .party("gateway"), "crls.pem", .wrongHost),
        ("127.0.0.2", .party("gateway"), "crls.pem", .wrongHost),
        ("localhost", .persons, "crls.pem", .identity(.wrongKind)),
        ("localhost", .party("gateway"), "root.crl", .revocationListMissing),
        ("localhost", .party("gateway"), "intermediate-revoked.pem", .revoked),
    ])
    func theClientRefusesTheServerBeforeAnyPayload(
        host: String, expects: PeerExpectation, lists: String, refusal: PeerRefusal
    ) throws {
        let link = try EngineLink(client: "police", host: host, expects: expects, clientLists: [lists])
        link.pump()
        #expect(link.client.failure == .peerNotAccepted(refusal))
        #expect(throws: CryptoError.tls(.notOpen)) { try link.client.write([1]) }
        #expect(link.server.peerIdentity == nil)
    }

    @Test(arguments: ["", ".", "a b", "1.2.3", "-x", "ä.example", "host\0.example"])
    func aHostThatCannotBeVerifiedIsRefusedAtOnce(host: String) throws {
        let context = try TLSContext(.test("police"))
        #expect(throws: CryptoError.hostName) {
            _ = try TLSEngine(context: context, side: .client(host: host, expects: .parties), now: .testNow)
        }
    }

    @Test func refusesAPlaintextPeer() throws {
        let engine = try TLSEngine(
            context: TLSContext(.test("gateway")), side: .server(accepts: .parties), now: .testNow)
        engine.receive(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        guard case .failed(.protocolFault) = engine.read().result else { Issue.record("accepted"); return }
    }

    @Test func refusesMoreCiphertextThanTheBound() throws {
        let engine = try TLSEngine(
            context: TLSContext(.test("gateway")), side: .server(accepts: .parties), now: .testNow)
        engine.receive([UInt8](repeating: 22, count: TLSEngine.unreadCiphertextMax + 1))
        #expect(engine.failure != nil)
    }

    @Test func theKeyOfAnotherCertificateIsRefused() throws {
        var material = TLSContext.Material.test("gateway")
        material.privateKey = CertificateWorkshop.shared.bytes("police.key")
        #expect(throws: CryptoError.keyDoesNotFitCertificate) { _ = try TLSContext(material) }
    }

    @Test func anEncryptedKeyIsRefusedWithoutAskingAtTheTerminal() throws {
        let workshop = CertificateWorkshop.shared
        workshop.run("openssl pkey -in gateway.key -aes128 -passout pass:secret -out locked.key")
        var material = TLSContext.Material.test("gateway")
        material.privateKey = workshop.bytes("locked.key")
        #expect(throws: CryptoError.malformed(.privateKey)) { _ = try TLSContext(material) }
    }

    @Test func aTrustListWithAPartysCertificateIsRefused() throws {
        #expect(throws: CryptoError.notAnAuthority) {
            _ = try TLSContext(.test("gateway", authorities: "police.pem"))
        }
    }

    @Test func saysWhichAuthorityHasNoRevocationList() throws {
        let root = try X509Certificate(pem: CertificateWorkshop.shared.bytes("root.ca.pem"))
        #expect(try TLSContext(.test("gateway", lists: ["agencies.crl"])).authoritiesWithoutRevocationList == [root])
        #expect(try TLSContext(.test("gateway")).authoritiesWithoutRevocationList.isEmpty)
    }
}
