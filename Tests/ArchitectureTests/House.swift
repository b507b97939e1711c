/// The plan of the house: which floor a module stands on and what it may import.
///
/// The design gives the floors; this table gives the walls. Opening one is a decision: change the table with a record
/// in docs/decisions.
enum House {
    /// A module, where it stands and what it leans on.
    struct Room: Sendable {
        let floor: Int
        /// Modules of this package.
        let rooms: Set<String>
        /// Libraries from outside.
        let libraries: Set<String>
    }

    static let rooms: [String: Room] = [
        "ConcordatTerms": Room(floor: 1, rooms: [], libraries: []),
        "COpenSSL": Room(floor: 1, rooms: [], libraries: []),
        "ConcordatJSON": Room(floor: 2, rooms: ["ConcordatTerms"], libraries: []),
        "ConcordatCrypto": Room(floor: 2, rooms: ["ConcordatTerms", "COpenSSL"], libraries: []),
        "ConcordatPayload": Room(floor: 3, rooms: floors1and2, libraries: []),
        "ConcordatWire": Room(floor: 3, rooms: ["ConcordatTerms", "ConcordatJSON"], libraries: []),
        "ConcordatDecision": Room(
            floor: 4, rooms: ["ConcordatTerms", "ConcordatJSON", "ConcordatPayload"], libraries: []),
        // The log cannot see a payload.
        "ConcordatLog": Room(floor: 4, rooms: floors1and2, libraries: []),
        "ConcordatProtocols": Room(
            floor: 5, rooms: floors1and2.union(["ConcordatPayload", "ConcordatWire", "ConcordatDecision"]),
            libraries: ["Yams"]),
        "ConcordatTransport": Room(
            floor: 5, rooms: ["ConcordatTerms", "ConcordatCrypto", "ConcordatWire"],
            libraries: ["NIOCore", "NIOPosix", "NIOHTTP1", "Logging"]),
        // Core works through ports: it knows no socket, no SQL and no protocol text.
        "ConcordatCore": Room(
            floor: 6,
            rooms: floors1and2.union(["ConcordatPayload", "ConcordatWire", "ConcordatDecision", "ConcordatLog"]),
            libraries: ["Logging", "Metrics", "ServiceLifecycle"]),
        "ConcordatStore": Room(
            floor: 7, rooms: floors1and2.union(["ConcordatDecision", "ConcordatLog", "ConcordatCore"]),
            libraries: ["GRDB", "Logging"]),
        "ConcordatDataPlane": Room(
            floor: 7, rooms: floors1and2.union(["ConcordatWire", "ConcordatCore", "ConcordatTransport"]),
            libraries: ["NIOCore", "NIOPosix", "NIOHTTP1", "Logging", "Metrics", "ServiceLifecycle"]),
        "ConcordatDesk": Room(
            floor: 7,
            rooms: floors1and2.union(["ConcordatWire", "ConcordatLog", "ConcordatCore", "ConcordatTransport"]),
            libraries: [
                "NIOCore", "NIOPosix", "Hummingbird", "HummingbirdCore", "HTTPTypes", "Logging", "ServiceLifecycle",
            ]),
        "ConcordatConsole": Room(
            floor: 7, rooms: ["ConcordatTerms", "ConcordatWire", "ConcordatDesk"],
            libraries: ["Hummingbird", "HummingbirdCore", "HTTPTypes"]),
        "ConcordatClient": Room(
            floor: 7, rooms: floors1and2.union(["ConcordatWire", "ConcordatLog", "ConcordatTransport"]),
            libraries: ["NIOCore", "NIOPosix", "Logging"]),
        "concordat": Room(
            floor: 8, rooms: Set(everyRoomBelow8),
            libraries: [
                "ArgumentParser", "Yams", "ServiceLifecycle", "UnixSignals", "Logging", "Metrics", "CoreMetrics",
                "NIOCore",
                "NIOPosix",
                "NIOHTTP1",
            ]),
    ]

    /// What every module may import besides: the language itself.
    static let language: Set<String> = ["Swift", "Synchronization", "_Concurrency"]

    /// The C library: system calls belong to the adapters, and to Transport for signals and addresses.
    static let systemRooms: Set<String> = [
        "ConcordatCrypto", "ConcordatTransport", "ConcordatCore", "ConcordatStore", "ConcordatDataPlane",
        "ConcordatDesk",
        "ConcordatClient", "concordat",
    ]

    /// Foundation from floor 6 on; below, the files named here alone.
    static let foundationExceptions: Set<String> = [
        // Read the protocol's directory and what it includes; nothing on the request path comes through here.
        "Sources/ConcordatProtocols/Files/ProtocolDirectory+Read.swift",
        "Sources/ConcordatProtocols/Files/SharedFiles.swift",
    ]

    /// Floors 1 to 5 are synchronous and pure, Transport aside.
    static func isPure(_ module: String) -> Bool {
        guard let room = rooms[module] else { return false }
        return room.floor <= 5 && module != "ConcordatTransport"
    }

    private static let floors1and2: Set<String> = ["ConcordatTerms", "ConcordatJSON", "ConcordatCrypto"]

    private static let everyRoomBelow8 = [
        "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire", "ConcordatDecision",
        "ConcordatLog", "ConcordatProtocols", "ConcordatTransport", "ConcordatCore", "ConcordatStore",
        "ConcordatDataPlane", "ConcordatDesk", "ConcordatConsole", "ConcordatClient",
    ]
}
