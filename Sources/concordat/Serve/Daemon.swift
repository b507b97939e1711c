import ConcordatCore
import ConcordatCrypto
import ConcordatDataPlane
import ConcordatDecision
import ConcordatDesk
import ConcordatJSON
import ConcordatProtocols
import ConcordatStore
import ConcordatTerms
import ConcordatTransport
import Foundation
import Logging
import Metrics
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The running daemon: one gateway, its planes, and the long jobs, in one service group.
struct Daemon {
    private let open: OpenGateway
    private let services: ServiceGroup
    private let reloading: ReloadService
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// Opens the store and listens on every plane. When anything fails nothing is left listening.
    init(_ configuration: Configuration, logger: Logger) async throws {
        self.logger = logger
        // Order matters: signals are held before anything listens, so that none ends the process half way.
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let dataMaterial = TLSMaterial(
            deployment: configuration.deployment, plane: configuration.dataPlane, grace: configuration.crlGrace)
        let deskMaterial = TLSMaterial(
            deployment: configuration.deployment, plane: configuration.desk, grace: configuration.crlGrace)
        let (dataContext, deskContext) = (try dataMaterial.context(), try deskMaterial.context())
        let client = PeerHTTPClient(
            context: dataContext, group: MultiThreadedEventLoopGroup.singleton, clock: GatewayClock.machine)
        let pusher = try Self.pusher(configuration, client: client)
        open = try await OpenGateway.open(configuration, logger: logger)
        let gateway = open.gateway
        let data = DataPlaneServer(
            gateway: gateway, settings: Self.dataSettings(configuration), clock: GatewayClock.machine)
        var services: [any Service] = [
            DeliveryService(house: gateway.house, pusher: pusher, refusals: gateway.refusals)
        ]
        do {
            let dataListener = try await Self.listen(
                "data plane", configuration.dataPlane, .parties, dataContext, logger, data.initialize)
            services.append(ListenerService(listener: dataListener, grace: Self.grace))
            let (officers, admins) = (configuration.officers, configuration.admins)
            let desk = DeskServer(
                gateway: gateway,
                roles: { party, id in
                    let officer = officers.first { $0.party == party && $0.id == id }
                    let isAdmin = admins.contains { $0.party == party && $0.id == id }
                    guard officer != nil || isAdmin else { return nil }
                    return Officer(
                        id: id, party: party, isOfDeployment: officer?.isOfDeployment ?? false, isAdmin: isAdmin)
                }, clock: GatewayClock.machine, logger: logger)
            let deskListener = try await Self.listen(
                "desk", configuration.desk, .persons, deskContext, logger, desk.initialize)
            services.append(DeskService(server: desk, listener: deskListener, grace: Self.grace))
            let local = try await LocalServer.start(
                try SocketAddress.makeAddressResolvingHost(configuration.localHost, port: configuration.localPort),
                metrics: metrics, group: MultiThreadedEventLoopGroup.singleton, clock: GatewayClock.machine,
                unreadiness: { gateway.house.readiness().first })
            services.append(LocalService(server: local))
            reloading = ReloadService(
                planes: [
                    .init(material: dataMaterial, listener: dataListener),
                    .init(material: deskMaterial, listener: deskListener),
                ], client: client,
                clientMaterial: dataMaterial, logger: logger)
            services.append(reloading)
        } catch {
            await gateway.close()
            try open.ledger.close()
            throw error
        }
        self.services = ServiceGroup(
            configuration: .init(services: services, logger: logger))
        logger.notice(
            "listening",
            metadata: [
                "data-plane": "\(configuration.dataPlane.host):\(configuration.dataPlane.port)",
                "desk": "\(configuration.desk.host):\(configuration.desk.port)",
                "local": "\(configuration.localHost):\(configuration.localPort)",
            ])
    }

    // Bound: how long answers in flight may take after a stop was asked for; longer than an inbox may wait.
    private static let grace: Duration = .seconds(35)

    /// Serves until a signal says to stop, then closes what is open, in order.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            group.addTask { await heed() }
            // The services end first, or one of them fails: either way nobody heeds signals any more.
            try await group.next()
            group.cancelAll()
        }
        await open.gateway.close()
        try open.ledger.close()
    }

    /// Does what signals ask for: SIGHUP reads certificates anew, the others stop the daemon.
    private func heed() async {
        for await signal in signals {
            if signal == .sighup {
                reloading.reload()
                continue
            }
            // A group that has not begun to run does not hear of it, so it is told until it has ended.
            while !Task.isCancelled {
                await services.triggerGracefulShutdown()
                try? await ContinuousClock().sleep(for: .milliseconds(50))
            }
        }
    }

    private static func dataSettings(_ configuration: Configuration) -> DataPlaneSettings {
        var settings = DataPlaneSettings()
        settings.bodyBytesMax = configuration.settings.json.documentBytesMax
        return settings
    }

    private static func listen(
        _ name: String, _ plane: Configuration.Plane, _ accepts: PeerExpectation, _ context: TLSContext,
        _ logger: Logger,
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> TransportListener {
        var settings = TransportListener.Settings(
            name: name, addresses: [try SocketAddress.makeAddressResolvingHost(plane.host, port: plane.port)],
            accepts: accepts)
        settings.connectionsMax = plane.connectionsMax
        return try await TransportListener.start(
            settings, context: context, group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            clock: GatewayClock.machine, initialize: initialize)
    }

    private static func pusher(_ configuration: Configuration, client: PeerHTTPClient) throws -> WebhookPusher {
        let allowed = try configuration.delivery.allow.map { text in
            guard let range = AddressRange(text) else {
                throw Complaint("delivery.allow: `\(text)` is not a network in CIDR form")
            }
            return range
        }
        let endpoints = try configuration.delivery.endpoints.mapValues { url in
            guard let endpoint = WebhookPusher.Endpoint(url) else {
                throw Complaint("delivery.endpoints: `\(url)` must be https with a host and a path")
            }
            return endpoint
        }
        return WebhookPusher(
            client: client, endpoints: endpoints, allowed: allowed, timeout: configuration.delivery.handOverTimeout)
    }
}
