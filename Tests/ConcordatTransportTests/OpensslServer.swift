import ConcordatTransport
import Foundation

/// `openssl s_server` on a free port, with all it prints; or a socket that accepts and says nothing.
final class OpensslServer: Sendable {
    let port: Int
    private let process: Process
    /// Kept open: the tool ends its connection when its input ends.
    private let input = Pipe()
    private let log: String

    init(certificate: String, options: [String] = [], silent: Bool = false) async throws {
        let workshop = CertificateWorkshop.shared
        log = workshop.path("server-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process = Process()
        process.executableURL = URL(fileURLWithPath: silent ? "/usr/bin/python3" : "/usr/bin/openssl")
        process.arguments =
            silent
            ? ["-c", Self.silentServer]
            : [
                "s_server", "-accept", "127.0.0.1:0", "-cert", "\(certificate).leaf.pem", "-cert_chain",
                "agencies.ca.pem", "-key", "\(certificate).key", "-CAfile", "authorities.pem", "-Verify", "4",
            ] + options
        process.currentDirectoryURL = URL(fileURLWithPath: workshop.directory)
        process.standardInput = input
        let output = FileHandle(forWritingAtPath: log)
        process.standardOutput = output
        process.standardError = output
        try process.runWithOpenSignals()
        var found: Int?
        for _ in 0..<6000 where found == nil {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }) {
                found = line.split(separator: ":").last.flatMap { Int($0) }
            }
            if found == nil { try await Task.sleep(for: .milliseconds(10)) }
        }
        guard let found else { throw TransportError.cannotBind(address: "openssl s_server") }
        port = found
    }

    private static let silentServer = """
        import socket, time
        server = socket.create_server(("127.0.0.1", 0))
        print("ACCEPT 127.0.0.1:%d" % server.getsockname()[1], flush=True)
        time.sleep(60)
        """

    var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// Waits until it has printed `text`, at most ten seconds.
    func wait(toPrint text: String) async {
        for _ in 0..<6000 where !output.contains(text) { try? await Task.sleep(for: .milliseconds(10)) }
    }

    /// Makes it send `text` to its peer.
    func write(_ text: String) { input.fileHandleForWriting.write(Data(text.utf8)) }

    /// Ends it without a word to its peer.
    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    /// Ends it and gives what it printed: all payload it received among it.
    func stop() async -> String {
        try? await Task.sleep(for: .milliseconds(100))
        process.terminate()
        return output
    }
}
