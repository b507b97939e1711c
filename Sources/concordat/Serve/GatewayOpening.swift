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
        let library = DeploymentLibrary(configuration: configuration)
        let shelf = ProtocolShelf(driver: ledger, registers: registers, library: library)
        let (adopted, inForce) = try text(configuration, shelf: shelf, now: now())
        note(inForce, adopted, logger)
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
        try await gateway.open(adopting: adopted)
        return OpenGateway(gateway: gateway, ledger: ledger)
    }

    /// What is in force: what the store says, with newer sign-off files from the directory when it is the same text; for a
    /// store that knows no version yet, the directory's text, which must load and be signed.
    private static func text(
        _ configuration: Configuration, shelf: ProtocolShelf, now: UTCInstant
    ) throws -> (adopted: ProposedFiles?, TextInForce) {
        let present = shelf.present(at: now)
        let there: ProposedFiles
        do {
            there = try ProposedFiles(
                try ProtocolArchive(
                    files: try LoadedDirectory.files(
                        configuration.protocolDirectory, parties: configuration.partiesDirectory
                    ).contents))
        } catch {
            // Once there is a version the directory is only where another may come from.
            if let present { return (nil, present) }
            throw error is ProtocolArchive.Fault
                ? Complaint("`\(configuration.protocolDirectory)` holds too much, or a path that no archive takes")
                : error
        }
        if let present {
            guard let again = shelf.present(with: there, at: now) else { return (there, present) }
            return (there, again)
        }
        do throws(ProtocolRefusal) {
            return (there, TextInForce(try shelf.library.open(there.files, at: now), version: there.text.id))
        } catch {
            for finding in error.findings { StandardError.write(finding) }
            throw Complaint("`\(configuration.protocolDirectory)` cannot come into force (\(error.code)); see above")
        }
    }

    /// Says what is in force, and when the directory of the configuration holds something else.
    private static func note(_ inForce: TextInForce, _ there: ProposedFiles?, _ logger: Logger) {
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
        guard let there, there.text.id != inForce.version else { return }
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
