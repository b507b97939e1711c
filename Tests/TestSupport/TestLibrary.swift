package import ConcordatCore
package import ConcordatDecision
package import ConcordatJSON
package import ConcordatTerms
import Synchronization

/// A library of texts made by hand: the file `text` of a proposal names one of them.
package final class TestLibrary: ProtocolLibrary {
    private let texts: [String: CompiledProtocol]
    /// Whether only signed texts may come into force.
    private let isLive: Bool
    private let broken = Mutex<Set<String>>([])

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
        let opened = try read(files)
        guard !isLive || files["signoff/all"] != nil else { throw ProtocolRefusal(code: "protocol.unsigned") }
        return opened
    }

    package func read(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> OpenedProtocol {
        let name = String(decoding: files["text"] ?? [], as: UTF8.self)
        guard let text = texts[name], !broken.withLock({ $0.contains(name) }) else {
            throw ProtocolRefusal(code: "protocol.broken", findings: ["text:1:1: no such text"])
        }
        return OpenedProtocol(text: text)
    }

    package func report(
        on candidate: [String: [UInt8]], against current: [String: [UInt8]]?, replaying decisions: ReplayBundle?,
        at now: UTCInstant
    ) -> JSONValue { ["looked-at": .string(String(decoding: candidate["text"] ?? [], as: UTF8.self))] }
}
