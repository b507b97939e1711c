import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct PatternTests {
    /// Whether a string passes a pattern, through a schema of one member; nil when the pattern is refused.
    private func verdict(_ pattern: String, _ value: String) throws -> Bool? {
        let text = JSONValue.object([
            JSONMember("type", "object"), JSONMember("additionalProperties", false),
            JSONMember(
                "properties",
                ["a": ["type": "string", "x-category": "visit", "pattern": .string(pattern)]]),
        ])
        guard
            let schema = try? MessageSchema.compile(text.serialized(), vocabulary: PayloadFixture.vocabulary)
        else { return nil }
        let document = JSONValue.object([JSONMember("a", .string(value))]).serialized()
        do throws(PayloadError) {
            _ = try MessageReader.read(document.span.bytes, schema: schema)
            return true
        } catch {
            #expect(error.kind == .patternMismatch)
            return false
        }
    }

    @Test(arguments: [
        "", "a", "^", "^a", "a$", "^a\\$", "^(a$", "^a)$", "^[a$", "^a]$", "^[]$", "^[b-a]$", "^a{2,1}$", "^a{,2}$",
        "^{2}$",
        "^a+?$", "^a{1001}$", "^\\d$", "^\\w$", "^(?:a)$", "^a^b$", "^a$b$", "^[[:alpha:]]$", "^\\p{Lu}$", "^[a-c-e]$",
        "^a|b$",
        "^(a|b|c|d){0,500}(a{500}|b)$", "^(a|b)*a(a|b){12}$",
    ]) func refusesAtLoad(_ pattern: String) throws {
        #expect(try verdict(pattern, "a") == nil)
    }

    @Test(arguments: [
        ("^abc$", "ab"), ("^abc$", "abcd"), ("^abc$", "xabc"), ("^abc$", "abc\n"), ("^.$", "\n"), ("^.$", "\r"),
        ("^.$", "ab"),
        ("^[^a]$", "a"), ("^[a-c]$", "d"), ("^a{2,3}$", "a"), ("^a{2,3}$", "aaaa"), ("^(ab)+$", ""), ("^(ab)+$", "aba"),
        ("^$", "a"), ("^[é-ü]$", "a"), ("^😀$", "😁"), ("^e$", "e\u{301}"),
    ]) func refusesTheText(_ pattern: String, _ value: String) throws {
        #expect(try verdict(pattern, value) == false)
    }

    @Test(arguments: [
        ("^abc$", "abc"), ("^.$", "😀"), ("^.$", "é"), ("^[^a]$", "\n"), ("^[-a]$", "-"), ("^[a-]$", "-"),
        ("^a{2,3}$", "aaa"),
        ("^a{2,}$", "aaaaa"), ("^(a|bc)*$", "abcbca"), ("^(a|)$", ""), ("^$", ""), ("^[é-ü]$", "ñ"),
        ("^\\(\\)\\.$", "()."),
        ("^\\\\$", "\\"), ("^[$^]$", "$"), ("^[^-]{1,64}@x$", "abc@x"), ("^a\\tb$", "a\tb"),
        ("^(a?){30}a{30}$", String(repeating: "a", count: 30)),
    ]) func takesTheText(_ pattern: String, _ value: String) throws {
        #expect(try verdict(pattern, value) == true)
    }
}
