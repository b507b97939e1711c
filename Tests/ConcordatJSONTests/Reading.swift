import ConcordatJSON
import ConcordatTerms
import Testing

/// What a whole reading came to: the steps before its end, and the error if there was one.
struct Reading: Equatable {
    var events: [JSONEvent] = []
    var error: JSONError?

    /// Reads with the bytes coming in as the ends say; the last end must be the size of the document.
    init(_ bytes: [UInt8], ends: [Int]? = nil, limits: JSONLimits = .init()) {
        var reader = JSONReader(limits: limits)
        for end in ends ?? [bytes.count] {
            let isComplete = end == bytes.count
            do throws(JSONError) {
                while true {
                    let event = try reader.next(in: Array(bytes[..<end]).span.bytes, isComplete: isComplete)
                    if event == .end || event == .incomplete {
                        #expect((event == .end) == isComplete)
                        break
                    }
                    events.append(event)
                }
            } catch {
                self.error = error
                return
            }
        }
    }

    init(_ text: String, limits: JSONLimits = .init()) { self.init(Array(text.utf8), limits: limits) }

    var kind: JSONError.Kind? { error?.kind }
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
