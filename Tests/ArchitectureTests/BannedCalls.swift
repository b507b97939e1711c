import Testing

/// A call that has no place here, where that holds, and what to write instead.
struct BannedCall: Sendable, CustomTestStringConvertible {
    let tokens: [String]
    /// Modules the ban holds in.
    let holds: @Sendable (String) -> Bool
    let instead: String
    /// Files that may, with the reason in a comment at the row.
    var exceptions: Set<String> = []

    var testDescription: String { tokens[0] }

    static let all: [BannedCall] = [
        BannedCall(
            tokens: ["print(", "debugPrint(", "dump(", "NSLog("], holds: { $0 != "concordat" },
            instead: "log with a constant message and metadata keys; only the command line prints"),
        BannedCall(
            tokens: ["Date()", "Date.now", "CFAbsoluteTimeGetCurrent("], holds: { _ in true },
            instead: "take a UTCInstant as argument, or read the injected clock",
            // Where the machine's clock is read, once, to be injected.
            exceptions: ["Sources/concordat/Serve/GatewayClock.swift"]),
        BannedCall(
            tokens: ["Task.detached"], holds: { _ in true },
            instead: "make it a Service in the ServiceGroup, or a child task"),
        BannedCall(
            tokens: ["Task.sleep", "Thread.sleep", "usleep(", "nanosleep("], holds: { _ in true },
            instead: "sleep on the injected clock: clock.sleep(for:)"),
        BannedCall(
            tokens: ["sleep(", "await", "Task {", "withTaskGroup"], holds: House.isPure,
            instead: "floors 1 to 5 are synchronous and pure: return what to do and let the caller wait"),
        BannedCall(
            tokens: ["DispatchQueue", "DispatchGroup", "DispatchSource", "DispatchWorkItem"], holds: { _ in true },
            instead: "use an event loop, Mutex, or the writer's own thread"),
        // The writer's thread waits for records, and nothing else waits like that.
        BannedCall(
            tokens: ["DispatchSemaphore"], holds: { !["ConcordatCore", "ConcordatStore"].contains($0) },
            instead: "await, or a callback: a thread that waits is one that cannot serve"),
        BannedCall(
            tokens: ["fatalError("], holds: { _ in true },
            instead: "preconditionFailure with the state in its message"),
        BannedCall(
            tokens: ["try!", "as!"], holds: { _ in true },
            instead: "handle the failure, or guard with preconditionFailure that states the invariant"),
        BannedCall(
            tokens: ["NSRegularExpression", "Regex(", "Regex<"], holds: { _ in true },
            instead: "the bounded automaton of ConcordatPayload (RFC 9485)"),
        BannedCall(
            tokens: ["JSONDecoder", "JSONEncoder", "JSONSerialization"], holds: { _ in true },
            instead: "ConcordatJSON: strict, bounded, and says where without saying what"),
        BannedCall(
            tokens: ["URLSession", "NSURLConnection"], holds: { _ in true },
            instead: "the client of ConcordatTransport, which checks chain, party and revocation first"),
        BannedCall(
            tokens: ["SystemRandomNumberGenerator"], holds: { House.isPure($0) && $0 != "ConcordatCrypto" },
            instead: "take the generator as an argument"),
        BannedCall(
            tokens: ["nonisolated(unsafe)", "unowned(unsafe)"], holds: { _ in true },
            instead: "Mutex, or a value that is passed"),
        BannedCall(
            tokens: ["public struct", "public enum", "public func", "public final", "public class", "public actor"],
            holds: { !["ConcordatTerms", "ConcordatWire", "ConcordatLog", "ConcordatClient"].contains($0) },
            instead: "package: only Terms, Wire, the log's verifier and the client are public"),
    ]

    /// Rooms in which raw pointers may be.
    static let unsafeRooms: Set<String> = ["ConcordatCrypto", "ConcordatTransport", "ConcordatJSON"]

    /// What begins with one of these is raw memory.
    static let unsafePrefixes = ["withUnsafe", "Unsafe", "unsafe", "Unmanaged", "OpaquePointer", "withMemoryRebound"]
}
