import ConcordatCrypto
import ConcordatTerms
import Testing

@Suite struct PeerIdentityTests {
    @Test(arguments: [
        ([], IdentityFault.none),
        (["urn:concordat:rj:party:a", "urn:concordat:rj:party:a"], .several),
        (["urn:concordat:other:party:a"], .otherDeployment),
        (["urn:concordat:RJ:party:a"], .otherDeployment),
        (["URN:concordat:rj:party:a"], .malformed),
        (["urn:concordat:rj:party:"], .malformed),
        (["urn:concordat:rj:party:a:b"], .malformed),
        (["urn:concordat:rj:party"], .malformed),
        (["urn:concordat:rj:person:a"], .malformed),
        (["urn:concordat:rj:person:a:b:c"], .malformed),
        (["urn:concordat:rj:person:a:b/c"], .malformed),
        (["urn:concordat:rj:admin:a"], .malformed),
        (["urn:concordat:rj:party:a%62"], .malformed),
        (["https://concordat.example/party/a"], .malformed),
        ([""], .malformed),
    ])
    func refusesWhatNamesNobody(uris: [String], fault: IdentityFault) {
        #expect(throws: CryptoError.identity(fault)) { try PeerIdentity(uris: uris, deployment: "rj") }
    }

    @Test(arguments: [
        ("urn:concordat:rj:party:west-mercia.police_1", PeerIdentity.party("west-mercia.police_1")),
        ("urn:concordat:rj:person:hub:asha-1", .person("hub", "asha-1")),
    ])
    func readsTheTwoForms(uri: String, identity: PeerIdentity) throws {
        #expect(try PeerIdentity(uris: [uri], deployment: "rj") == identity)
        #expect(identity.uri(deployment: "rj") == uri)
    }
}

@Suite struct CertificateTests {
    let workshop = CertificateWorkshop.shared

    @Test func refusesWhatIsNoCertificate() throws {
        let pem = workshop.bytes("police.pem")
        #expect(throws: CryptoError.missing(.certificate)) { try X509Certificate(pem: []) }
        #expect(throws: CryptoError.missing(.certificate)) { try X509Certificate.all(inPEM: Array("hello".utf8)) }
        #expect(throws: CryptoError.malformed(.certificate)) { try X509Certificate.all(inPEM: Array(pem.dropLast(60))) }
        let der = try X509Certificate(pem: pem).der
        #expect(throws: CryptoError.malformed(.certificate)) { try X509Certificate(der: der + [0]) }
        #expect(throws: CryptoError.malformed(.certificate)) { try X509Certificate(der: Array(der.dropLast())) }
        #expect(throws: CryptoError.malformed(.certificate)) { try X509Certificate(der: []) }
    }

    @Test func readsWhatTheToolWrote() throws {
        let chain = try X509Certificate.all(inPEM: workshop.bytes("gateway.pem"))
        try #require(chain.count == 2)
        let own = chain[0]
        #expect(own.subjectAltURIs == ["urn:concordat:test-deployment:party:gateway"])
        #expect(own.dnsNames == ["localhost"])
        #expect(own.ipAddresses == ["127.0.0.1"])
        #expect(!own.isCA && chain[1].isCA && !chain[1].isSelfIssued)
        #expect(try own.identity(deployment: "test-deployment") == .party("gateway"))
        let printed = workshop.run("openssl x509 -in gateway.leaf.pem -noout -serial -fingerprint -sha256").output
        #expect(printed.contains("serial=\(own.serialHex)\n"))
        let fingerprint = printed.replacing(":", with: "").lowercased()
        #expect(fingerprint.contains(Hex.encode(own.sha256Fingerprint)))
        #expect(try X509Certificate(der: own.der) == own)
    }

    @Test func readsTimes() throws {
        let expired = try X509Certificate(pem: workshop.bytes("expired.pem"))
        #expect(expired.notBefore == UTCInstant("2025-01-01T00:00:00Z"))
        #expect(expired.notAfter == UTCInstant("2025-02-01T00:00:00Z"))
    }
}
