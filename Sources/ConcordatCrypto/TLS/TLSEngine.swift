import COpenSSL
package import ConcordatTerms

/// One TLS connection over memory: ciphertext and plaintext go in and come out as bytes, no socket and no clock.
///
/// The order of calls that loses nothing: ``receive(_:)``, then ``read(into:)`` until it gives no more payload, then
/// ``takeCiphertext(into:)`` until nothing is pending, **whatever** the reads answered: a refusal has its alert there.
/// Not for use by two threads at once.
package final class TLSEngine {
    /// Where a connection stands.
    package enum State: Equatable, Sendable {
        /// The peer is not known yet: no payload in either direction.
        case handshaking
        /// The peer is verified; payload may flow. A client learns only by reading that the server refused it.
        case established(TLSPeer)
        /// Both sides said close_notify.
        case closed
        /// Ended without a clean close.
        case failed(TLSFailure)
    }

    /// What a read gave.
    package enum ReadResult: Equatable, Sendable {
        /// So many bytes of payload, at least one.
        case plaintext(Int)
        /// Nothing more until more ciphertext comes.
        case needsCiphertext
        /// The peer said close_notify: no more payload will come. Our side may still write.
        case inputClosed
        /// The connection has failed; the alert, if any, is among the pending ciphertext.
        case failed(TLSFailure)
    }

    package private(set) var state = State.handshaking
    /// Whether the peer's close_notify has come.
    package private(set) var isInputClosed = false
    /// Whether our close_notify is among the ciphertext given out or pending.
    package private(set) var isOutputClosed = false
    /// The last alert the peer sent.
    package var alertReceived: TLSAlert? { watch.alertReceived }
    /// The last alert we sent: with a refusal, what the peer was told.
    package var alertSent: TLSAlert? { watch.alertSent }

    private let side: TLSSide
    private let connection: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let watch: EngineWatch
    private let context: TLSContext
    private var plaintextReceived = 0

    // Bound: key updates and tickets from a peer: a few, and one more for each mebibyte of payload it sends. Each costs
    // us a key derivation and often an answer, so without payload they would be work for nothing.
    static let lateHandshakeMessagesFree = 16
    static let payloadPerLateHandshakeMessage = 1024 * 1024
    // Bound: ciphertext taken but not yet read; twice what a transport hands over at once.
    /// The most unread ciphertext; beyond it the connection fails.
    package static let unreadCiphertextMax = 512 * 1024

    /// A connection that has not begun. `now` is the time its peer is judged at.
    ///
    /// Throws ``CryptoError/hostName`` for a client without a well-formed host. A client's first flight is pending at once.
    package init(context: TLSContext, side: TLSSide, now: UTCInstant) throws(CryptoError) {
        LibraryErrors.clear()
        guard let connection = SSL_new(context.pointer) else { throw LibraryErrors.take() }
        let watch = EngineWatch(check: PeerCheck(rules: context.rules, side: side, now: now))
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            // Without memory for two empty buffers a lost one is not what matters.
            SSL_free(connection)
            throw LibraryErrors.take()
        }
        // The connection owns both from here on.
        SSL_set_bio(connection, incoming, outgoing)
        (self.side, self.connection, self.incoming, self.outgoing) = (side, connection, incoming, outgoing)
        (self.watch, self.context) = (watch, context)
        guard let parameters = SSL_get0_param(connection), watch.attach(to: connection) else {
            throw LibraryErrors.take()
        }
        try watch.check.prepare(parameters)
        switch side {
        case .server: SSL_set_accept_state(connection)
        case .client(let host, _):
            if case .dns(let name) = HostName(host), concordat_ssl_set_host_name(connection, name) != 1 {
                throw LibraryErrors.take()
            }
            SSL_set_connect_state(connection)
            _ = shakeHands()
        }
    }

    // A class whose init throws after all members are set still runs this.
    deinit { SSL_free(connection) }

    // MARK: ciphertext

    /// Takes ciphertext from the peer. Nothing is decrypted before the next read.
    package func receive(_ ciphertext: UnsafeRawBufferPointer) {
        guard !ciphertext.isEmpty, !hasFailed else { return }
        LibraryErrors.clear()
        guard concordat_bio_pending(incoming) + ciphertext.count <= Self.unreadCiphertextMax,
            BIO_write(incoming, ciphertext.baseAddress, Int32(ciphertext.count)) == Int32(ciphertext.count)
        else {
            fail(.protocolFault(reason: LibraryErrors.takeReason()))
            return
        }
    }

    /// As ``receive(_:)-(UnsafeRawBufferPointer)``.
    package func receive(_ ciphertext: [UInt8]) { ciphertext.withUnsafeBytes { receive($0) } }

    /// How many bytes wait to be sent to the peer.
    package var pendingCiphertext: Int { concordat_bio_pending(outgoing) }

    /// Moves pending ciphertext into `buffer`; how many bytes.
    package func takeCiphertext(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard !buffer.isEmpty, pendingCiphertext > 0 else { return 0 }
        LibraryErrors.clear()
        return max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(clamping: buffer.count))))
    }

    /// All pending ciphertext.
    package func takeCiphertext() -> [UInt8] {
        let pending = pendingCiphertext
        return [UInt8](unsafeUninitializedCapacity: pending) { buffer, count in
            count = takeCiphertext(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// The transport has no more bytes from the peer, ever. Tells a clean end from a cut one.
    package func receivedEndOfStream() -> ReadResult {
        var byte: UInt8 = 0
        // What came before the end may still hold the alert or the close_notify.
        let last = withUnsafeMutableBytes(of: &byte) { read(into: $0) }
        switch last {
        // A caller that stopped reading before the end has cut the payload itself.
        case .plaintext: return .failed(fail(.truncated))
        case .inputClosed, .failed: return last
        case .needsCiphertext:
            if case .handshaking = state { return .failed(fail(.cutInHandshake)) }
            return .failed(fail(.truncated))
        }
    }

    // MARK: plaintext

    /// Decrypts payload into `buffer`, carrying the handshake on first where it is not done.
    ///
    /// One call gives at most one record's payload. Even when it gives none there may be ciphertext to send.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        precondition(!buffer.isEmpty, "a read needs room for a byte")
        if case .failed(let failure) = state { return .failed(failure) }
        if isInputClosed { return .inputClosed }
        if case .handshaking = state, let answer = shakeHands() { return answer }
        LibraryErrors.clear()
        let count = SSL_read(connection, buffer.baseAddress, Int32(clamping: buffer.count))
        if count > 0 { plaintextReceived += Int(count) }
        let allowance = Self.lateHandshakeMessagesFree + plaintextReceived / Self.payloadPerLateHandshakeMessage
        guard watch.lateHandshakeMessages <= allowance else { return .failed(fail(.tooManyKeyUpdates)) }
        guard count <= 0 else { return .plaintext(Int(count)) }
        switch SSL_get_error(connection, count) {
        case SSL_ERROR_WANT_READ: return .needsCiphertext
        case SSL_ERROR_ZERO_RETURN:
            isInputClosed = true
            if isOutputClosed { state = .closed }
            return .inputClosed
        default: return .failed(fail(readFailure()))
        }
    }

    /// Payload of one record at most; the convenience of ``read(into:)`` for callers that keep arrays.
    package func read() -> (result: ReadResult, bytes: [UInt8]) {
        var result = ReadResult.needsCiphertext
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.recordBytesMax) { buffer, count in
            result = read(into: UnsafeMutableRawBufferPointer(buffer))
            if case .plaintext(let read) = result { count = read }
        }
        return (result, bytes)
    }

    /// Encrypts payload. Throws ``TLSFailure/notOpen`` unless the peer is known and our side is open.
    package func write(_ plaintext: UnsafeRawBufferPointer) throws(CryptoError) {
        guard case .established = state, !isOutputClosed else { throw .tls(.notOpen) }
        guard !plaintext.isEmpty else { return }
        guard let count = Int32(exactly: plaintext.count) else { throw .tls(.notOpen) }
        LibraryErrors.clear()
        // Memory never blocks and TLS 1.3 never renegotiates, so a write is whole or the connection is broken.
        guard SSL_write(connection, plaintext.baseAddress, count) == count else { throw .tls(fail(readFailure())) }
    }

    /// As ``write(_:)-(UnsafeRawBufferPointer)``.
    package func write(_ plaintext: [UInt8]) throws(CryptoError) {
        try plaintext.span.bytes.withUnsafeBytes { bytes throws(CryptoError) in try write(bytes) }
    }

    /// Says close_notify: our side writes no more. The peer may go on. Does nothing before the peer is known.
    package func closeNotify() {
        guard case .established = state, !isOutputClosed else { return }
        LibraryErrors.clear()
        // 0 means sent and not yet answered, 1 answered too: both are what was asked.
        guard SSL_shutdown(connection) >= 0 else {
            fail(readFailure())
            return
        }
        isOutputClosed = true
        if isInputClosed { state = .closed }
    }

    /// Bytes of payload in one record at most.
    package static let recordBytesMax = 16 * 1024

    // MARK: inside

    private var hasFailed: Bool {
        if case .failed = state { true } else { false }
    }

    /// Nil when the handshake is done.
    private func shakeHands() -> ReadResult? {
        LibraryErrors.clear()
        let result = SSL_do_handshake(connection)
        guard result == 1 else {
            if SSL_get_error(connection, result) == SSL_ERROR_WANT_READ { return .needsCiphertext }
            return .failed(fail(readFailure()))
        }
        watch.handshakeDone = true
        guard let peer = verifiedPeer() else { return .failed(fail(.peerNotAccepted(.noCertificate))) }
        state = .established(peer)
        return nil
    }

    /// Reads the peer from what the verifier accepted. Nil would mean a handshake without a verdict: fail closed.
    private func verifiedPeer() -> TLSPeer? {
        guard SSL_get_verify_result(connection) == X509_V_OK, let identity = watch.check.identity,
            let chain = SSL_get0_verified_chain(connection)
        else { return nil }
        var certificates: [[UInt8]] = []
        for index in 0..<concordat_x509_stack_count(chain) {
            guard let x509 = concordat_x509_stack_at(chain, index), let der = try? LibraryCertificate.der(of: x509)
            else {
                return nil
            }
            certificates.append(der)
        }
        var parsed: [X509Certificate] = []
        for der in certificates {
            guard let certificate = try? X509Certificate(der: der) else { return nil }
            parsed.append(certificate)
        }
        guard let own = parsed.first, let notAfter = parsed.map(\.notAfter).min() else { return nil }
        return TLSPeer(
            identity: identity, certificate: own, chain: PeerChain(certificates: certificates, side: side),
            notAfter: notAfter)
    }

    @discardableResult
    private func fail(_ failure: TLSFailure) -> TLSFailure {
        if case .failed(let first) = state { return first }
        state = .failed(failure)
        return failure
    }

    /// Sorts the library's last failure by who refused whom. Leaves the error queue empty.
    private func readFailure() -> TLSFailure {
        let reason = LibraryErrors.takeReason()
        if let refusal = watch.check.refusal { return .peerNotAccepted(refusal) }
        if let alert = watch.alertReceived, alert != .closeNotify, alert != .userCanceled {
            return .alertFromPeer(alert)
        }
        switch Int32(reason) {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return .peerNotAccepted(.noCertificate)
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION: return .versionTooOld
        default: return .protocolFault(reason: reason)
        }
    }
}
