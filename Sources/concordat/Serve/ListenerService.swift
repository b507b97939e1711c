import ConcordatTransport
import ServiceLifecycle

/// Keeps a listener until shutdown, then lets what is in flight finish.
struct ListenerService: Service {
    let listener: TransportListener
    /// How long answers in flight may take then.
    let grace: Duration

    func run() async throws {
        try? await gracefulShutdown()
        await listener.shutDown(grace: grace)
    }
}
