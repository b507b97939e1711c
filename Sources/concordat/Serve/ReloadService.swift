import ConcordatCrypto
import ConcordatTransport
import Logging
import ServiceLifecycle

/// Reads certificates, keys and revocation lists anew when asked, and judges live connections again each minute.
///
/// When the new files cannot be used the old ones stay in force, and the log says so.
struct ReloadService: Service {
    struct Plane: Sendable {
        let material: TLSMaterial
        let listener: TransportListener
    }

    let planes: [Plane]
    let client: PeerHTTPClient
    /// The material the client shows and judges by.
    let clientMaterial: TLSMaterial
    let logger: Logger
    private let every: Duration = .seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown { await judgeAgain() }
    }

    /// What SIGHUP asks for.
    func reload() {
        do {
            // Order matters: every context is made before any is used, so that a bad file changes nothing.
            let contexts = try planes.map { try $0.material.context() }
            let own = try clientMaterial.context()
            for (plane, context) in zip(planes, contexts) { plane.listener.reload(context) }
            client.reload(own)
            logger.notice("certificates and revocation lists were read anew")
        } catch {
            logger.error("reload refused; the old certificates stay", metadata: ["reason": "\(error)"])
        }
    }

    private func judgeAgain() async {
        while !Task.isCancelled {
            try? await ContinuousClock().sleep(for: every)
            for plane in planes { plane.listener.acceptor.verifyAgain() }
            client.closeIdle()
        }
    }
}
