import ConcordatCrypto
import ConcordatLog
import ConcordatProtocols
import ConcordatStore
import ConcordatTerms
import Foundation

/// Makes the directory of a deployment: authority, certificates, keys, protocol and configuration.
struct DeploymentMaker {
    let directory: String
    let deployment: String
    let protocolDirectory: String
    let host: String
    let dataPort: Int
    let deskPort: Int
    let localPort: Int
    /// `training` or `live`.
    let mode: String
    /// Written into the configuration of a training deployment.
    var clock: UTCInstant?

    static let adminParty = "gateway"
    static let admins = ["admin-1", "admin-2"]
    /// The deployment's data-protection officer; the certificate is made on request.
    static let officer = "dpo"

    /// The log's name, which its key carries for ever.
    var origin: String { "\(deployment).concordat.example/log" }

    /// Makes everything, in a directory that must not hold anything yet.
    func make() throws {
        let manager = FileManager.default
        if let there = try? manager.contentsOfDirectory(atPath: directory), !there.isEmpty {
            throw Complaint("`\(directory)` is not empty; name a new directory")
        }
        guard manager.fileExists(atPath: protocolDirectory + "/protocol.yaml") else {
            throw Complaint("there is no `\(protocolDirectory)/protocol.yaml`; name the directory of a protocol")
        }
        try folder("")
        try folder("keys/days")
        try folder("data")
        try manager.copyItem(atPath: protocolDirectory, toPath: directory + "/protocol")
        try copyShared()
        try authority(["init", directory, deployment])
        try authority(["gateway", directory, deployment, host, "localhost"])
        for admin in Self.admins { try authority(["person", directory, deployment, Self.adminParty, admin]) }
        try keys()
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory + "/concordat.yaml"))
    }

    /// The files that the protocol shares with others lie beside it, and so beside the copy.
    private func copyShared() throws {
        for (path, bytes) in try LoadedDirectory.files(protocolDirectory).contents where path.hasPrefix("../") {
            let place = URL(fileURLWithPath: directory).appendingPathComponent(String(path.dropFirst(3)))
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: place)
        }
    }

    /// Runs the deployment's own authority, which keeps its script beside its certificates.
    func authority(_ arguments: [String]) throws {
        let kept = directory + "/authority/authority.sh"
        guard !FileManager.default.fileExists(atPath: kept) else {
            try Subprocess.run("sh", [kept] + arguments)
            return
        }
        let script = directory + "/authority.sh"
        try Data(PackageResources.authority_sh).write(to: URL(fileURLWithPath: script))
        defer { try? FileManager.default.removeItem(atPath: script) }
        try Subprocess.run("sh", [script] + arguments)
    }

    private func folder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory + "/" + name, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func keys() throws {
        for name in ["log", "webhook", "pseudonym", "register"] {
            try FileKeyring.write(try SecureRandom.bytes(32), to: "\(directory)/keys/\(name).key")
        }
        let signer = try NoteSigner(
            name: origin, privateKey: try Ed25519PrivateKey(seed: try FileKeyring.read(directory + "/keys/log.key")))
        try Data("\(signer.verifierKey)\n".utf8).write(to: URL(fileURLWithPath: directory + "/keys/log.vkey"))
    }

    private var configuration: String {
        """
        # Configuration of the deployment `\(deployment)`. Paths are relative to this file. docs/operations.md says what each
        # setting does and what its bounds are.
        deployment: \(deployment)
        mode: \(mode)
        protocol: protocol
        store: {path: data/concordat.sqlite}
        keys: {directory: keys}
        log: {origin: \(origin)}
        data-plane:
          listen: "\(host):\(dataPort)"
          certificate: tls/gateway.chain.crt
          key: tls/gateway.key
          trust: authority/trust.pem
          crl: authority/crl.pem
        desk:
          listen: "\(host):\(deskPort)"
          certificate: tls/gateway.chain.crt
          key: tls/gateway.key
          trust: authority/trust.pem
          crl: authority/crl.pem
          officers:
        \((Self.admins + [Self.officer]).map { "    - {party: \(Self.adminParty), id: \($0), of: deployment}" }.joined(separator: "\n"))
          # Who may change the protocol and stop things; what one proposes another approves.
          admins:
        \(Self.admins.map { "    - {party: \(Self.adminParty), id: \($0)}" }.joined(separator: "\n"))
        local: {listen: "127.0.0.1:\(localPort)"}
        delivery:
          # Networks the gateway may call, and the webhooks of parties that want to be called. Without one a party pulls.
          allow: []
          endpoints: {}
          lease: PT1M
        limits:
          messages-per-second-per-party: 200
        \(clock.map { "clock: \"\($0)\"" } ?? "# clock is for training only")
        reserve-free-bytes: 104857600

        """
    }
}
