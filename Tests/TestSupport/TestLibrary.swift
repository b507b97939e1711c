package import ConcordatCore
package import ConcordatDecision
import ConcordatJSON
package import ConcordatTerms
import Synchronization

/// A library of texts made by hand: the file `text` of a proposal names one of them.
package final class TestLibrary: ProtocolLibrary {
    private let texts: [String: CompiledProtocol]
    /// Whether only signed texts may come into force.
    private let isLive: Bool
    private let broken = Mutex<Set<String>>([])
    private let rereads = Mutex(0)
    private let opens = Mutex(0)
    private let whileLooking = Mutex<(@Sendable () -> Void)?>(nil)

    package init(_ texts: [String: CompiledProtocol], isLive: Bool = false) {
        (self.texts, self.isLive) = (texts, isLive)
    }

    /// From now on the text of that name does not load.
    package func spoil(_ name: String) { broken.withLock { _ = $0.insert(name) } }

    /// What an admin sends to propose the text of that name.
    package static func archive(_ name: String, isSigned: Bool = false) throws -> ProtocolArchive {
        var files = ["text": Array(name.utf8)]
        if isSigned { files["signoff/all"] = [1] }
        return try ProtocolArchive(files: files)
    }

    package func open(_ files: [String: [UInt8]], at now: UTCInstant) throws(ProtocolRefusal) -> OpenedProtocol {
        opens.withLock { $0 += 1 }
        var opened = try read(files)
        guard isLive else { return opened }
        opened.text.signed = Self.signed(files)
        guard opened.text.signed?.isEmpty == false else { throw ProtocolRefusal(code: "protocol.unsigned") }
        return opened
    }

    package func read(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> OpenedProtocol {
        let name = String(decoding: files["text"] ?? [], as: UTF8.self)
        guard let text = texts[name], !broken.withLock({ $0.contains(name) }) else {
            throw ProtocolRefusal(code: "protocol.broken", findings: ["text:1:1: no such text"])
        }
        return OpenedProtocol(text: text)
    }

    package func reread(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> CompiledProtocol {
        rereads.withLock { $0 += 1 }
        return try read(files).text
    }

    /// A file `signoff/<party>` is a signature of that party; one that says `forged` is none.
    package func joined(
        _ kept: [String: [UInt8]], with brought: [String: [UInt8]], of text: [String: [UInt8]], at now: UTCInstant
    ) throws(ProtocolRefusal) -> JoinedSignoff {
        let forged = brought.filter { $0.value == Self.forged }
        let files = kept.merging(brought) { mine, theirs in theirs == Self.forged ? mine : theirs }
        return JoinedSignoff(
            files: files, signed: isLive ? Self.signed(files) : nil, faults: forged.keys.sorted(),
            status: .string("\(files.count) signed"))
    }

    /// What stands for a signature that does not verify.
    package static let forged = Array("forged".utf8)

    private static func signed(_ files: [String: [UInt8]]) -> Set<PartyID> {
        let names = files.filter { $0.key.hasPrefix("signoff/") && $0.value != forged }.keys.map { $0.dropFirst(8) }
        guard !names.contains("all") else { return ["police", "hub", "unit"] }
        return Set(names.compactMap { PartyID(String($0)) })
    }

    package func report(
        on candidate: [String: [UInt8]], against current: [String: [UInt8]]?, replaying decisions: ReplayBundle?,
        at now: UTCInstant
    ) -> ProposalReport {
        whileLooking.withLock { $0 }?()
        return ProposalReport(
            json: ["looked-at": .string(String(decoding: candidate["text"] ?? [], as: UTF8.self))],
            casesFailed: candidate["cases-failed"].map { [String(decoding: $0, as: UTF8.self)] } ?? [])
    }

    /// Has `work` done while a proposal is looked at.
    package func whileLooking(_ work: @escaping @Sendable () -> Void) { whileLooking.withLock { $0 = work } }

    /// How often an older text was read again, and how often one was opened.
    package var readAgain: Int { rereads.withLock { $0 } }
    package var opened: Int { opens.withLock { $0 } }
}
