import COpenSSL

/// What the library's callbacks see of one connection. Belongs to its engine and lives as long.
final class EngineWatch {
    let check: PeerCheck
    private(set) var alertSent: TLSAlert?
    private(set) var alertReceived: TLSAlert?
    /// Key updates and tickets taken after the handshake.
    private(set) var lateHandshakeMessages = 0
    /// Set by the engine when the handshake is done.
    var handshakeDone = false

    init(check: PeerCheck) { self.check = check }

    /// Makes the callbacks of `connection` reach this watch. The watch must outlive the connection.
    func attach(to connection: OpaquePointer) -> Bool {
        SSL_set_ex_data(connection, 0, Unmanaged.passUnretained(self).toOpaque()) == 1
    }

    private static func of(_ connection: OpaquePointer?) -> EngineWatch? {
        guard let connection, let data = SSL_get_ex_data(connection, 0) else { return nil }
        return Unmanaged<EngineWatch>.fromOpaque(data).takeUnretainedValue()
    }

    /// Replaces the library's chain verification by ours, which ends in the same verifier.
    static let onPeerCertificate: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { store, _ in
        guard let store, let watch = of(concordat_store_ctx_ssl(store)) else { return 0 }
        return watch.check.run(store) ? 1 : 0
    }

    /// Sees each protocol message, in both directions.
    static let onMessage:
        @convention(c) (
            Int32, Int32, Int32, UnsafeRawPointer?, Int, OpaquePointer?, UnsafeMutableRawPointer?
        ) -> Void = { writing, _, type, bytes, count, connection, _ in
            guard let bytes, let watch = of(connection) else { return }
            switch type {
            case SSL3_RT_ALERT where count == 2:
                let alert = TLSAlert(rawValue: bytes.load(fromByteOffset: 1, as: UInt8.self))
                if writing == 1 { watch.alertSent = alert } else { watch.alertReceived = alert }
            case SSL3_RT_HANDSHAKE where writing == 0 && watch.handshakeDone:
                watch.lateHandshakeMessages += 1
            default: break
            }
        }
}
