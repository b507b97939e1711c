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
    let schemas: [MessageName: [UInt8]]

    /// Opens keys, store and protocol, in that order; nothing listens yet.
    ///
    /// - Throws: ``Complaint`` or an error that says what to do. Nothing is half open then.
    static func open(_ configuration: Configuration, logger: Logger) async throws -> OpenGateway {
        let now = GatewayClock.judging(from: configuration.clock)
        let files = try LoadedDirectory.files(
            configuration.protocolDirectory, parties: configuration.partiesDirectory)
        let loaded = try LoadedDirectory.load(
            configuration.protocolDirectory, parties: configuration.partiesDirectory)
        let served = try ServedText.make(
            loaded, files: files, trust: configuration.isTraining ? nil : ServedText.trust(configuration), now: now())
        let text = served.text
        for warning in served.warnings { logger.warning("protocol: needs attention", metadata: ["what": "\(warning)"]) }
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
        let writer = try BatchWriter(
            driver: ledger, image: image, signer: signer, registerKey: keyring.registerKey,
            freeBytesReserve: configuration.reserveFreeBytes,
            chores: LedgerChores(rememberFor: configuration.settings.rememberFor), now: now)
        let sequencer = Sequencer(writer: writer, registers: registers, logger: logger) { reason in
            // Nobody can tell what is on disk after a failed sync; a restart reads what is there.
            StandardError.write("the store cannot be trusted any more (\(reason)); stopping")
            exit(70)
        }
        let gateway = Gateway(
            house: House(
                deployment: configuration.deployment, version: Concordat.version, text: text, registers: registers,
                ledger: sequencer, driver: ledger, keyring: keyring, settings: configuration.settings, now: now,
                logger: logger))
        try await gateway.open(signed: served.signed)
        return OpenGateway(gateway: gateway, ledger: ledger, schemas: loaded.schemas.mapValues { $0.serialized() })
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
