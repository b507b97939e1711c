import Testing

/// Arrows go down only, and each library has its room.
@Suite struct WallTests {
    @Test func theTableItselfKeepsToTheFloors() throws {
        for (name, room) in House.rooms {
            for other in room.rooms {
                let below = try #require(House.rooms[other], "`\(name)` leans on `\(other)`, which is not in the table")
                let isDown = below.floor < room.floor || (name == "ConcordatConsole" && other == "ConcordatDesk")
                #expect(
                    isDown,
                    "`\(name)` may not lean on `\(other)`: arrows go down only; move what is shared a floor down")
            }
        }
    }

    @Test(arguments: [
        ("GRDB", ["ConcordatStore"]),
        ("COpenSSL", ["ConcordatCrypto"]),
        ("Hummingbird", ["ConcordatDesk", "ConcordatConsole"]),
        ("Yams", ["ConcordatProtocols", "concordat"]),
        ("ConcordatProtocols", ["concordat"]),
        ("ConcordatDesk", ["ConcordatConsole", "concordat"]),
        ("ConcordatStore", ["concordat"]),
    ])
    func theTableGivesALibraryOnlyToItsRoom(library: String, owners: [String]) {
        for (name, room) in House.rooms where room.rooms.union(room.libraries).contains(library) {
            #expect(
                owners.contains(name),
                "`\(library)` belongs to \(owners): ask that room instead of importing it in `\(name)`")
        }
    }

    @Test func everyDirectoryOfSourcesIsARoom() {
        let modules = Set(Tree.here.files.compactMap(\.module))
        #expect(modules.contains("ConcordatTerms"), "the test reads the wrong tree")
        for module in modules {
            let hasRow = House.rooms[module] != nil
            #expect(hasRow, "`Sources/\(module)` is in no row of House.rooms: add its floor and what it may import")
        }
    }

    @Test func everyImportIsAllowed() {
        var seen = 0
        for (file, code) in Tree.here.code {
            guard let module = file.module, let room = House.rooms[module] else { continue }
            for (imported, line) in code.imports {
                seen += 1
                let isAllowed = Self.mayImport(imported, in: file, room: room)
                #expect(
                    isAllowed,
                    """
                    \(file.path):\(line): `\(module)` (floor \(room.floor)) may not import `\(imported)`; \
                    \(Self.advice(imported, module: module))
                    """)
            }
        }
        #expect(seen > 0, "no import was read; the scanner is broken")
    }

    @Test func noModuleIsNamedLikeATypeInsideIt() {
        for (file, code) in Tree.here.code {
            guard let module = file.module else { continue }
            for keyword in ["struct", "enum", "class", "actor", "protocol", "typealias"] {
                for line in code.linesHolding("\(keyword) \(module)") {
                    Issue.record("\(file.path):\(line): a type named like its module hides the module; rename the type")
                }
            }
        }
    }

    private static func mayImport(_ imported: String, in file: Tree.File, room: House.Room) -> Bool {
        guard let module = file.module else { return false }
        if House.language.contains(imported) || room.rooms.contains(imported) || room.libraries.contains(imported) {
            return true
        }
        switch imported {
        case "Glibc": return House.systemRooms.contains(module)
        // For the semaphore of the writer's thread.
        case "Dispatch": return ["ConcordatCore", "ConcordatStore"].contains(module)
        case "Foundation", "FoundationEssentials":
            return room.floor >= 6 || House.foundationExceptions.contains(file.path)
        default: return false
        }
    }

    private static func advice(_ imported: String, module: String) -> String {
        switch imported {
        case "Foundation", "FoundationEssentials":
            "floors 1 to 5 do without Foundation: take bytes, UTCInstant and CivilDate"
        case "GRDB": "SQL lives in ConcordatStore; give Core a port"
        case "COpenSSL": "OpenSSL lives in ConcordatCrypto; add what is missing there"
        case "Yams": "YAML is read by ConcordatProtocols and the configuration in concordat"
        case "ConcordatProtocols": "the author's tools stay off the request path; hand over the compiled protocol"
        case "Dispatch": "use NIO's event loops, Swift concurrency or a thread of your own with Mutex"
        case "NIOSSL", "Crypto", "_CryptoExtras":
            "system OpenSSL is the only TLS and cryptography here; see decision 0002"
        default: "move what both need a floor down, or change House.rooms with a decision record"
        }
    }
}
