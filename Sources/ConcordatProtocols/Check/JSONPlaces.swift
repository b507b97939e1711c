import ConcordatJSON
import ConcordatTerms

/// Where each value of a JSON file stands, so that a fault known by its pointer can be shown in the text.
struct JSONPlaces: Sendable {
    private let file: String
    private let offsets: [JSONPointer: Int]
    private let lineStarts: [Int]
    private let bytes: [UInt8]

    /// Reads the places; bytes that are no JSON have the places up to the fault.
    init(_ bytes: [UInt8], file: String, limits: JSONLimits) {
        (self.bytes, self.file) = (bytes, file)
        lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        offsets = Self.scan(bytes.span.bytes, limits)
    }

    /// The place of the member or item with this pointer, or of the nearest one around it.
    func span(_ pointer: JSONPointer) -> SourceSpan {
        var tokens = pointer.tokens
        while true {
            if let offset = offsets[JSONPointer(tokens: tokens)] { return span(offset: offset) }
            guard !tokens.isEmpty else { return .start(of: file) }
            tokens.removeLast()
        }
    }

    /// The place of a byte; the column is counted in characters.
    func span(offset: Int) -> SourceSpan {
        let at = min(offset, bytes.count)
        let line = lineStarts.partitioningIndex(where: { $0 > at }) - 1
        let before = String(decoding: bytes[lineStarts[line]..<at], as: UTF8.self)
        return SourceSpan(file: file, line: line + 1, column: before.unicodeScalars.count + 1)
    }

    /// Every pointer with the first byte of its member name, or of the item.
    private static func scan(_ document: RawSpan, _ limits: JSONLimits) -> [JSONPointer: Int] {
        var reader = JSONReader(limits: limits)
        var places: [JSONPointer: Int] = [:]
        var path = JSONPointer()
        // For each open container: nil for an object, else the index of the next item.
        var items: [Int?] = []
        var nameOffset: Int?
        func began(_ offset: Int) {
            if let last = items.last, let index = last {
                path.tokens.append(String(index))
                items[items.count - 1] = index + 1
            }
            places[path] = nameOffset ?? offset
            nameOffset = nil
        }
        func ended() { if !items.isEmpty { path.tokens.removeLast() } }
        while let event = try? reader.next(in: document, isComplete: true) {
            switch event {
            case .beginObject: began(reader.offset - 1); items.append(nil)
            case .beginArray: began(reader.offset - 1); items.append(0)
            case .endObject, .endArray: items.removeLast(); ended()
            case .name(let slice):
                nameOffset = slice.start - 1
                path.tokens.append(slice.text(in: document))
            case .string(let slice): began(slice.start - 1); ended()
            case .number(let slice): began(slice.start); ended()
            case .bool(let truth): began(reader.offset - (truth ? 4 : 5)); ended()
            case .null: began(reader.offset - 4); ended()
            case .incomplete, .end: return places
            }
        }
        return places
    }
}

extension Array where Element == Int {
    /// The first index whose element satisfies a predicate that is false and then true.
    func partitioningIndex(where predicate: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
