package import ConcordatJSON
package import ConcordatTerms

/// Recorded decision facts of a time, to be judged again: JSON lines, each in canonical form.
///
/// The first line says what it is and which texts the records were judged under; each other line is one record. The form is
/// in `docs/replay.md`.
package struct ReplayBundle: Sendable, Equatable {
    /// Why bytes are no bundle. Says where, never what.
    package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        package enum Kind: String, Sendable {
            case tooLong = "longer than a bundle may be"
            case notCanonical = "not one line of canonical json"
            case notABundle = "not the first line of a replay bundle of version 1"
            case notARecord = "not a record, or one of a later version"
            case textMissing = "a record of a text that the first line does not name"
        }
        package let kind: Kind
        /// Counted from 1.
        package let line: Int
        package var description: String { "line \(line): \(kind.rawValue)" }
    }

    // Bound: one bundle, in bytes, and its records.
    package static let bytesMax = 256 << 20
    package static let recordsMax = 1_000_000
    /// The name in the first line.
    static let name = "concordat-replay"
    static let version = 1

    package var exported: UTCInstant
    /// The time of the first and the end of the last record that was asked for.
    package var from: UTCInstant
    package var until: UTCInstant
    package var texts: [RecordedText]
    package var records: [DecisionRecord]
    /// Records of that time that are not here, since they or their text cannot be read any more.
    package var leftOut = 0

    package init(
        exported: UTCInstant, from: UTCInstant, until: UTCInstant, texts: [RecordedText], records: [DecisionRecord]
    ) {
        (self.exported, self.from, self.until) = (exported, from, until)
        (self.texts, self.records) = (texts, records)
    }

    /// The bundle as bytes; each line ends with a line end.
    package var bytes: [UInt8] {
        records.reduce(into: header) { bytes, record in bytes += Self.line(record.json) }
    }

    /// The first line. A writer that streams sends it, then ``line(_:)`` for each record.
    package var header: [UInt8] {
        Self.line(
            .object(
                [
                    JSONMember("bundle", .string(Self.name)), JSONMember("version", .int(Self.version)),
                    JSONMember("exported", .string(exported.description)),
                    JSONMember("from", .string(from.description)),
                    JSONMember("until", .string(until.description)),
                    JSONMember("texts", .array(texts.sorted { $0.digest < $1.digest }.map(\.json))),
                ] + (leftOut > 0 ? [JSONMember("leftOut", .int(leftOut))] : [])))
    }

    /// One line of a bundle.
    package static func line(_ json: JSONValue) -> [UInt8] {
        // Invariant: records hold strings, whole numbers and booleans, which always have a canonical form.
        guard let canonical = try? json.canonical() else { preconditionFailure("a record without a canonical form") }
        return canonical + [0x0A]
    }

    /// Reads a bundle, or says in which line it is none.
    package static func read(_ bytes: [UInt8]) throws(Fault) -> ReplayBundle {
        guard bytes.count <= bytesMax else { throw Fault(kind: .tooLong, line: 1) }
        var bundle: ReplayBundle?
        var digests: Set<String> = []
        for (place, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: true).enumerated() {
            let number = place + 1
            guard number <= recordsMax + 1 else { throw Fault(kind: .tooLong, line: number) }
            let limits = JSONLimits(documentBytesMax: 16 << 20, depthMax: 16, membersMax: 100_000, itemsMax: 100_000)
            guard let json = try? JSONValue.parse(Array(line), limits: limits),
                (try? json.canonical()).map({ $0[...] == line }) ?? false
            else { throw Fault(kind: .notCanonical, line: number) }
            guard bundle != nil else {
                guard let head = ReplayBundle(header: json) else { throw Fault(kind: .notABundle, line: number) }
                digests = Set(head.texts.map(\.digest))
                bundle = head
                continue
            }
            guard let record = DecisionRecord(json: json) else { throw Fault(kind: .notARecord, line: number) }
            guard digests.contains(record.text) else { throw Fault(kind: .textMissing, line: number) }
            bundle?.records.append(record)
        }
        guard let bundle else { throw Fault(kind: .notABundle, line: 1) }
        return bundle
    }

    private init?(header json: JSONValue) {
        var reader = RecordReader(json)
        guard reader.text("bundle") == Self.name, reader.number("version") == Self.version,
            let exported = reader.text("exported").flatMap({ UTCInstant($0) }),
            let from = reader.text("from").flatMap({ UTCInstant($0) }),
            let until = reader.text("until").flatMap({ UTCInstant($0) }),
            let texts = reader.list("texts", RecordedText.init(json:))
        else { return nil }
        self.init(exported: exported, from: from, until: until, texts: texts, records: [])
        if let leftOut = reader.value("leftOut") {
            guard let count = leftOut.intValue, count > 0 else { return nil }
            self.leftOut = count
        }
        guard reader.isDone else { return nil }
    }
}
