import ConcordatCore
import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms

/// Opens protocols for this deployment with the author's room: each text with the deployment's own files joined to it.
struct DeploymentLibrary: ProtocolLibrary {
    let configuration: Configuration
    var own: OwnFiles = .none

    func open(_ files: [String: [UInt8]], at now: UTCInstant) throws(ProtocolRefusal) -> OpenedProtocol {
        let loaded = try load(files)
        let served: ServedText
        do {
            served = try ServedText.make(
                loaded, files: ProtocolFiles(own.joined(to: files)),
                trust: configuration.isTraining ? nil : ServedText.trust(configuration), now: now)
        } catch {
            throw ProtocolRefusal(code: "protocol.unsigned", findings: ["\(error)"])
        }
        var opened = Self.opened(served.text, loaded)
        (opened.signatures, opened.warnings) = (served.signed, served.warnings)
        return opened
    }

    func read(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> OpenedProtocol {
        let loaded = try load(files)
        return Self.opened(forReading(loaded), loaded)
    }

    func reread(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> CompiledProtocol {
        // A copy is read by schemas and categories; neither is the deployment's own to say.
        forReading(try Self.load(files, isProven: true))
    }

    private func forReading(_ loaded: LoadedProtocol) -> CompiledProtocol {
        var text = loaded.served
        if configuration.isTraining { text.mode = .training }
        return text
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
    ) -> ProposalReport {
        let files = ProtocolFiles(own.joined(to: candidate))
        let result = ProtocolDirectory.load(files)
        var members = [JSONMember("check", CheckReport(result).json)]
        guard case .success(let loaded) = result else { return ProposalReport(json: .object(members)) }
        // Cases are about the text as it was written: a party of the deployment's own is a recipient more, which none expects.
        var written = (loaded, files)
        if case .success(let alone) = ProtocolDirectory.load(ProtocolFiles(candidate), isProven: true) {
            written = (alone, ProtocolFiles(candidate))
        }
        let cases = CaseReport(written.0, files: written.1)
        members.append(JSONMember("test", cases.json))
        members.append(JSONMember("difference", difference(to: loaded, from: current)))
        members.append(
            JSONMember("replay", decisions.map { ReplayReport(draft: loaded.served, bundle: $0).json } ?? .null))
        return ProposalReport(
            json: .object(members), casesFailed: cases.results.filter { !$0.passed }.map(\.name))
    }

    func joined(
        _ kept: [String: [UInt8]], with brought: [String: [UInt8]], of text: [String: [UInt8]], at now: UTCInstant
    ) throws(ProtocolRefusal) -> JoinedSignoff {
        let loaded = try load(text)
        let files = ProtocolFiles(own.joined(to: text))
        let trust: SignerTrust
        do { trust = try ServedText.trust(configuration) } catch {
            throw ProtocolRefusal(code: "protocol.unsigned", findings: ["\(error)"])
        }
        // A rule over texts is asked about the files of both, since either may hold the one that was signed before.
        let all = ProtocolFiles(files.contents.merging(kept.merging(brought) { mine, _ in mine }) { _, own in own })
        let rule = StandingSignature.rule(loaded, files: all)
        let join = SignoffJoin(
            kept, with: brought, of: loaded, files: files, trust: trust, now: now, gainsNothing: rule)
        guard !configuration.isTraining else { return JoinedSignoff(files: join.files) }
        let status = SignoffStatus(
            loaded, files: ProtocolFiles(files.contents.merging(join.files) { _, own in own }), trust: trust, now: now,
            gainsNothing: rule)
        return JoinedSignoff(files: join.files, signed: status.signed, faults: join.faults, status: status.json)
    }

    /// What changes against the version in force, in sentences; null when there is none, or it cannot be read any more.
    private func difference(to loaded: LoadedProtocol, from current: [String: [UInt8]]?) -> JSONValue {
        guard let current,
            case .success(let old) = ProtocolDirectory.load(ProtocolFiles(own.joined(to: current)), isProven: true)
        else { return .null }
        return ProtocolDifference(old: old, new: loaded).json
    }

    /// With the deployment's own files. Where a text brings prohibitions that the directory has otherwise, both count.
    private func load(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> LoadedProtocol {
        let loaded = try Self.load(own.joined(to: files))
        guard let rivals = own.rivals(in: files) else { return loaded }
        return loaded.narrowed(by: try Self.load(rivals, isProven: true).prohibitions)
    }

    private static func load(
        _ files: [String: [UInt8]], isProven: Bool = false
    ) throws(ProtocolRefusal) -> LoadedProtocol {
        switch ProtocolDirectory.load(ProtocolFiles(files), isProven: isProven) {
        case .success(let loaded): return loaded
        case .failure(let problems):
            throw ProtocolRefusal(code: "protocol.broken", findings: problems.errors.map(\.description))
        }
    }
}
