import ConcordatJSON
import Foundation
import Testing

@testable import ConcordatCore

/// `protocols/schema/consent.schema.json` and the reader of `POST /v1/consents` take and refuse the same bodies.
///
/// The schema is asked by Python's `jsonschema`, which knows nothing of this program; without it these tests fail.
@Suite struct ConsentSchemaTests {
    private static let least = [
        ("id", "\"c-1\""), ("case", "\"case-1\""), ("person", "\"p-2\""), ("kind", "\"basis\""),
        ("purpose", "\"rj-assessment\""), ("state", "\"given\""),
    ]

    /// A member, values that both take, and values that both refuse.
    private static let members: [(name: String, good: [String], wrong: [String])] = [
        ("id", ["\"A.b_c-9\""], ["\"\"", "\"a b\"", "7", "\"\(String(repeating: "x", count: 65))\""]),
        ("kind", ["\"participation\"", "\"confidence\"", "\"special-category\""], ["\"other\"", "null"]),
        (
            "state",
            [
                "\"renewed\"", "\"requested\"", "\"deferred\"", "\"refused\"", "\"withdrawn\"", "\"revoked\"",
                "\"expired\"", "\"invalidated\"", "\"objected\"",
            ], ["\"unknown\"", "true"]
        ),
        ("categories", ["[\"conviction\"]"], ["[]", "\"conviction\"", "[\"a b\"]", "[3]"]),
        ("recipient-kinds", ["[\"hub\",\"yot\"]"], ["[]", "{}"]),
        ("recipients", ["[\"rj-hub\"]"], ["[]", "[null]"]),
        ("from", ["\"2026-05-01T00:00:00Z\""], ["7"]),
        ("until", ["\"2026-05-01T00:00:00Z\""], ["false"]),
        ("given-by", ["\"self\"", "\"guardian\"", "\"attorney\""], ["\"friend\""]),
        ("giver", ["\"p-3\""], ["\"p 3\""]),
        ("relation", ["\"parent\"", "\"special-guardian\"", "\"local-authority\""], ["\"aunt\""]),
        ("age-band", ["\"under-10\"", "\"13-15\"", "\"18-plus\"", "\"organisation\""], ["\"12\"", "12"]),
        ("competent", ["true", "false"], ["\"yes\""]),
        ("competence-assessed-by", ["\"w-1\""], ["\"Dara Quill\""]),
        ("taken-by", ["\"w-1\""], ["\"Dara Quill\""]),
        ("evidence", ["\"form-7\""], ["\"she said so\""]),
        ("told-right-to-withdraw", ["true"], ["\"true\""]),
        ("notice", ["\"notice-3.1\""], ["\"the long one\"", "3"]),
        (
            "language", ["\"en\"", "\"pa-Guru\"", "\"zh-Hant-HK\""],
            ["\"e\"", "\"en_GB\"", "\"en-\"", "\"12\"", "\"\(String(repeating: "en-", count: 12))en\"", "null"]
        ),
        ("channel", ["\"in-person\"", "\"letter\""], ["\"fax\"", "true"]),
        ("expression", ["\"explicit\"", "\"expressed\""], ["\"implied\""]),
        ("review", ["\"2027-03-31\""], ["\"31 March\"", "\"2027-3-31\"", "20270331"]),
        ("note", [], ["\"x\""]),
    ]

    private static func body(_ name: String, _ value: String?) -> String {
        var parts = least.filter { $0.0 != name }
        if let value { parts.append((name, value)) }
        return "{" + parts.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    @Test func theSchemaAndTheReaderAgree() throws {
        var bodies: [(text: String, isGood: Bool)] = [(Self.body("", nil), true), ("[]", false)]
        for (name, _) in Self.least { bodies.append((Self.body(name, nil), false)) }
        for member in Self.members {
            bodies += member.good.map { (Self.body(member.name, $0), true) }
            bodies += member.wrong.map { (Self.body(member.name, $0), false) }
        }
        let verdicts = try Self.verdicts(bodies.map(\.text))
        try #require(verdicts.count == bodies.count)
        for (body, verdict) in zip(bodies, verdicts) {
            let read = try? ConsentRequest([UInt8](body.text.utf8), limits: JSONLimits(documentBytesMax: 1 << 16))
            #expect((read != nil) == body.isGood, "reader: \(body.text)")
            #expect(verdict == body.isGood, "schema: \(body.text)")
        }
    }

    /// One verdict a body.
    private static func verdicts(_ bodies: [String]) throws -> [Bool] {
        let program = """
            import json, sys
            from jsonschema import Draft202012Validator
            with open(sys.argv[1], encoding='utf-8') as file:
                schema = json.load(file)
            Draft202012Validator.check_schema(schema)
            validator = Draft202012Validator(schema)
            print(''.join('1' if validator.is_valid(json.loads(body)) else '0' for body in sys.argv[2:]))
            """
        let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("protocols/schema/consent.schema.json")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", program, schema.path] + bodies
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self).filter { $0 == "0" || $0 == "1" }.map { $0 == "1" }
    }
}
