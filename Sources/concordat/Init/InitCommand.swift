import ArgumentParser
import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a deployment: authority, keys, first two admins, configuration.",
        discussion: """
            Works offline, needs sh and the openssl tool, and never touches a directory that holds anything.

            Example: concordat init /srv/concordat --deployment west-midlands \\
                --protocol protocols/rj-west-midlands
            """)

    @Argument(help: "The directory to make.") var directory: String
    @Option(help: "The deployment's name, as it stands in every certificate.") var deployment: String
    @Option(name: .customLong("protocol"), help: "The protocol directory to copy.") var protocolDirectory: String
    @Option(help: "The address to listen on, and the name in the gateway's certificate.") var host = "127.0.0.1"
    @Option(help: "The port of the data plane.") var dataPort = 8443
    @Option(help: "The port of the desk.") var deskPort = 8444
    @Option(help: "The port of health and metrics, on loopback.") var localPort = 8081

    func validate() throws {
        guard IdentifierGrammar.accepts(deployment) else {
            throw ValidationError("--deployment must be 1 to 64 of [A-Za-z0-9._-]")
        }
        for port in [dataPort, deskPort, localPort] where !(1...65_535).contains(port) {
            throw ValidationError("a port must be 1 to 65535")
        }
    }

    func run() throws {
        let loaded = try LoadedDirectory.load(protocolDirectory)
        let maker = DeploymentMaker(
            directory: directory, deployment: deployment, protocolDirectory: protocolDirectory, host: host,
            dataPort: dataPort, deskPort: deskPort, localPort: localPort,
            mode: "training")
        try maker.make()
        print(
            """
            made \(directory) with \(loaded.compiled.id) \(loaded.compiled.version), for training: the text is unsigned, and
            every envelope says so
              certificate of a party:  sh \(directory)/authority/authority.sh party \(directory) \(deployment) PARTY [HOST...]
              certificate of a person: sh \(directory)/authority/authority.sh person \(directory) \(deployment) PARTY ID
              admins:                  \(DeploymentMaker.admins.map { "\(directory)/people/\(DeploymentMaker.adminParty).\($0).chain.crt" }.joined(separator: " "))
              verifier key of the log: \(directory)/keys/log.vkey
              start:                   concordat serve --config \(directory)/concordat.yaml
            keep authority/private off this machine once the certificates are made
            """)
    }
}
