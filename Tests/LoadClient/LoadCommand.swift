import ArgumentParser
import ConcordatCrypto
import ConcordatTerms
import Foundation
import NIOCore
import NIOPosix

/// The load of `make bench`: one message after another on each of many kept-alive connections over mutual TLS.
@main struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-load", abstract: "Post messages over mutual TLS and measure.",
        discussion:
            "Prints one JSON object: messages a second, latencies, and CPU time a message of the processes named.")

    @Option(help: "The address to connect to; the peer's certificate must be for it.") var host = "127.0.0.1"
    @Option(help: "Its port.") var port: Int
    @Option(help: "The deployment's directory: certificates are found in it.") var deployment: String
    @Option(help: "The deployment's name.") var name: String
    @Option(help: "The party that sends.") var party: String
    @Option(help: "The message; each `{{sequence}}` in it becomes twelve digits, others for every message.")
    var template: String
    @Option(help: "Connections at once, each with one message under way.") var connections = 32
    @Option(help: "How long to measure.") var seconds = 10
    @Option(help: "How long to send before that.") var warmup = 2
    @Option(help: "The first sequence number.") var first = 0
    @Option(help: "Processes whose CPU time counts, separated by commas.") var pids = ""
    @Option(help: "The status that counts as an answer.") var status = 202

    func validate() throws {
        guard (1...1_024).contains(connections), (1...3_600).contains(seconds), (0...600).contains(warmup) else {
            throw ValidationError("--connections must be 1 to 1024, --seconds 1 to 3600, --warmup 0 to 600")
        }
    }

    func run() async throws {
        let request = try MessageTemplate(try file(template), host: "\(host):\(port)")
        let material = TLSContext.Material(
            deployment: name, certificateChain: try file("\(deployment)/parties/\(party).chain.crt"),
            privateKey: try file("\(deployment)/parties/\(party).key"),
            authorities: try file("\(deployment)/authority/trust.pem"),
            revocationLists: try file("\(deployment)/authority/crl.pem"))
        let context = try TLSContext(material)
        let processes = try pids.split(separator: ",").map { try ProcessTime(pid: String($0)) }
        let own = try ProcessTime(pid: "self")
        let tally = Tally(first: first, status: status)
        // One thread: the load must leave the other core to what it measures.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        for _ in 0..<connections {
            try await LoadConnection.open(
                host: host, port: port, context: context, template: request, tally: tally, group: group)
        }
        let clock = ContinuousClock()
        try await clock.sleep(for: .seconds(warmup))
        let (before, ownBefore) = (try processes.map { try $0.micros() }.reduce(0, +), try own.micros())
        let began = clock.now
        tally.begin()
        try await clock.sleep(for: .seconds(seconds))
        let counts = tally.end()
        let elapsed = clock.now - began
        let (after, ownAfter) = (try processes.map { try $0.micros() }.reduce(0, +), try own.micros())
        try await group.shutdownGracefully()
        print(
            LoadReport(
                counts: counts, elapsed: elapsed, serverMicros: after - before, clientMicros: ownAfter - ownBefore
            ).json)
        if counts.others > 0 || counts.broken > 0 || counts.latencies.isEmpty {
            FileHandle.standardError.write(Data(counts.complaint.utf8))
            throw ExitCode.failure
        }
    }

    private func file(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("`\(path)` cannot be read")
        }
        return [UInt8](data)
    }
}
