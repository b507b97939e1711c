import ConcordatCrypto
import ConcordatTerms
import Foundation

/// People's certificates made by the openssl tool once a run, good from 2025 to 2045: for each party of the tiny protocol
/// a `chief` and a `dpo`, and a root of the same name that nobody trusts.
struct SignoffWorkshop: Sendable {
    static let shared = SignoffWorkshop()
    static let deployment = "tiny-deployment"
    static let parties: [PartyID] = ["some-police", "the-hub", "some-prison", "other-prison", "new-police"]
    private let folder: URL

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appendingPathComponent(name))) }

    func trust(_ root: String = "root.pem") throws -> SignerTrust {
        try SignerTrust(deployment: Self.deployment, authorities: bytes(root), revocationLists: nil)
    }

    /// A signature by `some-police.chief` and the like.
    func sign(_ content: [UInt8], as person: String, at time: UTCInstant) throws -> [UInt8] {
        try CMSSignature.sign(content, certificate: bytes("\(person).pem"), key: bytes("\(person).key"), at: time)
    }

    private init() {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("signoff-" + UUID().uuidString)
        self.folder = folder
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let people = Self.parties.flatMap { ["\($0).chief", "\($0).dpo"] }.joined(separator: " ")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "exec > log 2>&1\npeople='\(people)'\n" + Self.script]
            process.currentDirectoryURL = folder
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                let log = try String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)
                fatalError("openssl could not make the signers:\n\(log)")
            }
        } catch { fatalError("cannot make the signers: \(error)") }
        signoffWorkshopFolder = folder.path
        atexit { try? FileManager.default.removeItem(atPath: signoffWorkshopFolder) }
    }

    private static let script = #"""
        set -eu
        cat > ca.cnf <<END
        [ca]
        default_ca = root
        [root]
        database = index
        new_certs_dir = .
        serial = serial
        default_md = sha256
        policy = any
        unique_subject = no
        certificate = root.pem
        private_key = root.key
        [any]
        commonName = supplied
        [req]
        distinguished_name = dn
        prompt = no
        [dn]
        commonName = unnamed
        [authority]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid:always
        END
        : > index; echo 1000 > serial
        key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
        always="-startdate 20250101000000Z -enddate 20450101000000Z"
        key root.key; key stranger.key
        openssl req -new -key root.key -subj /CN=root -config ca.cnf -out root.csr
        openssl ca -batch -notext -config ca.cnf -selfsign -extensions authority $always -in root.csr -out root.pem
        openssl req -x509 -new -key stranger.key -subj /CN=root -config ca.cnf -extensions authority -days 900 -out stranger.pem
        for person in $people; do
            key $person.key
            { echo "basicConstraints = critical,CA:FALSE"; echo "keyUsage = critical,digitalSignature"
              echo "extendedKeyUsage = clientAuth,emailProtection"; echo "subjectKeyIdentifier = hash"
              echo "authorityKeyIdentifier = keyid:always"
              echo "subjectAltName = URI:urn:concordat:tiny-deployment:person:${person%.*}:${person##*.}"; } > $person.ext
            openssl req -new -key $person.key -subj /CN=person -config ca.cnf -out $person.csr
            openssl ca -batch -notext -config ca.cnf -in $person.csr -extfile $person.ext $always -out $person.pem
        done
        """#
}

/// Where `atexit` finds the folder: a C callback captures nothing. Written once, before it is registered.
nonisolated(unsafe) private var signoffWorkshopFolder = ""
