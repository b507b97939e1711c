package import ConcordatCore
import ConcordatJSON
package import ConcordatTerms
import ConcordatWire
package import NIOCore
import NIOHTTP1

/// Floor 7, ConcordatDataPlane: where agency systems call. HTTP/1.1 on the event loop; few routes, everything bounded.
///
/// Serves any number of connections of one gateway.
package final class DataPlaneServer: Sendable {
    let gateway: Gateway
    let settings: DataPlaneSettings
    let date: DateLine
    let waiting: WaitGate
    let metrics: RequestMetrics
    let openAPI: [UInt8]

    /// - Parameter clock: the machine's time, for the `Date` field.
    package init(
        gateway: Gateway, settings: DataPlaneSettings = DataPlaneSettings(),
        clock: @escaping @Sendable () -> UTCInstant
    ) {
        (self.gateway, self.settings) = (gateway, settings)
        date = DateLine(clock: clock)
        waiting = WaitGate(countMax: settings.waitingPerPartyMax)
        metrics = RequestMetrics()
        openAPI = OpenAPIDocument.dataPlane.serialized()
    }

    /// Puts HTTP behind TLS on an accepted channel. For `TransportListener.start(initialize:)`.
    package var initialize: @Sendable (any Channel) -> EventLoopFuture<Void> {
        { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = DataPlaneHandler(server: self)
                let decoder = HTTPRequestDecoder(
                    leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
                    limitConfiguration: HTTPFraming.decoderLimits)
                try channel.pipeline.syncOperations.addHandlers([
                    FirstByteHandler(tell: handler.bytesCame), ByteToMessageHandler(decoder), handler,
                ])
            }
        }
    }
}
