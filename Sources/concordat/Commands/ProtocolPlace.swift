import ArgumentParser
import ConcordatProtocols

/// Where a protocol lies, for every command that reads one.
struct ProtocolPlace: ParsableArguments {
    @Argument(help: "The protocol's directory.") var directory: String
    @Option(help: "A directory with party files of your own, read beside the protocol's `parties/`.") var parties:
        String?

    func files() throws -> ProtocolFiles { try LoadedDirectory.files(directory, parties: parties) }

    func load() throws -> LoadedProtocol { try LoadedDirectory.load(directory, parties: parties) }
}
