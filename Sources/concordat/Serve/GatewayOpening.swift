import ConcordatCore
import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatProtocols
import ConcordatStore
import ConcordatTerms
import Foundation
import Logging

/// A gateway opened over its store, with what its planes need beside it.
struct OpenGateway: Sendable {
    let gateway: Gateway
    let ledger: SQLiteLedger

    /// Opens keys, store and protocol, in that order; nothing listens yet.
    ///
    /// - Throws: ``Complaint`` or an error that says what to do. Nothing is half open then.
    static func open(_ configuration: Configuration, logger: Logger) async throws -> OpenGateway {
        let now = GatewayClock.judging(from: configuration.clock)
        let keyring = try FileKeyring(folder: configuration.keysDirectory)
        let signer = try NoteSigner(
            name: configuration.logOrigin,
            privateKey: try Ed25519PrivateKey(seed: try FileKeyring.read(configuration.keysDirectory + "/log.key")))
        let ledger = try SQLiteLedger(
            path: configuration.storePath,
            identity: SQLiteLedger.Identity(
                deployment: configuration.deployment, logKey: "\(signer.verifierKey)", registerKey: keyring.registerKey)
        )
        let image = try ledger.load()
        try check(image, against: signer.verifierKey)
        let registers = try Gateway.registers(from: image, keyring: keyring)
        let unreadable = Gateway.unreadableVersions(in: image)
        if unreadable > 0 {
            logger.error(
                "protocol: versions cannot be read and are left out; restore the store from a backup",
                metadata: ["versions": "\(unreadable)"])
        }
        let directory = try Directory(configuration, registers: registers)
        let library = DeploymentLibrary(configuration: configuration, own: directory.own)
        let shelf = ProtocolShelf(driver: ledger, registers: registers, library: library)
        let (adopted, inForce) = try text(configuration, directory, shelf: shelf, now: now())
        note(inForce, directory, shelf, logger)
        let writer = try BatchWriter(
            driver: ledger, image: image, signer: signer, registerKey: keyring.registerKey,
            freeBytesReserve: configuration.reserveFreeBytes,
            chores: LedgerChores(
                rememberFor: configuration.settings.rememberFor, replayFor: configuration.settings.replayFor), now: now)
        let sequencer = Sequencer(writer: writer, registers: registers, logger: logger) { reason in
            // Nobody can tell what is on disk after a failed sync; a restart reads what is there.
            StandardError.write("the store cannot be trusted any more (\(reason)); stopping")
            exit(70)
        }
        let gateway = Gateway(
            house: House(
                deployment: configuration.deployment, version: Concordat.version, inForce: inForce,
                registers: registers,
                ledger: sequencer, driver: ledger, keyring: keyring, library: library,
                settings: configuration.settings, now: now,
                logger: logger))
        try await gateway.open(adopting: adopted, own: try directory.own.archive())
        // Order matters: what was to come into force while the gateway was down does so before anything is served.
        await gateway.protocols.activateDue()
        return OpenGateway(gateway: gateway, ledger: ledger)
    }

    /// What lies in the directories of the configuration when the gateway starts.
    private struct Directory {
        /// Nil when it cannot be read, which is no harm once the store knows a version and nothing of it was in use.
        let proposed: ProposedFiles?
        let own: OwnFiles
        /// What a first start says when there is none.
        let fault: (any Error)?

        init(_ configuration: Configuration, registers: Registers) throws {
            let files: [String: [UInt8]]
            do {
                files = try LoadedDirectory.files(configuration.protocolDirectory).contents
                proposed = try ProposedFiles(try ProtocolArchive(files: files))
                fault = nil
            } catch {
                // What parties prohibit stands there: where something did, not to know it is not to know what may be shared.
                guard registers.standing.version != nil, registers.standing.own == nil else {
                    throw error is ProtocolArchive.Fault
                        ? Complaint(
                            "`\(configuration.protocolDirectory)` holds too much, or a path that no archive takes")
                        : error
                }
                (proposed, own, fault) = (nil, try OwnFiles(configuration, directory: [:]), error)
                return
            }
            own = try OwnFiles(configuration, directory: files)
        }
    }

    /// What is in force: what the store says, with sign-off files of the directory joined when it is the same text; for a store
    /// that knows no version yet, the directory's text, which must load and be signed. The deployment's own files are joined
    /// to either; where they cannot be, the gateway does not start.
    private static func text(
        _ configuration: Configuration, _ directory: Directory, shelf: ProtocolShelf, now: UTCInstant
    ) throws -> (adopted: ProposedFiles?, TextInForce) {
        if let present = shelf.present(at: now) {
            if present.lack != nil { try refuseOwn(configuration, directory, shelf, now) }
            guard let there = directory.proposed, let signoff = there.signoff, isSameText(there, shelf),
                let joined = shelf.present(with: signoff, at: now)
            else { return (nil, present) }
            for fault in joined.faults { StandardError.write("signoff: not joined: \(fault)") }
            return (joined.files, joined.text)
        }
        guard let there = directory.proposed else { throw directory.fault ?? Complaint("there is no protocol") }
        do throws(ProtocolRefusal) {
            return (there, TextInForce(try shelf.library.open(there.files, at: now), version: there.text.id))
        } catch {
            for finding in error.findings { StandardError.write(finding) }
            throw Complaint("`\(configuration.protocolDirectory)` cannot come into force (\(error.code)); see above")
        }
    }

    /// Does not let a gateway start whose own files are what keeps its text from being in force: to go on without them would
    /// share what a party prohibits, and to refuse every message would hide why.
    private static func refuseOwn(
        _ configuration: Configuration, _ directory: Directory, _ shelf: ProtocolShelf, _ now: UTCInstant
    ) throws {
        guard !directory.own.isEmpty, let version = shelf.versionInForce,
            let files = try? shelf.files(of: version).files,
            (try? DeploymentLibrary(configuration: configuration).open(files, at: now)) != nil
        else { return }
        do throws(ProtocolRefusal) { _ = try shelf.library.open(files, at: now) } catch {
            for finding in error.findings { StandardError.write(finding) }
            throw Complaint(
                "the deployment's own parties and prohibitions do not fit the text in force, \(version.reference); see above"
            )
        }
    }

    /// Whether the directory holds the text in force, what parties prohibit apart.
    private static func isSameText(_ there: ProposedFiles, _ shelf: ProtocolShelf) -> Bool {
        guard let version = shelf.versionInForce else { return false }
        if version.id == there.text.id { return true }
        guard let kept = try? shelf.files(of: version) else { return false }
        return OwnFiles.isSameText(kept.text.files, there.text.files)
    }

    /// Says what is in force, and when the directory of the configuration holds something else.
    private static func note(_ inForce: TextInForce, _ directory: Directory, _ shelf: ProtocolShelf, _ logger: Logger) {
        if let lack = inForce.lack {
            logger.error(
                "protocol: none is in force; every message is refused",
                metadata: ["version": "\(lack.version ?? "none")", "code": "\(lack.code)"])
            return
        }
        logger.notice("protocol: in force", metadata: ["protocol": "\(inForce.reference)"])
        for warning in inForce.opened.warnings {
            logger.warning("protocol: needs attention", metadata: ["what": "\(warning)"])
        }
        for path in directory.own.parties.keys.sorted() + directory.own.prohibitions.keys.sorted() {
            logger.notice("protocol: joined from the deployment's own files", metadata: ["file": "\(path)"])
        }
        guard let there = directory.proposed, shelf.versionInForce != nil, !isSameText(there, shelf) else { return }
        logger.notice(
            "protocol: the directory of the configuration holds another version; propose it to have it in force",
            metadata: ["directory-version": "\(there.text.id)"])
    }

    /// The tree in the store must be the one its newest checkpoint was signed over.
    private static func check(_ image: LedgerImage, against key: NoteVerifierKey) throws {
        guard let bytes = image.checkpoint, let frontier = image.frontier else {
            guard image.checkpoint == nil, image.frontier == nil else { throw Complaint("the store has half a log") }
            return
        }
        let verified = try VerifiedCheckpoint(try SignedNote(parsing: bytes), logKey: key)
        let tree = try TreeFrontier(restoring: frontier)
        guard tree.size == verified.checkpoint.size, tree.root == verified.checkpoint.root else {
            throw Complaint("the log in the store is not the one its newest checkpoint was signed over; restore it")
        }
    }
}
