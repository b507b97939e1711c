import ArgumentParser

/// Floor 8, concordat: wiring and commands; every decision is made on a lower floor.
@main
struct Concordat: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "concordat",
        abstract: "An information-sharing gateway: lets through what the signed protocol allows, and proves it.",
        discussion: """
            Try it:      concordat demo
            Set it up:   concordat init DIR --deployment west-midlands --protocol protocols/rj-west-midlands
            Run it:      concordat serve --config DIR/concordat.yaml
            """,
        version: version,
        subcommands: [
            InitCommand.self, ServeCommand.self, DemoCommand.self, ProtocolCommand.self, PayloadCommand.self,
            AuditCommand.self, AdminCommand.self,
        ])

    static func main() async { await CommandRunner.run(Self.self, Array(CommandLine.arguments.dropFirst())) }
}
