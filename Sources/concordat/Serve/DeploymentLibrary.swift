import ConcordatCore
import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms

/// Opens protocols for this deployment with the author's room.
struct DeploymentLibrary: ProtocolLibrary {
    let configuration: Configuration

    func open(_ files: [String: [UInt8]], at now: UTCInstant) throws(ProtocolRefusal) -> OpenedProtocol {
        let loaded = try Self.load(files)
        let served: ServedText
        do {
            served = try ServedText.make(
                loaded, files: ProtocolFiles(files),
                trust: configuration.isTraining ? nil : ServedText.trust(configuration), now: now)
        } catch {
            throw ProtocolRefusal(code: "protocol.unsigned", findings: ["\(error)"])
        }
        var opened = Self.opened(served.text, loaded)
        (opened.signatures, opened.warnings) = (served.signed, served.warnings)
        return opened
    }

    func read(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> OpenedProtocol {
        let loaded = try Self.load(files)
        var text = loaded.served
        if configuration.isTraining { text.mode = .training }
        return Self.opened(text, loaded)
    }

    private static func opened(_ text: CompiledProtocol, _ loaded: LoadedProtocol) -> OpenedProtocol {
        OpenedProtocol(
            text: text,
            senderSchemas: loaded.schemas.mapValues { $0.serialized() },
            recipientSchema: { name, party in
                RecipientSchemas.schema(of: name, for: party, in: text)?.serialized()
            })
    }

    func report(
        on candidate: [String: [UInt8]], against current: [String: [UInt8]]?, replaying decisions: ReplayBundle?,
        at now: UTCInstant
    ) -> JSONValue {
        let files = ProtocolFiles(candidate)
        let result = ProtocolDirectory.load(files)
        var members = [JSONMember("check", CheckReport(result).json)]
        guard case .success(let loaded) = result else { return .object(members) }
        members.append(JSONMember("test", CaseReport(loaded, files: files).json))
        members.append(JSONMember("difference", Self.difference(to: loaded, from: current)))
        members.append(
            JSONMember("replay", decisions.map { ReplayReport(draft: loaded.served, bundle: $0).json } ?? .null))
        return .object(members)
    }

    /// What changes against the version in force, in sentences; null when there is none, or it cannot be read any more.
    private static func difference(to loaded: LoadedProtocol, from current: [String: [UInt8]]?) -> JSONValue {
        guard let current, case .success(let old) = ProtocolDirectory.load(ProtocolFiles(current)) else { return .null }
        return ProtocolDifference(old: old, new: loaded).json
    }

    private static func load(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> LoadedProtocol {
        switch ProtocolDirectory.load(ProtocolFiles(files)) {
        case .success(let loaded): return loaded
        case .failure(let problems):
            throw ProtocolRefusal(code: "protocol.broken", findings: problems.errors.map(\.description))
        }
    }
}
