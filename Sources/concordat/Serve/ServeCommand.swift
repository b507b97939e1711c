import ArgumentParser
import Foundation

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
        _ = configuration
    }
}
