import ConcordatWire
import NIOHTTP1

/// A media type this plane takes. Whatever else a body claims to be is refused, never guessed at.
enum MediaType: Equatable, Sendable {
    /// `application/json`: CloudEvents binary mode, and consents.
    case json
    /// `application/cloudevents+json`: CloudEvents structured mode.
    case structuredEvent

    /// The one media type of a request with a body.
    ///
    /// - Throws: `limit.media-type` for any other, for parameters beside `charset=utf-8`, and for a coded body.
    init(_ headers: HTTPHeaders) throws(Problem) {
        guard headers["Content-Encoding"].isEmpty else {
            throw ProblemCatalogue.problem("limit.media-type", detail: "send the body without a content coding")
        }
        let values = headers["Content-Type"]
        guard values.count == 1, let value = values.first else { throw ProblemCatalogue.problem("limit.media-type") }
        let parts = value.split(separator: ";", omittingEmptySubsequences: false).map { Self.trimmed($0).lowercased() }
        guard parts.dropFirst().allSatisfy({ $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" }), parts.count <= 2
        else {
            throw ProblemCatalogue.problem("limit.media-type", detail: "`charset=utf-8` is the only parameter taken")
        }
        switch parts[0] {
        case "application/json": self = .json
        case Envelope.structuredMediaType: self = .structuredEvent
        default: throw ProblemCatalogue.problem("limit.media-type")
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
