import ArgumentParser

struct ProtocolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocol", abstract: "Check, explain and test an information-sharing protocol, offline.",
        discussion: "Each takes --json. Example: concordat protocol test protocols/rj-west-midlands",
        subcommands: [
            ProtocolCheckCommand.self, ProtocolExplainCommand.self, ProtocolTestCommand.self,
            ProtocolMutateCommand.self, ProtocolMatrixCommand.self, ProtocolDiffCommand.self,
            ProtocolSchemaCommand.self, ProtocolRenderCommand.self, ProtocolFormatCommand.self,
            ProtocolSignCommand.self, ProtocolSignoffCommand.self, ProtocolReplayCommand.self,
        ])
}
