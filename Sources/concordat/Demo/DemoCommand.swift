import ArgumentParser
import ConcordatTerms
import Foundation

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Play the whole story on this machine: a deployment, a daemon, six agencies.",
        discussion: """
            Makes a throw-away deployment on free loopback ports, starts the daemon over an embedded store, and plays agencies
            as real TLS clients. Ends with 1 if anything was not as the protocol says. All people and places are made up.

            Example: concordat demo --keep /tmp/concordat
            """)

    @Option(help: "Leave the deployment in this new directory, and print the lines to go on with.") var keep: String?
    @Option(name: .customLong("protocol"), help: "The protocol whose examples are played.")
    var protocolDirectory = "protocols/rj-west-midlands"
    @Flag(inversion: .prefixedNo, help: "Colours; off when standard output is not a terminal.") var colour = true

    func run() async throws {
        let printer = DemoPrinter(isColoured: colour && isatty(1) == 1)
        let stage = try DemoStage(keep: keep, protocolDirectory: protocolDirectory)
        do {
            try stage.build(printer)
            try await stage.raise()
            let story = DemoStory(stage: stage, printer: printer)
            try await story.play()
            try stage.clear()
            if let keep { printer.goOn(at: keep, stage: stage) }
            printer.end(failures: story.failures)
            if story.failures > 0 { throw ExitCode(1) }
        } catch {
            if !(error is ExitCode), let log = stage.daemonLog, !log.isEmpty {
                StandardError.write("the daemon said:\n\(log)")
            }
            try? stage.clear()
            throw error
        }
    }
}
