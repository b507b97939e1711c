import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct ValidationDifferentialTests {
    @Test func givesTheVerdictOfPython() throws {
        let seed: UInt64 = 20_260_401
        print("validation differential: seed \(seed)")
        var generator = PayloadGenerator(seed: seed)
        var lines: [[UInt8]] = []
        var ours: [[Bool]] = []
        var refusals: [PayloadError.Kind: Int] = [:]
        for _ in 0..<1_000 {
            let text = generator.schema()
            let schema = try MessageSchema.compile(text.serialized(), vocabulary: PayloadFixture.vocabulary)
            var documents: [JSONValue] = []
            var verdicts: [Bool] = []
            for _ in 0..<8 {
                let document = generator.document(for: text, faults: 50)
                documents.append(document)
                do throws(PayloadError) {
                    _ = try MessageReader.read(document.serialized().span.bytes, schema: schema)
                    verdicts.append(true)
                } catch {
                    refusals[error.kind, default: 0] += 1
                    verdicts.append(false)
                }
            }
            lines.append(
                JSONValue.object([JSONMember("schema", text), JSONMember("documents", .array(documents))]).serialized())
            ours.append(verdicts)
        }
        let theirs = try PythonValidator.verdicts(lines)
        try #require(theirs.count == ours.count)
        for (index, line) in lines.enumerated() where theirs[index] != ours[index] {
            Issue.record("ours \(ours[index]) theirs \(theirs[index]) for \(String(decoding: line, as: UTF8.self))")
        }
        // The comparison means something only if both verdicts and every kind of refusal occur.
        let valid = ours.joined().filter { $0 }.count
        print("validation differential: \(valid) valid of \(ours.joined().count), refusals \(refusals)")
        #expect(valid > 1_000 && ours.joined().count - valid > 1_000)
        for kind in [
            PayloadError.Kind.unknownMember, .missingMember, .wrongType, .notInEnum, .tooLong, .tooShort, .outOfRange,
            .notMultiple,
            .patternMismatch, .badFormat, .tooFewMembers, .tooManyItems, .tooFewItems,
        ] {
            #expect(refusals[kind] ?? 0 > 0, "no \(kind.phrase)")
        }
    }
}
