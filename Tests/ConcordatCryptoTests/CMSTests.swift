import ConcordatCrypto
import ConcordatTerms
import Foundation
import Testing

@Suite struct CMSRefusalTests {
    let workshop = SigningWorkshop.shared
    let now: UTCInstant = UTCInstant("2026-04-01T00:00:00Z") ?? UTCInstant(seconds: 0)

    func verify(
        _ signature: [UInt8], content: [UInt8] = SigningWorkshop.text, authorities: String = "root.pem",
        lists: String? = nil, now: UTCInstant? = nil
    ) throws -> Signer {
        try CMSSignature.verify(
            signature, content: content, trust: workshop.trust(authorities, lists: lists), now: now ?? self.now)
    }

    @Test func refusesAnyOtherContent() throws {
        let signature = try workshop.sign(as: "chief")
        var altered = SigningWorkshop.text
        altered[0] ^= 1
        for content in [altered, Array(SigningWorkshop.text.dropLast()), SigningWorkshop.text + [0x0A], []] {
            #expect(throws: CryptoError.signature(.otherContent)) { try verify(signature, content: content) }
        }
        // What a mail program would do to line ends is another content too.
        let unix = SigningWorkshop.text.filter { $0 != 0x0D }
        #expect(throws: CryptoError.signature(.otherContent)) { try verify(signature, content: unix) }
    }

    @Test func refusesAnotherAuthorityOfTheSameName() throws {
        let signature = try workshop.sign(as: "chief")
        #expect(throws: CryptoError.signature(.certificate(.unknownAuthority))) {
            try verify(signature, authorities: "stranger.pem")
        }
        // An intermediate that is not anchored by a root is no anchor.
        #expect(throws: CryptoError.signature(.certificate(.unknownAuthority))) {
            try verify(signature, authorities: "people.ca.pem")
        }
    }

    @Test func refusesACertificateOutsideItsDatesWhenItSigned() throws {
        let late = try workshop.sign(as: "former", at: UTCInstant("2026-02-01T00:00:00Z"))
        #expect(throws: CryptoError.signature(.certificate(.expired))) { try verify(late) }
        let early = try workshop.sign(as: "chief", at: UTCInstant("2024-12-31T23:59:59Z"))
        #expect(throws: CryptoError.signature(.certificate(.notYetValid))) { try verify(early) }
    }

    @Test func refusesASignatureDatedAheadOfTheClock() throws {
        let signature = try workshop.sign(as: "chief", at: now + .seconds(301))
        #expect(throws: CryptoError.signature(.signedLater)) { try verify(signature) }
        #expect(throws: Never.self) { try verify(signature, now: now + .seconds(1)) }
    }

    @Test func refusesCertificatesOfAnotherPurposeOrKind() throws {
        for (name, fault) in [
            ("worker", PeerRefusal.wrongPurpose), ("system", .identity(.wrongKind)),
            ("elsewhere", .identity(.otherDeployment)),
        ] {
            let signature = try workshop.sign(as: name)
            #expect(throws: CryptoError.signature(.certificate(fault)), "\(name)") { try verify(signature) }
        }
    }

    @Test func refusesWeakKeysAndDigests() throws {
        // 66 is X509_V_ERR_EE_KEY_TOO_SMALL.
        let weak = try workshop.sign(as: "weak")
        #expect(throws: CryptoError.signature(.certificate(.chain(code: 66)))) { try verify(weak) }
        let text = workshop.write(SigningWorkshop.text, as: ".txt")
        let old = "openssl cms -sign -binary -md sha1 -in \(text) -signer chief.pem -inkey chief.key -outform DER"
        #expect(workshop.run("\(old) -out sha1.p7s").code == 0)
        #expect(throws: CryptoError.signature(.weakDigest)) { try verify(workshop.bytes("sha1.p7s"), now: Self.today) }
    }

    @Test(arguments: ["stolen", "unsaid"])
    func refusesARevokedKeyWheneverItSigned(name: String) throws {
        let before = try workshop.sign(as: name)
        #expect(throws: CryptoError.signature(.certificate(.revoked))) { try verify(before, lists: "busy.crl") }
        #expect(throws: Never.self) { try verify(before, lists: "quiet.crl") }
    }

    @Test func refusesASupersededCertificateThatSignedAfterwards() throws {
        let after = try workshop.sign(as: "left", at: UTCInstant("2026-03-01T00:00:00Z"))
        #expect(throws: CryptoError.signature(.certificate(.revoked))) { try verify(after, lists: "busy.crl") }
        let before = try workshop.sign(as: "left", at: UTCInstant("2026-02-28T23:59:59Z"))
        #expect(try verify(before, lists: "busy.crl").identity == .person("police", "left"))
    }

    @Test func refusesListsThatAreNotCurrent() throws {
        let signature = try workshop.sign(as: "chief", at: UTCInstant("2026-01-20T00:00:00Z"))
        #expect(throws: CryptoError.signature(.certificate(.revocationListExpired))) {
            try verify(signature, lists: "stale.crl")
        }
        #expect(throws: CryptoError.signature(.certificate(.revocationListNotYetValid))) {
            try verify(signature, lists: "quiet.crl", now: UTCInstant("2026-03-01T00:00:00Z"))
        }
        #expect(throws: CryptoError.signature(.certificate(.revocationListMissing))) {
            try verify(signature, lists: "people.crl")
        }
    }

    @Test func refusesWhatIsCutShortOrNoSignature() throws {
        let signature = try workshop.sign(as: "chief")
        let name = workshop.write(signature, as: ".p7s")
        #expect(workshop.run("openssl cms -cmsout -inform PEM -in \(name) -outform DER -out \(name).der").code == 0)
        let der = workshop.bytes(name + ".der")
        #expect(try verify(der).identity == .person("police", "chief"))
        for count in 0..<der.count {
            #expect(throws: CryptoError.self, "\(count) bytes") { try verify(Array(der.prefix(count))) }
        }
        for broken in [
            [], Array("hello".utf8), Array(signature.dropLast(40)), der + [0], signature + signature,
            workshop.bytes("chief.pem"),
        ] {
            #expect(throws: CryptoError.signature(.malformed)) { try verify(broken) }
        }
        let long = [UInt8](repeating: 0x20, count: CMSSignature.signatureBytesMax + 1)
        #expect(throws: CryptoError.signature(.tooLong)) { try verify(long) }
    }

    /// Every single byte that can be changed either makes it unreadable, or refused, or names the same signer and time.
    @Test func noChangedByteNamesAnotherSigner() throws {
        let name = workshop.write(try workshop.sign(as: "chief"), as: ".p7s")
        workshop.run("openssl cms -cmsout -inform PEM -in \(name) -outform DER -out \(name).der")
        let der = workshop.bytes(name + ".der")
        let signer = try verify(der)
        for index in der.indices {
            var changed = der
            changed[index] ^= 0x01
            if let found = try? verify(changed) { #expect(found == signer, "byte \(index)") }
        }
    }

    @Test func refusesStructuresOtherThanOneDetachedSigner() throws {
        let text = workshop.write(SigningWorkshop.text, as: ".txt")
        let sign = "openssl cms -sign -binary -in \(text) -outform DER"
        let chief = "-signer chief.pem -inkey chief.key"
        for (options, fault) in [
            ("-nodetach \(chief) -out opaque.p7s", CMSFault.notDetached),
            ("\(chief) -signer rsa.pem -inkey rsa.key -out two.p7s", .signers),
            ("\(chief) -nocerts -out bare.p7s", .certificateMissing),
            ("\(chief) -noattr -out timeless.p7s", .noSigningTime),
            ("\(chief) -econtent_type 1.2.840.113549.1.9.16.1.4 -out stamp.p7s", .notDetached),
        ] {
            let (code, output) = workshop.run("\(sign) \(options)")
            try #require(code == 0, "\(output)")
            let file = String(options.split(separator: " ").last ?? "")
            #expect(throws: CryptoError.signature(fault), "\(options)") {
                try verify(workshop.bytes(file), now: Self.today)
            }
        }
    }

    @Test func refusesToSignWithWhatDoesNotFit() throws {
        #expect(throws: CryptoError.keyDoesNotFitCertificate) {
            try CMSSignature.sign(
                [1], certificate: workshop.bytes("chief.pem"), key: workshop.bytes("rsa.key"), at: now)
        }
        #expect(throws: CryptoError.missing(.certificate)) {
            try CMSSignature.sign([1], certificate: [], key: workshop.bytes("rsa.key"), at: now)
        }
        #expect(throws: CryptoError.malformed(.privateKey)) {
            try CMSSignature.sign(
                [1], certificate: workshop.bytes("chief.pem"), key: workshop.bytes("chief.pem"), at: now)
        }
        // The library of the machine decides: Ed25519 in CMS came with OpenSSL 3.5.
        if let signature = try? workshop.sign(as: "edwards") {
            #expect(try verify(signature).identity == .person("police", "edwards"))
        } else {
            #expect(throws: CryptoError.signature(.keyNotSupported)) { try workshop.sign(as: "edwards") }
        }
    }

    static var today: UTCInstant { UTCInstant(seconds: Int64(Date().timeIntervalSince1970)) }
}

@Suite struct CMSAgreementTests {
    let workshop = SigningWorkshop.shared

    @Test(arguments: ["chief", "rsa", "pss"])
    func theToolAcceptsOurs(name: String) throws {
        let time = try #require(UTCInstant("2026-02-01T12:00:00Z"))
        let signature = workshop.write(try workshop.sign(as: name), as: ".p7s")
        let text = workshop.write(SigningWorkshop.text, as: ".txt")
        let verify = "openssl cms -verify -binary -inform PEM -in \(signature) -CAfile root.pem -out \(signature).out"
        let (code, output) = workshop.run("\(verify) -attime \(time.secondsSinceEpoch) -content \(text)")
        #expect(code == 0, "\(output)")
        #expect(workshop.bytes(signature + ".out") == SigningWorkshop.text)
        #expect(workshop.run("\(verify) -cades -attime \(time.secondsSinceEpoch) -content \(text)").code == 0)
        #expect(workshop.run("\(verify) -attime \(time.secondsSinceEpoch) -content \(name).pem").code != 0)
        let printed = workshop.run("openssl cms -cmsout -print -inform PEM -in \(signature)").output
        #expect(printed.contains("UTCTIME:Feb  1 12:00:00 2026 GMT"))
    }

    @Test(arguments: ["chief", "rsa", "pss"], ["PEM", "DER"])
    func weAcceptTheTools(name: String, form: String) throws {
        let text = workshop.write(SigningWorkshop.text, as: ".txt")
        let out = "\(name)-tool.\(form)"
        let (code, output) = workshop.run(
            "openssl cms -sign -binary -md sha384 -in \(text) -signer \(name).leaf.pem -inkey \(name).key "
                + (name == "pss" ? "-keyopt rsa_padding_mode:pss " : "")
                + "-certfile people.ca.pem -outform \(form) -out \(out)")
        try #require(code == 0, "\(output)")
        let now = CMSRefusalTests.today
        let signer = try CMSSignature.verify(
            workshop.bytes(out), content: SigningWorkshop.text, trust: workshop.trust(lists: "quiet.crl"), now: now)
        #expect(signer.identity == .person("police", OfficerID(unchecked: name)))
        #expect(abs(signer.signedAt.secondsSinceEpoch - now.secondsSinceEpoch) <= 60)
        let leaf = try X509Certificate(pem: workshop.bytes("\(name).pem"))
        #expect(signer.certificateFingerprint == leaf.sha256Fingerprint)
    }

    @Test func aCertificateThatExpiredSinceStillCounts() throws {
        let signature = try workshop.sign(as: "former", at: UTCInstant("2025-12-31T00:00:00Z"))
        let now = try #require(UTCInstant("2026-04-01T00:00:00Z"))
        let signer = try CMSSignature.verify(
            signature, content: SigningWorkshop.text, trust: workshop.trust(lists: "quiet.crl"), now: now)
        #expect(signer.identity == .person("police", "former"))
        #expect(signer.signedAt == UTCInstant("2025-12-31T00:00:00Z"))
    }

    /// Where the authorities are not at hand: all but who vouches for the signer.
    @Test(arguments: ["chief", "rsa", "pss"])
    func whatHoldsByItselfIsTaken(name: String) throws {
        let signature = try workshop.sign(as: name)
        let now = try #require(UTCInstant("2026-04-01T00:00:00Z"))
        try CMSSignature.verifyUnvouched(signature, content: SigningWorkshop.text, now: now)
        #expect(throws: CryptoError.signature(.otherContent)) {
            try CMSSignature.verifyUnvouched(signature, content: [1], now: now)
        }
        for (bad, fault) in [
            ("weak", PeerRefusal.chain(code: 66)), ("former", .expired), ("worker", .wrongPurpose),
        ] {
            let made = try workshop.sign(as: bad)
            #expect(throws: CryptoError.signature(.certificate(fault)), "\(bad)") {
                try CMSSignature.verifyUnvouched(made, content: SigningWorkshop.text, now: now)
            }
        }
    }

    /// Today's lists say how a signature stands today; of a later day nobody has lists yet.
    @Test func revocationMayBeJudgedAsOfAnotherTimeThanTheRest() throws {
        let later = try #require(UTCInstant("2046-01-01T00:00:00Z"))
        let today = try #require(UTCInstant("2026-04-01T00:00:00Z"))
        func verify(_ name: String, asOf time: UTCInstant?) throws -> Signer {
            let trust = try SignerTrust(
                deployment: CertificateWorkshop.deployment, authorities: workshop.bytes("root.pem"),
                revocationLists: workshop.bytes("busy.crl"), revocationAsOf: time)
            return try CMSSignature.verify(
                try workshop.sign(as: name), content: SigningWorkshop.text, trust: trust, now: later)
        }
        #expect(throws: CryptoError.signature(.certificate(.revocationListExpired))) { try verify("chief", asOf: nil) }
        #expect(try verify("chief", asOf: today).identity == .person("police", "chief"))
        #expect(throws: CryptoError.signature(.certificate(.revoked))) { try verify("stolen", asOf: today) }
    }

    @Test func anEmptyTextIsSignedLikeAnyOther() throws {
        let signature = try workshop.sign([], as: "chief")
        let now = try #require(UTCInstant("2026-04-01T00:00:00Z"))
        #expect(
            try CMSSignature.verify(signature, content: [], trust: workshop.trust(), now: now).identity.party
                == "police")
    }
}
