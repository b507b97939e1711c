import ConcordatTerms

/// Which connections exist, which are idle, who waits for one. Decides only; the client acts.
struct ConnectionPool<Connection: Sendable>: Sendable {
    /// What a request may do now.
    enum Claim: Sendable {
        /// Use this idle connection.
        case use(Connection)
        /// Open a new one; its place is taken.
        case open
        /// Wait under this number.
        case wait(Int)
        /// Too many wait already.
        case refuse
    }

    /// What a waiting request is told.
    enum Turn: Sendable {
        case use(Connection)
        case open
    }

    private struct Lane: Sendable {
        var idle: [(connection: Connection, since: UTCInstant)] = []
        /// Connections that exist or are being made, idle ones included.
        var open = 0
        var waiting: [Int] = []
    }

    // Bound: connections to one endpoint.
    let connectionsMax: Int
    // Bound: requests that wait for one endpoint.
    let waitingMax: Int
    private var lanes: [PeerEndpoint: Lane] = [:]
    private var lastTicket = 0

    init(connectionsMax: Int, waitingMax: Int) {
        precondition(connectionsMax > 0 && waitingMax >= 0, "a pool without room")
        (self.connectionsMax, self.waitingMax) = (connectionsMax, waitingMax)
    }

    /// How many connections exist or are being made.
    var openCount: Int { lanes.values.reduce(0) { $0 + $1.open } }

    /// A request wants a connection. The most recently used one is the least likely to be closed by the peer.
    mutating func claim(_ endpoint: PeerEndpoint) -> Claim {
        var lane = lanes[endpoint] ?? Lane()
        defer { lanes[endpoint] = lane }
        if let (connection, _) = lane.idle.popLast() { return .use(connection) }
        if lane.open < connectionsMax {
            lane.open += 1
            return .open
        }
        guard lane.waiting.count < waitingMax else { return .refuse }
        lastTicket += 1
        lane.waiting.append(lastTicket)
        return .wait(lastTicket)
    }

    /// A request is done and its connection can carry another: whoever waits longest gets it, else it idles.
    mutating func giveBack(_ connection: Connection, to endpoint: PeerEndpoint, now: UTCInstant) -> (Int, Turn)? {
        guard var lane = lanes[endpoint] else { return nil }
        defer { lanes[endpoint] = lane }
        if !lane.waiting.isEmpty { return (lane.waiting.removeFirst(), .use(connection)) }
        lane.idle.append((connection, now))
        return nil
    }

    /// A connection is gone, or was never made: whoever waits longest may open one in its place.
    mutating func lost(_ endpoint: PeerEndpoint) -> (Int, Turn)? {
        guard var lane = lanes[endpoint] else { return nil }
        defer { lanes[endpoint] = lane.open == 0 && lane.waiting.isEmpty ? nil : lane }
        if !lane.waiting.isEmpty { return (lane.waiting.removeFirst(), .open) }
        lane.open -= 1
        return nil
    }

    /// A request waits no more. False when its turn has come already.
    mutating func giveUp(_ ticket: Int, at endpoint: PeerEndpoint) -> Bool {
        guard let index = lanes[endpoint]?.waiting.firstIndex(of: ticket) else { return false }
        lanes[endpoint]?.waiting.remove(at: index)
        return true
    }

    /// Takes out the idle connections unused since `limit`, or all; the caller closes them.
    mutating func removeIdle(since limit: UTCInstant? = nil) -> [Connection] {
        var removed: [Connection] = []
        for (endpoint, var lane) in lanes {
            let stale = lane.idle.filter { idle in limit.map { idle.since < $0 } ?? true }
            lane.idle.removeAll { idle in limit.map { idle.since < $0 } ?? true }
            lane.open -= stale.count
            removed += stale.map(\.connection)
            lanes[endpoint] = lane.open == 0 && lane.waiting.isEmpty ? nil : lane
        }
        return removed
    }
}
