import ArgumentParser
import ConcordatCore
import ConcordatCrypto
import ConcordatDataPlane
import ConcordatDesk
import ConcordatTerms
import ConcordatTransport
import Foundation
import Logging
import Metrics
import NIOCore
import NIOPosix
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the gateway.",
        discussion: """
            SIGTERM and SIGINT drain and stop; SIGHUP reads certificates, keys and revocation lists anew.

            Example: concordat serve --config /srv/concordat/concordat.yaml
            """)

    @Option(help: "The configuration, concordat.yaml.") var config: String

    func run() async throws {
        let configuration: Configuration
        do { configuration = try ConfigurationReader.read(config) } catch let problem as ConfigurationProblem {
            throw Complaint("\(problem)")
        }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let daemon = try await Daemon(configuration, logger: Logger(label: "concordat"))
        try await daemon.run()
    }
}
