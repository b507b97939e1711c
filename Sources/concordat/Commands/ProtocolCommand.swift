import ConcordatDecision
import ArgumentParser
import ConcordatProtocols
import Foundation

struct ProtocolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocol", abstract: "Check, explain and test an information-sharing protocol, offline.",
        subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Load a protocol and prove its guarantees; say everything that is wrong with it.",
            discussion: "Example: concordat protocol check protocols/rj-west-midlands")

        @Argument(help: "The protocol's directory.") var directory: String

        func run() throws {
            let loaded = try LoadedDirectory.load(directory)
            for warning in loaded.warnings { StandardError.write("\(warning)") }
            let text = loaded.compiled
            print(
                """
                \(text.id) \(text.version) sha256:\(text.digest)
                \(text.messages.count) messages, \(text.rules.count) rules, \(text.parties.count) parties
                \(loaded.guarantees.count) guarantees proven in \(loaded.proof.cells) cells, \(loaded.proof.assignments) assignments
                """)
        }
    }
}
