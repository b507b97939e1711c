import ConcordatCore
import ConcordatCrypto
import ConcordatTransport
import NIOCore
import Synchronization

/// Who is at the other end of one connection, once TLS knows.
final class ConnectionPeer: Sendable {
    private let identity = Mutex<PeerIdentity?>(nil)

    func established(_ identity: PeerIdentity) { self.identity.withLock { $0 = identity } }

    /// Whether the certificate is a person's.
    var isPerson: Bool {
        if case .person = identity.withLock({ $0 }) { true } else { false }
    }

    /// The officer the person is; nil when the configuration names none.
    func officer(_ roles: DeskServer.Roles) -> Officer? {
        guard case .person(let party, let id) = identity.withLock({ $0 }) else { return nil }
        return roles(party, id)
    }
}

/// Notes the peer when TLS names it, before any request.
final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let peer: ConnectionPeer

    init(peer: ConnectionPeer) { self.peer = peer }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSEvent.established(let identity) = event { peer.established(identity) }
        context.fireUserInboundEventTriggered(event)
    }
}
