import ConcordatCore
import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import ConcordatWire
import Foundation
import NIOCore

/// Pushes CloudEvents to the endpoints of parties, each over mutual TLS to the party it belongs to.
///
/// The name is resolved anew for each push, every address checked against the networks that may be called, and the
/// address that was checked is the one connected to.
struct WebhookPusher: Pusher {
    struct Endpoint: Sendable {
        let host: String
        let port: Int
        let target: String

        /// Nil when `url` is not https with a host and an absolute path.
        init?(_ url: String) {
            guard let parts = URLComponents(string: url), parts.scheme == "https", let host = parts.host, !host.isEmpty,
                parts.user == nil, parts.password == nil, parts.fragment == nil,
                (1...65_535).contains(parts.port ?? 443)
            else { return nil }
            self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            port = parts.port ?? 443
            target =
                (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath)
                + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
        }
    }

    private let client: PeerHTTPClient
    private let endpoints: [PartyID: Endpoint]
    private let allowed: [AddressRange]
    private let timeout: Duration

    init(client: PeerHTTPClient, endpoints: [PartyID: Endpoint], allowed: [AddressRange], timeout: Duration) {
        (self.client, self.endpoints, self.allowed, self.timeout) = (client, endpoints, allowed, timeout)
    }

    var recipients: [PartyID] { endpoints.keys.sorted() }

    func push(_ event: [UInt8], delivery: DeliveryID, salt: [UInt8], to recipient: PartyID) async -> PushOutcome {
        guard let endpoint = endpoints[recipient] else { return .failed(status: nil, code: "endpoint.none") }
        let resolved = await Task { try? SocketAddress.makeAddressResolvingHost(endpoint.host, port: endpoint.port) }
            .value
        guard let address = resolved else { return .failed(status: nil, code: "endpoint.unresolved") }
        guard allowed.contains(where: { $0.contains(address) }) else {
            return .failed(status: nil, code: "endpoint.not-allowed")
        }
        let request = PeerRequest(
            method: "POST", target: endpoint.target,
            headers: [
                ("Content-Type", Envelope.structuredMediaType), ("Concordat-Delivery", delivery.rawValue),
                ("Concordat-Salt", Base64.encode(salt)),
            ], body: event, responseTimeout: timeout)
        do throws(PeerRequestFailure) {
            let response = try await client.send(
                request, to: PeerEndpoint(address: address, host: endpoint.host, port: endpoint.port, party: recipient))
            return (200..<300).contains(response.status)
                ? .taken(status: response.status) : .failed(status: response.status, code: "endpoint.refused")
        } catch {
            return .failed(status: nil, code: error.reach == .notSent ? "endpoint.unreachable" : "endpoint.no-answer")
        }
    }
}
