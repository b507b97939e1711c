import ConcordatDesk
import ConcordatTransport
import ServiceLifecycle

/// Keeps the desk up until shutdown, then lets what is in flight finish.
struct DeskService: Service {
    let server: DeskServer
    let listener: TransportListener
    /// How long answers in flight may take then.
    let grace: Duration

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            group.addTask {
                try? await gracefulShutdown()
                // Order matters: connections end before those who serve them do.
                await listener.shutDown(grace: grace)
                server.stop()
            }
        }
    }
}
