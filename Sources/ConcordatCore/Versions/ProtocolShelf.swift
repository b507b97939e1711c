import ConcordatDecision
package import ConcordatTerms
import Foundation
import Synchronization

/// Gets protocols out of the store: every archive is checked against its id, each time.
///
/// Loading takes seconds and is done on a thread of its own, one after the other, so that no request waits behind it.
package final class ProtocolShelf: Sendable {
    // Bound: old texts kept ready for copies that were cut under them.
    private static let keptMax = 8

    private let driver: any LedgerDriver
    private let registers: Registers
    package let library: any ProtocolLibrary
    private let turn = Mutex(())
    private let kept = Mutex<[(digest: String, text: CompiledProtocol)]>([])

    package init(driver: any LedgerDriver, registers: Registers, library: any ProtocolLibrary) {
        (self.driver, self.registers, self.library) = (driver, registers, library)
    }

    /// The files of a version, with its sign-off as it stands.
    ///
    /// - Throws: `protocol.tampered` when the store does not hold what the ids say.
    package func files(of version: ProtocolVersion) throws(ProtocolRefusal) -> ProposedFiles {
        let text = try archive(version.id)
        let signoff: ProtocolArchive?
        if let id = version.signoff { signoff = try archive(id) } else { signoff = nil }
        return ProposedFiles(text: text, signoff: signoff)
    }

    private func archive(_ id: VersionID) throws(ProtocolRefusal) -> ProtocolArchive {
        let bytes: [UInt8]?
        do { bytes = try driver.archive(id) } catch { throw ProtocolRefusal(code: "store.unavailable") }
        guard let bytes, let archive = ProtocolArchive(kept: bytes, as: id) else {
            throw ProtocolRefusal(
                code: "protocol.tampered", findings: ["the store does not hold what the id says; restore it"])
        }
        return archive
    }

    /// A version as it would be in force at `now`: its archive, its text's digest and its sign-off are checked again.
    package func open(_ version: ProtocolVersion, at now: UTCInstant) throws(ProtocolRefusal) -> OpenedProtocol {
        try open(try files(of: version), as: version, at: now)
    }

    /// The same with files in hand, the version's own or with other sign-off.
    func open(_ files: ProposedFiles, as version: ProtocolVersion, at now: UTCInstant) throws(ProtocolRefusal)
        -> OpenedProtocol
    {
        let opened = try library.open(files.files, at: now)
        guard opened.text.digest == version.digest else {
            throw ProtocolRefusal(code: "protocol.tampered", findings: ["its text is not the one that was proposed"])
        }
        return opened
    }

    /// The same, and within its period at `now`.
    func begin(_ files: ProposedFiles, as version: ProtocolVersion, at now: UTCInstant) throws(ProtocolRefusal)
        -> OpenedProtocol
    {
        let opened = try open(files, as: version, at: now)
        guard now.date >= opened.text.period.from else { throw ProtocolRefusal(code: "protocol.not-yet") }
        guard now.date <= opened.text.period.until else { throw ProtocolRefusal(code: "protocol.lapsed") }
        return opened
    }

    /// What the standing says is in force, opened and checked again; nil before there was ever a version.
    ///
    /// What cannot be opened any more is not in force, and nothing is in its place: the value says which and why.
    package func present(at now: UTCInstant) -> TextInForce? {
        let standing = registers.standing
        guard let id = standing.version else { return nil }
        guard let version = registers.version(id) else {
            return .none(TextInForce.Lack(version: nil, code: "protocol.tampered"))
        }
        do throws(ProtocolRefusal) {
            let opened = try open(version, at: now)
            return TextInForce(opened, version: id, beside: beside(standing.beside, at: now))
        } catch {
            return .none(TextInForce.Lack(version: "\(version.name)@\(version.version)", code: error.code))
        }
    }

    /// The same with newer sign-off files, when `files` are the text of the version in force and those can be opened with it.
    package func present(with files: ProposedFiles, at now: UTCInstant) -> TextInForce? {
        let standing = registers.standing
        guard let id = standing.version, id == files.text.id, let version = registers.version(id),
            let signoff = files.signoff, signoff.id != version.signoff,
            let opened = try? open(files, as: version, at: now)
        else { return nil }
        return TextInForce(opened, version: id, beside: beside(standing.beside, at: now))
    }

    /// A version beside that cannot be opened any more is not taken any more.
    private func beside(_ held: Standing.Beside?, at now: UTCInstant) -> TextInForce.Beside? {
        guard let held, now < held.until, let version = registers.version(held.version),
            let opened = try? open(version, at: now)
        else { return nil }
        return TextInForce.Beside(opened: opened, version: held.version, until: held.until)
    }

    /// The text with that digest, in force or not, to read what was cut under it. Nil when it cannot be had any more.
    func text(digest: String) async -> CompiledProtocol? {
        let present = registers.footing.text
        if present.text.digest == digest { return present.text }
        if let beside = present.beside, beside.opened.text.digest == digest { return beside.opened.text }
        if let found = kept.withLock({ $0.first { $0.digest == digest } }) { return found.text }
        // Versions that share a digest differ in their parties alone, which no copy is read by.
        guard let version = registers.versions.values.first(where: { $0.digest == digest }) else { return nil }
        let text = await apart { [self] () -> CompiledProtocol? in
            guard let files = try? files(of: version).files, let opened = try? library.read(files) else { return nil }
            return opened.text.digest == digest ? opened.text : nil
        }
        guard let text else { return nil }
        kept.withLock { kept in
            guard !kept.contains(where: { $0.digest == digest }) else { return }
            kept.append((digest, text))
            if kept.count > Self.keptMax { kept.removeFirst() }
        }
        return text
    }

    /// Does long work on a thread of its own, one piece at a time.
    func apart<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { done in
            let thread = Thread { [self] in done.resume(returning: turn.withLock { _ in work() }) }
            thread.name = "concordat-protocols"
            thread.start()
        }
    }
}
