import Testing

/// The calls, marks and lengths the style page holds to.
@Suite struct HouseRuleTests {
    @Test(arguments: BannedCall.all)
    func bannedCallsStandNowhere(ban: BannedCall) {
        for (file, code) in Tree.here.code where ban.holds(file.module ?? "") && !ban.exceptions.contains(file.path) {
            for token in ban.tokens {
                for line in code.linesHolding(token) {
                    Issue.record("\(file.path):\(line): no `\(token)` here; instead: \(ban.instead)")
                }
            }
        }
    }

    @Test func rawMemoryStaysInItsThreeRooms() {
        for (file, code) in Tree.here.code where !BannedCall.unsafeRooms.contains(file.module ?? "") {
            for word in code.vocabulary where BannedCall.unsafePrefixes.contains(where: word.hasPrefix) {
                Issue.record(
                    """
                    \(file.path):\(code.linesHolding(word)): `\(word)`: raw memory is for ConcordatCrypto, \
                    ConcordatTransport and ConcordatJSON; use Span, RawSpan or an array
                    """)
            }
        }
    }

    @Test func uncheckedSendableSaysWhatGuardsIt() {
        let guards = ["lock", "Lock", "loop", "Loop", "Mutex", "immutable", "never changes", "one reference"]
        for (file, code) in Tree.here.code {
            for number in code.linesHolding("@unchecked") {
                let isRoom = ["ConcordatCrypto", "ConcordatTransport"].contains(file.module ?? "")
                #expect(
                    isRoom,
                    "\(file.path):\(number): `@unchecked Sendable` is for Crypto and Transport; use Mutex or a value")
                // The comment block right above, attributes aside.
                let comment = file.lines[..<(number - 1)].reversed()
                    .map { $0.drop(while: { $0 == " " }) }
                    .prefix { $0.hasPrefix("//") || $0.hasPrefix("@") }
                    .joined(separator: "\n")
                let saysWhat = guards.contains(where: comment.contains)
                #expect(
                    saysWhat,
                    "\(file.path):\(number): say in the comment above which lock, loop or sole reference guards it"
                )
            }
        }
    }

    @Test func floors1To5ThrowTheirOwnErrors() {
        for (file, code) in Tree.here.code where House.isPure(file.module ?? "") {
            for number in code.linesHolding("throws") {
                let rest = code.line(number).components(after: "throws")
                #expect(
                    rest.allSatisfy { $0.drop(while: { $0 == " " }).first == "(" },
                    "\(file.path):\(number): write throws(ThatError): a new failure must break every caller")
            }
        }
    }

    @Test func filesStayUnder600Lines() {
        // Bound: at 400 look for the seam; at 600 the file is two.
        for file in Tree.here.swiftFiles {
            #expect(
                file.lines.count <= 601,
                "\(file.path) has \(file.lines.count) lines, 600 is the most; split it at its seam")
        }
    }

    @Test func namesAreOfTheDomain() {
        for (file, code) in Tree.here.code {
            let folders = Set(file.path.split(separator: "/").dropLast())
            for name in ["Utils", "Utilities", "Helpers", "Common", "Misc", "Shared"]
            where folders.contains(Substring(name)) {
                Issue.record("\(file.path): a folder `\(name)` says nothing; name it for what it holds")
            }
            for name in code.vocabulary where name.hasSuffix("Manager") && name != "FileManager" {
                Issue.record("\(file.path):\(code.linesHolding(name)): `\(name)`: name what it is, not that it manages")
            }
        }
    }

    @Test func everyRevealIsReviewed() throws {
        let listing = try #require(Tree.here.file(Self.revealList), "\(Self.revealList) is missing")
        var reviewed: [String: Int] = [:]
        for line in listing.lines where !line.isEmpty && !line.hasPrefix("#") {
            let parts = line.split(separator: ":")
            guard parts.count == 2, let count = Int(parts[1]) else {
                Issue.record("\(Self.revealList): write `path:count`, not `\(line)`")
                continue
            }
            reviewed[String(parts[0])] = count
        }
        var standing: [String: Int] = [:]
        for (file, code) in Tree.here.code {
            let calls = code.count(of: ".reveal()")
            if calls > 0 { standing[file.path] = calls }
        }
        for path in Set(reviewed.keys).union(standing.keys).sorted() {
            let (stands, listed) = (standing[path] ?? 0, reviewed[path] ?? 0)
            #expect(
                stands == listed,
                """
                \(path) reveals a personal value in \(stands) places, \(listed) are reviewed; look at each, then write \
                `\(path):\(stands)` in \(Self.revealList)\(stands == 0 ? " or take the line out" : "")
                """)
        }
    }

    private static let revealList = "Tests/ArchitectureTests/reveal-sites.txt"
}

extension String {
    /// What follows each occurrence of a word, up to the end of the text.
    fileprivate func components(after word: String) -> [Substring] {
        var found: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: word) {
            let isWhole = range.lowerBound == startIndex || !self[index(before: range.lowerBound)].isLetter
            rest = rest[range.upperBound...]
            if isWhole, rest.first?.isLetter != true { found.append(rest) }
        }
        return found
    }
}
