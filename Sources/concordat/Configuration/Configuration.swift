import ConcordatCore
import ConcordatTerms

/// What `concordat serve` reads from concordat.yaml, every value checked. Paths are absolute.
struct Configuration: Sendable {
    struct Plane: Sendable {
        var host: String
        var port: Int
        var certificate: String
        var key: String
        var trust: String
        var crl: String
        var connectionsMax: Int
    }

    struct DeliveryPart: Sendable {
        /// Networks that may be called, CIDR.
        var allow: [String] = []
        var endpoints: [PartyID: String] = [:]
        var handOverTimeout: Duration = .seconds(30)
    }

    /// A person who may work at the desk.
    struct OfficerEntry: Sendable, Equatable {
        var party: PartyID
        var id: OfficerID
        var isOfDeployment: Bool
    }

    /// A person who may change what is in force.
    struct AdminEntry: Sendable, Equatable {
        var party: PartyID
        var id: OfficerID
    }

    var deployment: String
    var isTraining: Bool
    var protocolDirectory: String
    /// Party files of the deployment's own, beside those of the protocol.
    var partiesDirectory: String?
    var storePath: String
    var keysDirectory: String
    var logOrigin: String
    var dataPlane: Plane
    var desk: Plane
    var officers: [OfficerEntry]
    /// None, or two or more whose ids differ: what one proposes another approves.
    var admins: [AdminEntry]
    var localHost: String
    var localPort: Int
    var delivery: DeliveryPart
    var settings: GatewaySettings
    var crlGrace: Duration
    var reserveFreeBytes: Int64
    /// A fixed start for the clock, in training only; nil follows the machine's.
    var clock: UTCInstant?
}
