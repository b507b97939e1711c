import ConcordatJSON
import ConcordatTerms
import ConcordatWire

/// A structured event as a sender writes it, its members in an order that can be changed.
struct EventBody {
    var members: [(name: String, json: String)] = [
        ("specversion", "\"1.0\""), ("id", "\"m-1\""), ("source", "\"west-midlands-police\""),
        ("type", "\"uk.rj.referral.v1\""),
        ("subject", "\"20-417-26\""), ("time", "\"2026-11-02T09:30:00Z\""), ("datacontenttype", "\"application/json\""),
        ("purpose", "\"rj-offer\""), ("recipients", "\"rj-hub hmp-birmingham\""), ("inreplyto", "\"m-0\""),
        ("expires", "\"2026-11-16T09:30:00+01:00\""), ("actor", "\"desk-7\""), ("data", "{\"a\":[1,{\"b\":null}]}"),
    ]

    static let whole = EventBody()

    /// The same with `json` in the place of a member, or behind the others.
    func with(_ name: String, _ json: String) -> EventBody {
        var body = self
        if let index = body.members.firstIndex(where: { $0.name == name }) {
            body.members[index].json = json
        } else {
            body.members.append((name, json))
        }
        return body
    }

    func without(_ name: String) -> EventBody {
        var body = self
        body.members.removeAll { $0.name == name }
        return body
    }

    var text: String { "{" + members.map { "\"\($0.name)\": \($0.json)" }.joined(separator: ", ") + "}" }
}

/// What reading a body came to.
func read(_ text: String, limits: JSONLimits = .init()) -> Result<StructuredEvent, EnvelopeFault> {
    read(Array(text.utf8), limits: limits)
}

func read(_ bytes: [UInt8], limits: JSONLimits = .init()) -> Result<StructuredEvent, EnvelopeFault> {
    do throws(EnvelopeFault) { return .success(try StructuredEvent(bytes.span.bytes, limits: limits)) } catch {
        return .failure(error)
    }
}

extension Result where Failure == EnvelopeFault {
    var fault: EnvelopeFault? { if case .failure(let fault) = self { fault } else { nil } }
    /// Code and place, which is what a sender's software goes by.
    var verdict: String? { fault.map { "\($0.code) at `\($0.pointer)`" } }
}

/// SplitMix64: the same sequence for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
