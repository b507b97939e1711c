import ConcordatJSON
import ConcordatTerms
import ConcordatWire

/// The structured event: what it lets through obeys every grammar, and its data is exactly one object of the body.
struct EnvelopeTarget: FuzzTarget {
    static let name = "envelope"

    private let seeds: [[UInt8]]
    private let mutator: ByteMutator

    init(_ corpus: Corpus) {
        seeds = corpus.documents.filter { $0.count < 8_192 } + [Array(Self.smallest.utf8)]
        mutator = ByteMutator(
            words: EnvelopeAttributes.known.sorted().map { "\"\($0)\":\"a\"," } + [
                "\"data\":{}", "\"data\":[]", "\"data_base64\":\"\"", "{{case}}", "1.0", "a b", "2026-02-29T00:00:00Z",
                "2026-12-31T23:59:60Z", "9999-12-31T23:59:59.999999999+23:59", "0000-01-01T00:00:00-00:00",
            ])
    }

    mutating func input(_ dice: inout FuzzDice) -> [UInt8] {
        let seed = dice.oneIn(2) ? Array(Self.smallest.utf8) : dice.pick(seeds)
        return mutator.mutate(seed, other: dice.pick(seeds), &dice)
    }

    func check(_ input: [UInt8], _ dice: inout FuzzDice) throws(Finding) -> Bool {
        let body = input.span.bytes
        let event: StructuredEvent
        do { event = try StructuredEvent(body, limits: JSONLimits()) } catch {
            let isStable = error.code.hasPrefix("json.") || error.code.hasPrefix("envelope.")
            try claim(isStable, "a fault without a stable code")
            return false
        }
        try Self.check(event.envelope)
        guard let tree = try? JSONValue.parse(input), let members = tree.objectValue else {
            throw Finding("an event is accepted whose body is not an object")
        }
        try claim(event.data.lowerBound >= 0 && event.data.upperBound <= input.count, "data lies outside the body")
        guard let data = try? JSONValue.parse(Array(input[event.data])), data.objectValue != nil else {
            throw Finding("the bytes of data are not one object")
        }
        try claim(tree["data"] == data, "the bytes of data are not the member's")
        try claim(members.count == Set(members.map(\.name)).count, "two members have one name")
        for member in members where member.name != "data" {
            try claim(EnvelopeAttributes.known.contains(member.name), "an unknown attribute is accepted")
        }
        try claim(tree["id"]?.stringValue == event.envelope.id.rawValue, "the id is not the member's")
        try claim(tree["source"]?.stringValue == event.envelope.source.rawValue, "the source is not the member's")
        return true
    }

    private static func check(_ envelope: Envelope) throws(Finding) {
        let ids =
            [envelope.id.rawValue, envelope.source.rawValue, envelope.purpose.rawValue, envelope.type]
            + envelope.recipients.map(\.rawValue)
            + [envelope.subject, envelope.inReplyTo?.rawValue, envelope.actor?.rawValue]
            .compactMap { $0 }
        for id in ids {
            let isWord = id.utf8.allSatisfy { byte in
                byte != UInt8(ascii: " ") && (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "/")
            }
            try claim(isWord && (1...128).contains(id.utf8.count), "an identifier outside its grammar is accepted")
        }
        let count = envelope.recipients.count
        try claim((1...Envelope.recipientsMax).contains(count), "\(count) recipients are accepted")
        try claim(Set(envelope.recipients).count == count, "a recipient stands twice")
    }

    private static let smallest = """
        {"specversion":"1.0","id":"m-1","source":"a","type":"t.v1","subject":"c-1","time":"2026-05-12T10:30:00Z",\
        "datacontenttype":"application/json","purpose":"p","recipients":"b c","inreplyto":"m-0",\
        "expires":"2026-06-12T10:30:00Z","actor":"o-1","data":{"a":1}}
        """
}
