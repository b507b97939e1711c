import ConcordatCrypto
import ConcordatTerms
import Testing

@Suite struct TLSEngineTests {
    @Test func aCutConnectionIsNotACleanEnd() throws {
        let link = try EngineLink(client: "police")
        link.pump()
        try link.client.write([1, 2, 3])
        link.pump()
        #expect(link.server.receivedEndOfStream() == .failed(.truncated))
        #expect(link.server.failure == .truncated)
    }

    @Test func anEndInsideTheHandshakeSaysSo() throws {
        let link = try EngineLink(client: "police")
        link.server.receive(Array(link.client.takeCiphertext().prefix(20)))
        #expect(link.server.read().result == .needsCiphertext)
        #expect(link.server.receivedEndOfStream() == .failed(.cutInHandshake))
    }

    @Test func closeNotifyIsACleanEndAndOnlyOfOneSide() throws {
        let link = try EngineLink(client: "police")
        link.pump()
        link.client.closeNotify()
        link.pump()
        #expect(link.server.isInputClosed)
        #expect(link.server.receivedEndOfStream() == .inputClosed)
        try link.server.write(Array("the answer".utf8))
        link.pump()
        #expect(link.readByClient == Array("the answer".utf8))
        link.server.closeNotify()
        link.pump()
        #expect(link.server.state == .closed)
        #expect(link.client.state == .closed)
        #expect(throws: CryptoError.tls(.notOpen)) { try link.server.write([1]) }
    }

    @Test func nothingIsWrittenBeforeThePeerIsKnown() throws {
        let link = try EngineLink(client: "police")
        #expect(throws: CryptoError.tls(.notOpen)) { try link.client.write([1]) }
        #expect(throws: CryptoError.tls(.notOpen)) { try link.server.write([1]) }
    }

    @Test func changedCiphertextFailsTheConnection() throws {
        let link = try EngineLink(client: "police")
        link.pump()
        try link.client.write(Array("secret".utf8))
        var bytes = link.client.takeCiphertext()
        bytes[bytes.count - 1] ^= 1
        link.server.receive(bytes)
        guard case .failed(.protocolFault) = link.server.read().result else { Issue.record("accepted"); return }
        #expect(link.readByServer.isEmpty)
        #expect(link.server.pendingCiphertext > 0, "the alert waits to be sent")
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64, 1000])
    func survivesCiphertextInSteps(step: Int) throws {
        let link = try EngineLink(client: "police")
        link.pump(step: step)
        #expect(link.server.peerIdentity == .party("police"))
        #expect(link.client.peerIdentity == .party("gateway"))
        let payload = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try link.client.write(payload)
        try link.server.write(payload.reversed())
        link.pump(step: step)
        #expect(link.readByServer == payload)
        #expect(link.readByClient == payload.reversed())
    }

    @Test func survivesASplitAtEveryByte() throws {
        let link = try EngineLink(client: "police")
        link.pump()
        // Each payload's ciphertext is split once, at each place in turn.
        var sent: [UInt8] = []
        var received: [UInt8] = []
        let length = 60 + 5 + 1 + 16
        for split in 0...length {
            let payload = (0..<60).map { UInt8(truncatingIfNeeded: $0 + split) }
            try link.client.write(payload)
            let bytes = link.client.takeCiphertext()
            #expect(bytes.count == length)
            link.server.receive(Array(bytes[..<split]))
            if split < length { #expect(link.server.read().result == .needsCiphertext) }
            link.server.receive(Array(bytes[split...]))
            EngineLink.readAll(link.server, into: &received)
            sent += payload
        }
        #expect(received == sent)
    }

    @Test func aPersonIsNamedOnTheDesk() throws {
        let link = try EngineLink(client: "person", accepts: .persons)
        link.pump()
        #expect(link.server.peerIdentity == .person("police", "asha"))
    }

    @Test func anAddressIsAHostToo() throws {
        let link = try EngineLink(client: "police", host: "127.0.0.1")
        link.pump()
        #expect(link.client.peerIdentity == .party("gateway"))
    }

    @Test func aRevocationListWithinTheGraceIsTaken() throws {
        // The certificates are younger than the list, so the grace itself must reach from its end to today.
        let reach = UTCInstant.testNow - ServerRefusal.staleEnd + .seconds(1)
        let link = try EngineLink(client: "police", lists: ["root.crl", "stale.crl"], grace: reach)
        link.pump()
        #expect(link.server.peerIdentity == .party("police"))
        let short = try EngineLink(client: "police", lists: ["root.crl", "stale.crl"], grace: reach - .seconds(1))
        short.pump()
        #expect(short.server.failure == .peerNotAccepted(.revocationListExpired))
    }

    @Test func noTicketIsSentAndNothingIsResumed() throws {
        let link = try EngineLink(client: "police")
        link.pump()
        #expect(link.server.pendingCiphertext == 0)
        #expect(link.client.read().result == .needsCiphertext)
    }
}

@Suite struct TLSReverificationTests {
    private func chain(of client: String) throws -> (TLSContext, PeerChain, UTCInstant) {
        let link = try EngineLink(client: client)
        link.pump()
        guard case .established(let peer) = link.server.state else { throw CryptoError.missing(.certificate) }
        return (try TLSContext(.test("gateway")), peer.chain, peer.notAfter)
    }

    @Test func aChainRevokedLaterIsNoLongerAccepted() throws {
        let (before, chain, _) = try chain(of: "doomed")
        #expect(before.stillAccepts(chain, at: .testNow))
        let after = try TLSContext(.test("gateway", lists: ["later-crls.pem"]))
        #expect(after.refusal(of: chain, at: .testNow) == .revoked)
    }

    @Test func aChainIsNotAcceptedPastItsEnd() throws {
        let (context, chain, notAfter) = try chain(of: "police")
        // The lists end first; a grace of years leaves the certificate's own end to decide.
        let patient = try TLSContext(.test("gateway", grace: .seconds(86_400 * 3650)))
        #expect(context.refusal(of: chain, at: notAfter + .seconds(1)) == .revocationListExpired)
        #expect(patient.refusal(of: chain, at: notAfter - .seconds(1)) == nil)
        #expect(patient.refusal(of: chain, at: notAfter + .seconds(1)) == .expired)
    }

    @Test func aChainOfAnAuthorityNoLongerListedIsNotAccepted() throws {
        let (_, chain, _) = try chain(of: "police")
        let moved = try TLSContext(.test("gateway", authorities: "stranger.ca.pem", lists: ["stranger.crl"]))
        #expect(moved.refusal(of: chain, at: .testNow) == .unknownAuthority)
    }

    @Test func aChainOfAnotherDeploymentIsNotAccepted() throws {
        let (_, chain, _) = try chain(of: "police")
        var material = TLSContext.Material.test("gateway")
        material.deployment = "renamed"
        #expect(try TLSContext(material).refusal(of: chain, at: .testNow) == .identity(.otherDeployment))
    }
}
