import ConcordatDecision
import ConcordatProtocols
import Foundation
import Testing

/// `protocol fmt` changes layout and nothing else, and does nothing the second time.
@Suite struct FormatTests {
    @Test(arguments: [
        ("rules: [a,  # why\n  b]\n", "line 1: a comment inside `{…}` or `[…]`; put it on the line above"),
        (
            "rules:\n  - {id: a,\n     # why\n     permit: [b]}\n",
            "line 3: a comment inside `{…}` or `[…]`; put it on the line above"
        ),
        ("rules: [a\n", "line 2: this cannot be read; see `concordat protocol check`"),
        ("a: &x b\n", "line 1: this cannot be read; see `concordat protocol check`"),
    ])
    func refusesWhatItCannotKeep(text: String, why: String) {
        guard case .failure(let refusal) = ProtocolFormat.format(Array(text.utf8), file: "protocol.yaml") else {
            Issue.record("formatted")
            return
        }
        #expect(refusal.description == why)
    }

    @Test(arguments: [
        // Spaces, indentation, blank lines at both ends.
        (
            "\n\na:   b  \nc:\n- d\n-   e\n\n\n\nf:   {g:  h,i: [ j,k ]}\n\n\n",
            "a: b\nc:\n  - d\n  - e\n\nf: {g: h, i: [j, k]}\n"
        ),
        // Quotes go where the word means the same without them, and stay where it would not.
        (
            "a: 'plain'\nb: 'yes'\nc: '12'\nd: 'a: b'\ne: 'it''s'\nf: \"a \\\"b\\\"\"\ng: 'true'\nh: ''\n",
            "a: plain\nb: \"yes\"\nc: \"12\"\nd: \"a: b\"\ne: it's\nf: \"a \\\"b\\\"\"\ng: \"true\"\nh: \"\"\n"
        ),
        // Keys of a rule in their order; comments go with what they stand over or behind.
        (
            "# head\n\nrules:\n    # first\n    - to: [b]   # where to\n      # the name\n      id: R1  # one\n      permit: [a]\n    # last\n    - {when: x, permit: [c], id: R2}\n# end\n",
            "# head\n\nrules:\n  # first\n  # the name\n  - id: R1  # one\n    permit: [a]\n    to: [b]  # where to\n  # last\n  - {id: R2, permit: [c], when: x}\n# end\n"
        ),
        // Folded text is wrapped; literal text keeps its lines.
        (
            "a: >-\n      one\n      two # no comment\nb: |\n  x\n    y\n",
            "a: >-\n  one two # no comment\nb: |\n  x\n    y\n"
        ),
        // A hash in quotes is no comment.
        ("a: 'b # c'   # d\nb: \"\\\" # e\" # f\n", "a: \"b # c\"  # d\nb: \"\\\" # e\"  # f\n"),
        ("a: {}\nb: []\nc:\nd: ~\n", "a: {}\nb: []\nc:\nd: ~\n"),
    ])
    func writesTheCanonicalLayout(text: String, expected: String) throws {
        let once = try ProtocolFormat.format(Array(text.utf8), file: "protocol.yaml").get()
        #expect(String(decoding: once, as: UTF8.self) == expected)
        #expect(try ProtocolFormat.format(once, file: "protocol.yaml").get() == once)
    }

    @Test func longLinesAreBroken() throws {
        let words = (1...60).map { "word\($0)" }
        let text =
            "rules:\n  - {id: R1, title: \(words.prefix(10).joined(separator: " ")), permit: [\(words.prefix(40).joined(separator: ", "))]}\n"
            + "title: \(words.joined(separator: " "))\nnote: \"\(words.joined(separator: ", "))\"\n"
        let once = try ProtocolFormat.format(Array(text.utf8), file: "protocol.yaml").get()
        let lines = String(decoding: once, as: UTF8.self).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= ProtocolFormat.widthMax })
        #expect(lines.contains { $0.hasPrefix("    permit: [word1, word2,") })
        #expect(lines.contains { $0.hasPrefix("             word1") })
        #expect(try ProtocolFormat.format(once, file: "protocol.yaml").get() == once)
    }

    @Test(arguments: ["protocols/rj-west-midlands", "Tests/ConcordatProtocolsTests/Fixtures/tiny"])
    func theDigestOfAShippedTextStays(folder: String) throws {
        var files = try ProtocolDirectory.read(Fixture.repository.appendingPathComponent(folder).path)
        let before = try ProtocolDirectory.load(files).get().compiled.digest
        let report = FormatReport(files)
        #expect(report.refused.isEmpty)
        for file in report.files { files[file.path] = file.text }
        #expect(FormatReport(files).isFormatted)
        #expect(try ProtocolDirectory.load(files).get().compiled.digest == before)
        for path in ProtocolFormat.paths(in: files) { try sameForPython(folder, path, try #require(files[path])) }
    }

    /// Every text of the refusal tests that can be read at all is formatted to something that is read the same.
    @Test func oddTextsAreFormattedOrLeft() throws {
        let folder = Fixture.folder.appendingPathComponent("FailCases")
        var formatted = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let path = folder.appendingPathComponent(name).appendingPathComponent("protocol.yaml")
            guard let bytes = try? Data(contentsOf: path) else { continue }
            guard case .success(let once) = ProtocolFormat.format([UInt8](bytes), file: "protocol.yaml") else {
                continue
            }
            formatted += 1
            #expect(try ProtocolFormat.format(once, file: "protocol.yaml").get() == once, "\(name)")
        }
        #expect(formatted > 30)
    }

    /// Another YAML reader finds the same in both layouts.
    private func sameForPython(_ folder: String, _ path: String, _ bytes: [UInt8]) throws {
        let script = """
            import sys, yaml
            old = yaml.load(open(sys.argv[1], encoding='utf-8'), Loader=yaml.BaseLoader)
            new = yaml.load(sys.stdin.buffer.read().decode(), Loader=yaml.BaseLoader)
            sys.exit(0 if old == new else 1)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c", script, Fixture.repository.appendingPathComponent(folder + "/" + path).path,
        ]
        let input = Pipe()
        process.standardInput = input
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(path) reads otherwise")
    }
}
