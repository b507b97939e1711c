import Testing

/// The README's commands and places exist.
@Suite struct ReadmeTests {
    private static let page = "README.md"

    @Test func everyMakeTargetNamedExists() throws {
        let targets = try Self.makeTargets()
        let named = try Self.snippets().compactMap { Self.word(after: "make", in: $0) }
        #expect(named.contains("demo") && named.contains("test"), "\(Self.page) must name `make demo` and `make test`")
        for target in named {
            #expect(targets.contains(target), "\(Self.page) names `make \(target)`, which the Makefile does not have")
        }
    }

    @Test func everyPhonyTargetIsARule() throws {
        let makefile = try #require(Tree.here.file("Makefile")?.lines)
        let targets = try Self.makeTargets()
        let phony = makefile.first { $0.hasPrefix(".PHONY:") }?.split(separator: " ").dropFirst() ?? []
        #expect(!phony.isEmpty)
        for target in phony {
            #expect(targets.contains(String(target)), "Makefile: `\(target)` is named .PHONY and has no rule")
        }
    }

    @Test func everyCommandNamedExists() throws {
        let source = Tree.here.files.filter { $0.module == "concordat" }.map(\.text).joined(separator: "\n")
        for snippet in try Self.snippets() {
            guard let command = Self.word(after: "concordat", in: snippet), command.first?.isLetter == true else {
                continue
            }
            let stands = source.contains("commandName: \"\(command)\"")
            #expect(
                stands,
                "\(Self.page) names `concordat \(command)`; no command under Sources/concordat has commandName \"\(command)\""
            )
        }
    }

    @Test func everyPlaceNamedExists() throws {
        let roots = ["Sources/", "Tests/", "protocols/", "certs-example/", "systemd/", "docs/"]
        for snippet in try Self.snippets() {
            for word in snippet.split(whereSeparator: { " \t'\"(){}<>,;".contains($0) }) {
                guard roots.contains(where: word.hasPrefix), !word.hasPrefix("certs-example/out"), !word.contains("*"),
                    !word.contains("…")
                else { continue }
                let stands = Tree.here.has(String(word))
                #expect(stands, "\(Self.page) names `\(word)`, which is not there")
            }
        }
    }

    /// Lines of fenced blocks, and inline code.
    private static func snippets() throws -> [String] {
        let found = Tree.here.file(page)
        let readme = try #require(found, "\(page) is missing")
        var snippets: [String] = []
        var isFenced = false
        for line in readme.lines {
            if line.hasPrefix("```") {
                isFenced.toggle()
            } else if isFenced {
                snippets.append(line.hasPrefix("$ ") ? String(line.dropFirst(2)) : String(line))
            } else {
                let parts = line.split(separator: "`", omittingEmptySubsequences: false)
                snippets += parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
            }
        }
        #expect(!isFenced, "\(page): a fenced block is never closed")
        return snippets
    }

    /// The word behind `command` where a snippet begins with it.
    private static func word(after command: String, in snippet: String) -> String? {
        let words = snippet.split(separator: " ")
        guard words.count >= 2, words[0] == command || words[0].hasSuffix("/" + command) else { return nil }
        return String(words[1])
    }

    private static func makeTargets() throws -> Set<String> {
        let makefile = try #require(Tree.here.file("Makefile")?.lines, "the Makefile is missing")
        return Set(
            makefile.compactMap { line in
                guard let colon = line.firstIndex(of: ":"), let first = line.first, first.isLetter else { return nil }
                let name = line[..<colon]
                guard !name.contains(" "), !line[colon...].hasPrefix(":=") else { return nil }
                return String(name)
            })
    }
}
