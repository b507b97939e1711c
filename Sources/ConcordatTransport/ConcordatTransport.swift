package import ConcordatCrypto

/// Floor 5, ConcordatTransport: mutual TLS on the wire. A NIO handler round the TLS engine, listeners, and a small client.
///
/// What can go wrong with a connection. Says what happened, never what was sent.
package enum TransportError: Error, Equatable, Sendable {
    /// TLS ended the connection, or never began it.
    case tls(TLSFailure)
    /// No TLS connection could be made of the material.
    case crypto(CryptoError)
    /// The peer took too long over the TLS handshake.
    case handshakeTimeout
    /// The connection closed before what was asked was done.
    case closed
    /// More was written before the peer is known than is kept.
    case tooMuchBeforeHandshake
    /// The listener has as many connections as it may.
    case tooManyConnections
    /// The address cannot be listened on.
    case cannotBind(address: String)
    /// No TCP connection to the address.
    case cannotConnect
    /// The TCP connection took too long.
    case connectTimeout
    /// The response took too long.
    case responseTimeout
    /// The response body is over its bound.
    case responseTooLarge(bytesMax: Int)
    /// The response is not HTTP/1.1.
    case malformedResponse
    /// The request cannot be written as HTTP/1.1: target, method or a header.
    case malformedRequest
    /// Every connection to the endpoint is busy, and as many requests wait as may.
    case poolExhausted
    /// The caller gave the request up.
    case cancelled
    /// The client or listener is shut down.
    case shutDown
}

extension TransportError: CustomStringConvertible {
    /// One line in lower case, saying what to do where something can be done.
    package var description: String {
        switch self {
        case .tls(let failure): failure.description
        case .crypto(let error): error.description
        case .handshakeTimeout: "the peer took too long over the TLS handshake"
        case .closed: "the connection closed too early"
        case .tooMuchBeforeHandshake: "too much was written before the peer is known"
        case .tooManyConnections: "the listener has as many connections as it may; raise the maximum or close some"
        case .cannotBind(let address): "cannot listen on `\(address)`; it may be in use or not be this machine's"
        case .cannotConnect: "no connection to the peer's address"
        case .connectTimeout: "the peer's address did not answer in time"
        case .responseTimeout: "the peer did not answer in time"
        case .responseTooLarge(let bytesMax): "the peer's answer is over \(bytesMax) bytes"
        case .malformedResponse: "the peer's answer is not HTTP/1.1"
        case .malformedRequest: "the request cannot be written as HTTP/1.1"
        case .poolExhausted: "every connection to the peer is busy and too many requests wait"
        case .cancelled: "the request was given up"
        case .shutDown: "the transport is shut down"
        }
    }
}
