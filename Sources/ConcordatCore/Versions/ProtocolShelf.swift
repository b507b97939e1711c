import ConcordatDecision
package import ConcordatTerms
import Foundation
import Synchronization

/// Gets protocols out of the store: every archive is checked against its id, each time.
///
/// Looking at a proposal takes many seconds and is done on a thread of its own, one after the other. A hand-over that needs an
/// older text never waits behind that: it reads on another thread, in another line.
package final class ProtocolShelf: Sendable {
    // Bound: old texts kept ready for copies that were cut under them.
    private static let keptMax = 8
    /// How long before its time a scheduled version is opened, so that it comes into force at it; and for how long an opened
    /// one is good.
    static let aheadBy: Duration = .seconds(120)
    // Bound: versions opened ahead of their time.
    private static let readyMax = 2

    /// A scheduled version, opened ahead of its time.
    private struct Ready {
        let version: VersionID
        let signoff: VersionID?
        let at: UTCInstant
        let opened: OpenedProtocol
    }

    private let driver: any LedgerDriver
    private let registers: Registers
    package let library: any ProtocolLibrary
    // Two lines: what hand-overs read never waits for what admins propose.
    private let looking = Mutex(())
    private let reading = Mutex(())
    private let ready = Mutex<[Ready]>([])
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

    /// The version that the standing says is in force; nil before the first.
    package var versionInForce: ProtocolVersion? { registers.standing.version.flatMap { registers.version($0) } }

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

    /// The same with sign-off files of the directory joined to those that are kept; nil when that adds nothing, or they
    /// cannot be opened with it.
    ///
    /// - Parameter brought: of the same text.
    /// - Returns: the text, its files as they are kept from now on, and what does not verify among those brought.
    package func present(
        with brought: ProtocolArchive, at now: UTCInstant
    ) -> (text: TextInForce, files: ProposedFiles, faults: [String])? {
        let standing = registers.standing
        guard let id = standing.version, let version = registers.version(id), let kept = try? files(of: version),
            brought.files.contains(where: { kept.signoff?.files[$0.key] != $0.value }),
            let joined = try? join(brought, to: kept, at: now), joined.files.signoff != kept.signoff,
            let opened = try? open(joined.files, as: version, at: now)
        else { return nil }
        let text = TextInForce(opened, version: id, beside: beside(standing.beside, at: now))
        return (text, joined.files, joined.signoff.faults)
    }

    /// Sign-off files joined to those of a version.
    func join(
        _ brought: ProtocolArchive?, to kept: ProposedFiles, at now: UTCInstant
    ) throws(ProtocolRefusal) -> (files: ProposedFiles, signoff: JoinedSignoff) {
        let signoff = try library.joined(
            kept.signoff?.files ?? [:], with: brought?.files ?? [:], of: kept.text.files, at: now)
        do {
            let archive = signoff.files.isEmpty ? nil : try ProtocolArchive(files: signoff.files)
            return (ProposedFiles(text: kept.text, signoff: archive), signoff)
        } catch {
            throw ProtocolRefusal(code: "limit.body", findings: ["the sign-off files together are too much"])
        }
    }

    // MARK: ahead of its time

    /// Opens a scheduled version ahead of its time, so that nothing has to be loaded at it. What cannot be opened is left:
    /// at its time it is tried again, and turned down.
    func prepare(_ version: ProtocolVersion, at start: UTCInstant, now: UTCInstant) async {
        guard prepared(version, at: start) == nil else { return }
        let opened = await apart { [self] () -> OpenedProtocol? in
            guard let files = try? files(of: version) else { return nil }
            return try? begin(files, as: version, at: start)
        }
        guard let opened else { return }
        ready.withLock { ready in
            ready.removeAll { $0.version == version.id }
            ready.append(Ready(version: version.id, signoff: version.signoff, at: start, opened: opened))
            if ready.count > Self.readyMax { ready.removeFirst() }
        }
    }

    /// What was opened ahead for a start not long ago, with the sign-off the version has now.
    func prepared(_ version: ProtocolVersion, at now: UTCInstant) -> OpenedProtocol? {
        ready.withLock { ready in
            ready.first {
                $0.version == version.id && $0.signoff == version.signoff && now >= $0.at
                    && now < $0.at + Self.aheadBy && now.date == $0.at.date
            }?.opened
        }
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
        let text = await onThread { [self] () -> CompiledProtocol? in
            reading.withLock { _ in
                // Whoever was before in the line may have fetched it.
                if let found = kept.withLock({ $0.first { $0.digest == digest } }) { return found.text }
                guard let files = try? files(of: version).files, let text = try? library.reread(files) else {
                    return nil
                }
                return text.digest == digest ? text : nil
            }
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
        await onThread { [self] in looking.withLock { _ in work() } }
    }

    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { done in
            let thread = Thread { done.resume(returning: work()) }
            thread.name = "concordat-protocols"
            thread.start()
        }
    }
}
