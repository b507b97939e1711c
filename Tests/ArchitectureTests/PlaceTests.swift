import Testing

/// What lies where, and that the words about it are true.
@Suite struct PlaceTests {
    @Test func theTopLevelHoldsOnlyWhatTheDesignNames() {
        let allowed: Set<String> = [
            "Sources", "Tests", "protocols", "certs-example", "systemd", "docs", "Package.swift", "Package.resolved",
            "Makefile", "README.md", "LICENSE", "CHANGELOG.md", ".ci", ".git", ".gitignore", ".gitattributes",
            ".swift-format", ".swiftpm", ".editorconfig",
        ]
        for entry in Tree.here.topLevel where !entry.hasPrefix(".build") {
            #expect(
                allowed.contains(entry),
                "`\(entry)` has no place at the top level; put it under one of the design's directories")
        }
        for entry in [
            "Makefile", "README.md", "LICENSE", "CHANGELOG.md", ".ci/run", "docs/glossary.md", "docs/threat-model.md",
        ] {
            let stands = Tree.here.has(entry)
            #expect(stands, "`\(entry)` is missing")
        }
    }

    @Test func nothingIsLeftForLater() {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        for file in Tree.here.files where file.path.hasPrefix("Sources/") || file.path.hasPrefix("Tests/") {
            let code = SwiftCode(plain: file.text)
            for mark in marks {
                for line in code.linesHolding(mark) {
                    Issue.record("\(file.path):\(line): \(mark): do it, or open an issue and take the mark out")
                }
            }
        }
    }

    @Test func noMachinePathIsWrittenDown() {
        let places = ["work", "farm", "home", "Users", "root"].map { "/" + $0 + "/" }
        for file in Tree.here.files {
            // In Swift `/home/` may begin a JSON Pointer, and in what a worked case expects a member called work may.
            let pointer = file.path.hasSuffix(".swift") ? "home" : file.path.hasSuffix("/expect.yaml") ? "work" : ""
            let held = places.filter { $0 != "/" + pointer + "/" && file.text.utf8.holds($0) }
            guard !held.isEmpty else { continue }
            for (index, line) in file.lines.enumerated() {
                for place in held {
                    guard let range = line.firstRange(of: place) else { continue }
                    // Inside a longer path or a URL it is somebody else's directory.
                    if range.lowerBound > line.startIndex {
                        let before = line[line.index(before: range.lowerBound)]
                        if before.isLetter || before.isNumber || "._-}*~".contains(before) { continue }
                    }
                    Issue.record(
                        "\(file.path):\(index + 1): `\(place)` is a path of one machine; make it relative, or an argument"
                    )
                }
            }
        }
    }

    @Test func noKeyIsCommitted() {
        let marker = "-----BEGIN " + "PRIVATE KEY-----"
        for file in Tree.here.files where file.text.utf8.holds(marker) || file.path.hasSuffix(".key") {
            Issue.record("\(file.path): a private key; make it with certs-example/make-certs.sh when it is needed")
        }
    }

    @Test func everyTargetTakesTheSettingsBlock() throws {
        let manifest = try #require(Tree.here.file("Package.swift")).text
        let loop = "for target in package.targets where target.type != .system {"
        let head = try #require(manifest.firstRange(of: loop), "Package.swift: the settings block must be `\(loop)`")
        let block = manifest[head.upperBound...]
        for setting in [
            ".swiftLanguageMode(.v6)", "\"ExistentialAny\"", "\"MemberImportVisibility\"",
            "\"InternalImportsByDefault\"",
            ".treatAllWarnings(as: .error)",
        ] {
            #expect(block.contains(setting), "Package.swift: `\(setting)` is missing from the settings block")
        }
        #expect(
            !manifest[..<head.lowerBound].contains("swiftSettings"),
            "Package.swift: settings belong in the block at the end, for all targets")
        #expect(
            !manifest.contains("unsafeFlags"),
            "Package.swift: unsafeFlags make the package unusable as a dependency; leave them out")
        for addition in [".append(", "package.targets +=", "package.targets ="] {
            #expect(
                !block.contains(addition), "Package.swift: add targets before the settings block, else they escape it")
        }
        for module in Set(Tree.here.files.compactMap(\.module)) {
            #expect(manifest.contains("name: \"\(module)\""), "Package.swift has no target for Sources/\(module)")
        }
    }
}

extension String.UTF8View {
    /// Whether `text` stands in these bytes. A plain loop: unoptimized, anything else takes seconds over a tree.
    fileprivate func holds(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        let found = withContiguousStorageIfAvailable { bytes -> Bool in
            var start = 0
            while start + wanted.count <= bytes.count {
                var matched = 0
                while matched < wanted.count, bytes[start + matched] == wanted[matched] { matched += 1 }
                if matched == wanted.count { return true }
                start += 1
            }
            return false
        }
        return found ?? false
    }
}
