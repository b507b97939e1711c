import Foundation

@testable import concordat

/// Configurations as text, read from a file of their own.
enum ConfigurationText {
    /// Nothing but what has no default.
    static let least = """
        deployment: west
        mode: training
        protocol: protocol
        store: {path: data/concordat.sqlite}
        keys: {directory: keys}
        log: {origin: west.example/log}
        data-plane:
          listen: 127.0.0.1:8443
          certificate: tls/gateway.chain.crt
          key: tls/gateway.key
          trust: authority/trust.pem
          crl: authority/crl.pem
        desk:
          listen: 127.0.0.1:8444
          certificate: tls/gateway.chain.crt
          key: tls/gateway.key
          trust: authority/trust.pem
          crl: authority/crl.pem
        local: {listen: "127.0.0.1:8081"}

        """

    static let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func read(_ text: String) throws -> Configuration { try read(Data(text.utf8)) }

    static func read(_ bytes: Data) throws -> Configuration {
        try inFolder { folder in
            let file = folder.appending(path: "concordat.yaml")
            try bytes.write(to: file)
            return try ConfigurationReader.read(file.path)
        }
    }

    /// What is wrong with a text, as `line:column: reason`; nil when it is taken.
    static func problem(_ text: String) -> String? { problem(Data(text.utf8)) }

    static func problem(_ bytes: Data) -> String? {
        do {
            _ = try read(bytes)
            return nil
        } catch let problem as ConfigurationProblem {
            // The file is always named, as it was given.
            guard problem.description.hasPrefix(problem.file + ":"), problem.file.hasSuffix("/concordat.yaml") else {
                return "without its file: \(problem)"
            }
            return "\(problem.line):\(problem.column): \(problem.reason)"
        } catch {
            return "another error: \(error)"
        }
    }

    /// A folder that is gone afterwards.
    static func inFolder<Value>(_ work: (URL) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "concordat-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try work(folder)
    }
}
