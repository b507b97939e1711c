import ConcordatJSON
import ConcordatTerms

/// A structured CloudEvent in a file: the attributes that a judgement needs, and where its data lies.
///
/// For tools only: the wire has its own, stricter reader.
struct CloudEventText: Sendable {
    /// What a file cannot be used for. Never quotes it.
    struct Fault: Error, Equatable {
        let offset: Int
        let message: String
    }

    // Bound: events in one file.
    static let eventsMax = 100

    private static let attributeNames: Set<String> = [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "purpose", "recipients",
        "inreplyto", "expires", "actor", "breakglass", "breakglassreason",
    ]
    private static let needed = ["id", "source", "type", "purpose", "recipients"]

    private let attributes: [String: String]
    /// The first byte of the event in the file.
    let offset: Int
    /// The bytes of `data` in the file.
    let data: Range<Int>

    subscript(name: String) -> String? { attributes[name] }

    /// The recipients in the order they are named.
    var recipients: [String] { (attributes["recipients"] ?? "").split(separator: " ").map(String.init) }

    /// One event, or the events of an array, in order.
    static func read(_ bytes: [UInt8], limits: JSONLimits = .init()) throws(Fault) -> [CloudEventText] {
        let tree: JSONValue
        do {
            tree = try JSONValue.parse(bytes, limits: limits)
        } catch {
            throw Fault(offset: error.position.offset, message: "not strict json: \(error.kind.phrase)")
        }
        let places = EventPlaces(bytes, isList: tree.arrayValue != nil, limits: limits).places
        let trees = tree.arrayValue ?? [tree]
        guard !trees.isEmpty, trees.count <= eventsMax, places.count == trees.count,
            trees.allSatisfy({ $0.objectValue != nil })
        else { throw Fault(offset: 0, message: "neither one event nor an array of 1 to \(eventsMax) events") }
        var events: [CloudEventText] = []
        for (tree, place) in zip(trees, places) { events.append(try CloudEventText(tree, place)) }
        return events
    }

    private init(_ tree: JSONValue, _ place: EventPlaces.Place) throws(Fault) {
        var attributes: [String: String] = [:]
        for member in tree.objectValue ?? [] where member.name != "data" {
            guard Self.attributeNames.contains(member.name) else {
                throw Fault(offset: place.offset, message: "unknown attribute")
            }
            guard let text = member.value.stringValue else {
                throw Fault(offset: place.offset, message: "attribute `\(member.name)` is no string")
            }
            attributes[member.name] = text
        }
        for name in Self.needed where attributes[name] == nil {
            throw Fault(offset: place.offset, message: "event without `\(name)`")
        }
        guard let data = place.data else { throw Fault(offset: place.offset, message: "event without `data`") }
        (self.attributes, offset, self.data) = (attributes, place.offset, data)
    }
}

/// Walks a document that is known to be JSON and notes where its events and their data lie.
private struct EventPlaces {
    struct Place {
        var offset: Int
        var data: Range<Int>?
    }

    private(set) var places: [Place] = []

    init(_ bytes: [UInt8], isList: Bool, limits: JSONLimits) {
        let document = bytes.span.bytes
        var reader = JSONReader(limits: limits)
        let eventDepth = isList ? 2 : 1
        var depth = 0
        var inData = false
        var dataStart: Int?
        func began(_ offset: Int) { if inData, depth == eventDepth { dataStart = offset } }
        while let event = try? reader.next(in: document, isComplete: true) {
            switch event {
            case .beginObject, .beginArray:
                began(reader.offset - 1)
                depth += 1
                if depth == eventDepth { places.append(Place(offset: reader.offset - 1)) }
            case .endObject, .endArray: depth -= 1
            case .name(let slice):
                if depth == eventDepth { inData = slice.equals("data", in: document) }
                continue
            case .string(let slice): began(slice.start - 1)
            case .number(let slice): began(slice.start)
            case .bool(let truth): began(reader.offset - (truth ? 4 : 5))
            case .null: began(reader.offset - 4)
            case .incomplete, .end: return
            }
            if depth == eventDepth, let start = dataStart, !places.isEmpty {
                places[places.count - 1].data = start..<reader.offset
                dataStart = nil
                inData = false
            }
        }
    }
}
