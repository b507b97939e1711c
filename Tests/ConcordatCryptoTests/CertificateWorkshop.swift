import Foundation

/// Certificates, keys and revocation lists made by the openssl tool in a temporary directory, once a test run.
///
/// A root signs one intermediate, which signs the peers; a second root stands for everybody else. Keys never leave the
/// directory, which is removed when the process ends.
struct CertificateWorkshop: Sendable {
    static let shared = CertificateWorkshop()
    static let deployment = "test-deployment"
    let directory: String

    /// The bytes of a file the script made, for example `police.pem`.
    func bytes(_ name: String) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path(name)) else { fatalError("no \(name) was made") }
        return Array(data)
    }

    func path(_ name: String) -> String { directory + "/" + name }

    /// Runs a command line in the directory; its exit code and all it printed.
    @discardableResult
    func run(_ commandLine: String) -> (code: Int32, output: String) {
        let log = path("run-" + UUID().uuidString + ".log")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Into a file: another test's long-lived child could hold a pipe's end open.
        process.arguments = ["-c", "exec > '\(log)' 2>&1\n" + commandLine]
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardInput = FileHandle.nullDevice
        do { try process.runWithOpenSignals() } catch { fatalError("cannot run sh: \(error)") }
        process.waitUntilExit()
        let printed = FileManager.default.contents(atPath: log) ?? Data()
        return (process.terminationStatus, String(decoding: printed, as: UTF8.self))
    }

    private init() {
        directory = FileManager.default.temporaryDirectory.path + "/workshop-" + UUID().uuidString
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { fatalError("cannot make \(directory): \(error)") }
        let (code, output) = run(Self.script)
        guard code == 0 else { fatalError("openssl could not make the certificates:\n\(output)") }
        workshopDirectory = directory
        atexit { try? FileManager.default.removeItem(atPath: workshopDirectory) }
    }

    /// Files made, for each peer: `<name>.pem` (with the intermediate), `<name>.key`.
    /// Lists: `crls.pem` (both), `root.crl`, `agencies.crl`, and `stale.crl` (agencies', nextUpdate 2026-01-02T00:00:00Z).
    private static let script = #"""
        set -eu
        config() { cat > "$1.cnf" <<END
        [ca]
        default_ca = this
        [this]
        database = $1.index
        new_certs_dir = .
        serial = $1.serial
        crlnumber = $1.crlnumber
        default_md = sha256
        default_days = 300
        default_crl_days = 30
        policy = any
        unique_subject = no
        crl_extensions = crl
        certificate = $1.ca.pem
        private_key = $1.ca.key
        [any]
        commonName = supplied
        [crl]
        authorityKeyIdentifier = keyid:always
        [req]
        distinguished_name = dn
        prompt = no
        [dn]
        commonName = $1
        [authority]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid:always
        END
        : > "$1.index"; echo 1000 > "$1.serial"; echo 01 > "$1.crlnumber"; }
        key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
        root() { config "$1"; key "$1.ca.key"
            openssl req -x509 -new -key "$1.ca.key" -config "$1.cnf" -extensions authority -days 900 -out "$1.ca.pem"; }
        # peer NAME AUTHORITY SAN USAGE [ca options]
        peer() { name=$1; by=$2; san=$3; usage=$4; shift 4; key "$name.key"
            { echo "basicConstraints = critical,CA:FALSE"; echo "keyUsage = critical,digitalSignature"
              echo "extendedKeyUsage = $usage"; echo "subjectKeyIdentifier = hash"
              echo "authorityKeyIdentifier = keyid:always"; test -z "$san" || echo "subjectAltName = $san"; } > "$name.ext"
            openssl req -new -key "$name.key" -subj "/CN=$name" -config "$by.cnf" -out "$name.csr"
            openssl ca -batch -notext -config "$by.cnf" -in "$name.csr" -extfile "$name.ext" -out "$name.leaf.pem" "$@"
            cat "$name.leaf.pem" "$by.ca.pem" > "$name.pem"; }
        root root
        root stranger
        config agencies; key agencies.ca.key
        openssl req -new -key agencies.ca.key -config agencies.cnf -out agencies.csr
        # Longer than a peer's: it was there first, and must not end first.
        openssl ca -batch -notext -config root.cnf -extfile root.cnf -extensions authority -in agencies.csr \
            -days 600 -out agencies.ca.pem
        both=serverAuth,clientAuth
        urn=urn:concordat:test-deployment
        peer gateway agencies "URI:$urn:party:gateway,DNS:localhost,IP:127.0.0.1" $both
        peer police agencies "URI:$urn:party:police,DNS:localhost,IP:127.0.0.1" $both
        peer person agencies "URI:$urn:person:police:asha" clientAuth
        peer revoked agencies "URI:$urn:party:revoked,DNS:localhost" $both
        peer doomed agencies "URI:$urn:party:doomed" $both
        peer expired agencies "URI:$urn:party:expired,DNS:localhost" $both -startdate 20250101000000Z -enddate 20250201000000Z
        peer stranger-police stranger "URI:$urn:party:police,DNS:localhost" $both
        peer no-uri agencies "DNS:localhost" $both
        peer two-uris agencies "URI:$urn:party:police,URI:$urn:party:hub" $both
        peer elsewhere agencies "URI:urn:concordat:elsewhere:party:police" $both
        peer server-only agencies "URI:$urn:party:police" serverAuth
        openssl ca -config agencies.cnf -revoke revoked.leaf.pem
        openssl ca -config agencies.cnf -gencrl -out agencies.crl
        openssl ca -config agencies.cnf -gencrl -crl_lastupdate 20260101000000Z -crl_nextupdate 20260102000000Z -out stale.crl
        openssl ca -config root.cnf -gencrl -out root.crl
        openssl ca -config stranger.cnf -gencrl -out stranger.crl
        cat root.crl agencies.crl > crls.pem
        cat root.ca.pem agencies.ca.pem > authorities.pem
        openssl ca -config agencies.cnf -revoke doomed.leaf.pem
        openssl ca -config agencies.cnf -gencrl -out later.crl
        cat root.crl later.crl > later-crls.pem
        openssl ca -config root.cnf -revoke agencies.ca.pem
        openssl ca -config root.cnf -gencrl -out root-revoking.crl
        cat root-revoking.crl agencies.crl > intermediate-revoked.pem
        """#
}

extension Process {
    /// Starts it with no signal blocked. The threads tests run on block them, a child inherits that, and then neither
    /// `timeout` nor a termination would reach it.
    func runWithOpenSignals() throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}

/// Where `atexit` finds the directory: a C callback captures nothing. Written once, before it is registered.
nonisolated(unsafe) private var workshopDirectory = ""
