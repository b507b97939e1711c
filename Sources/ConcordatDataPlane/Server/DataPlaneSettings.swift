/// Bounds and times of the data plane, each with its default.
package struct DataPlaneSettings: Sendable {
    // Bound: bytes of one request body; longer ones are answered 413.
    package var bodyBytesMax = 1 << 20
    /// From the first byte of a request to the end of its header section.
    package var headTimeout: Duration = .seconds(10)
    /// From the end of the header section to the end of the body.
    package var bodyTimeout: Duration = .seconds(30)
    /// Between requests, and for a peer that does not read its answer.
    package var idleTimeout: Duration = .seconds(120)
    // Bound: requests of one party that wait for a delivery at the same time; the next one is answered 429.
    package var waitingPerPartyMax = 4

    /// The defaults of the design.
    package init() {}
}
