import ConcordatTerms
import Testing

@testable import ConcordatJSON

@Suite struct DuplicateNameTests {
    /// The chain steps taken to read a document, and its error.
    private func work(_ text: String, _ limits: JSONLimits = .init()) -> (steps: Int, kind: JSONError.Kind?) {
        let bytes = Array(text.utf8)
        var reader = JSONReader(limits: limits)
        do throws(JSONError) {
            while try reader.next(in: bytes.span.bytes, isComplete: true) != .end {}
            return (reader.nameSteps, nil)
        } catch {
            return (reader.nameSteps, error.kind)
        }
    }

    private func object(_ names: [String]) -> String {
        "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    }

    @Test(arguments: [2, 3, 17, 64, 65, 256, 999, 1_000])
    func findsTheLastOfManyNamesAgain(count: Int) {
        let names = (0..<count - 1).map { "name-\($0)" }
        for repeated in [0, names.count / 2, names.count - 1] {
            #expect(work(object(names + [names[repeated]])).kind == .duplicateName)
            // The same name, its first letter escaped.
            #expect(work(object(names + ["\\u006E" + names[repeated].dropFirst()])).kind == .duplicateName)
        }
        #expect(work(object(names)).kind == nil)
    }

    /// Ten times the names may cost about ten times the steps, whatever the names; a quadratic search costs a hundred.
    @Test(arguments: ["", "a", "name-of-a-member-that-is-rather-long-", "\\u0000", "\u{1F600}"])
    func stepsGrowWithTheNames(prefix: String) {
        let limits = JSONLimits(documentBytesMax: 1 << 26, membersMax: 100_000)
        for count in [1_000, 10_000, 100_000] {
            let (steps, kind) = work(object((0..<count).map { prefix + String($0) }), limits)
            #expect(kind == nil)
            #expect(steps < 4 * count, "\(steps) steps for \(count) names")
        }
    }

    @Test func namesThatDifferInOneWordOrInLengthShareNoChain() {
        // What defeats a sum or a product without keys: the same words in other places, and zero words.
        let words = ["abcdefgh", "ijklmnop", "qrstuvwx", "yz012345"]
        var names: [String] = []
        for first in words {
            for second in words {
                for third in words { names.append(first + second + third) }
            }
        }
        names += (1...40).map { String(repeating: "\\u0000", count: $0) }
        let (steps, kind) = work(object(names), JSONLimits(nameBytesMax: 1_024))
        #expect(kind == nil)
        #expect(steps < 4 * names.count)
    }

    @Test func namesOfOuterObjectsCostNothing() {
        // The same names at every depth: no chain may be walked beyond its own object.
        let names = (0..<30).map { "m\($0)" }
        var text = object(names)
        for _ in 0..<30 { text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + ",\"in\":\(text)}" }
        let (steps, kind) = work(text)
        #expect(kind == nil)
        #expect(steps < 4 * 31 * 31)
    }

    @Test func namesOfAClosedObjectAreForgotten() {
        let inner = object((0..<200).map { "m\($0)" })
        let (steps, kind) = work("[" + Array(repeating: inner, count: 40).joined(separator: ",") + "]")
        #expect(kind == nil)
        #expect(steps < 4 * 40 * 200)
        #expect(work(#"{"a":{"b":1,"c":2},"b":3,"c":{"a":1},"a":1}"#).kind == .duplicateName)
        #expect(work(#"{"a":{"b":1,"c":2},"b":3,"c":{"a":1},"d":1}"#).kind == nil)
    }

    @Test func theHashOfANameDoesNotDependOnItsEscapes() {
        for length in 0..<70 {
            let plain = String(repeating: "k", count: length)
            let escaped = String(repeating: "\\u006b", count: length)
            let bytes = Array("\"\(plain)\"\(escaped)\"".utf8)
            let first = JSONSlice(start: 1, end: 1 + length, hasEscapes: false)
            let second = JSONSlice(start: 2 + length, end: 2 + length * 7, hasEscapes: length > 0)
            let document = bytes.span.bytes
            #expect(
                NameHash.hash(first, in: document, keys: NameHash.keys)
                    == NameHash.hash(second, in: document, keys: NameHash.keys))
        }
    }
}
