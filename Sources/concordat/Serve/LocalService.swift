import ConcordatDataPlane
import ServiceLifecycle

/// Keeps health and metrics up until shutdown.
struct LocalService: Service {
    let server: LocalServer

    func run() async throws {
        try? await gracefulShutdown()
        await server.stop()
    }
}
