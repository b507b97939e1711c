import ConcordatProtocols

/// The fuzzer's readers (`Tests/Fuzz`): what each must hold to, for the command and for the test that replays its finds.
package enum FuzzTargets {
    /// The names of all targets, in the order in which they run.
    package static let names = [
        JSONTarget.name, EnvelopeTarget.name, PayloadTarget.name, LogTarget.name, ProtocolTarget.name,
        JudgeTarget.name,
    ]

    /// The target of that name; nil for another.
    ///
    /// `protocolDirectory` is a shipped protocol: its examples and cases are the seeds.
    package static func make(_ name: String, protocolDirectory: String) throws -> (any FuzzTarget)? {
        let corpus = try Corpus(protocolDirectory: protocolDirectory)
        switch name {
        case JSONTarget.name: return JSONTarget(corpus)
        case EnvelopeTarget.name: return EnvelopeTarget(corpus)
        case PayloadTarget.name: return try PayloadTarget(corpus)
        case LogTarget.name: return try LogTarget()
        case ProtocolTarget.name: return ProtocolTarget(corpus)
        case JudgeTarget.name: return JudgeTarget()
        default: return nil
        }
    }
}

/// What the targets start from.
struct Corpus {
    let files: ProtocolFiles
    /// The shipped messages: examples and worked cases, each one document.
    let documents: [[UInt8]]

    init(protocolDirectory: String) throws {
        let files = try ProtocolDirectory.read(protocolDirectory)
        let paths = files.contents.keys.filter { path in
            path.hasSuffix(".json") && (path.hasPrefix("examples/") || path.hasPrefix("cases/"))
        }
        documents = paths.sorted().compactMap { files[$0] }
        self.files = files
        guard !documents.isEmpty else { throw Finding("`\(protocolDirectory)` holds no examples to begin with") }
    }
}
