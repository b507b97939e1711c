import ConcordatCrypto
import ConcordatTerms
import Foundation

/// People's certificates made by the openssl tool, with dates of their own, so that a test may sign in any year from 2025.
///
/// A root signs `people`, which signs the persons; `stranger` is a root with the same name and another key.
struct SigningWorkshop: Sendable {
    static let shared = SigningWorkshop()
    static let text = Array("the text that people sign\r\nwith a line end of its own\n".utf8)
    private let place = CertificateWorkshop.shared

    func bytes(_ name: String) -> [UInt8] { place.bytes("signing/" + name) }

    @discardableResult
    func run(_ commandLine: String) -> (code: Int32, output: String) { place.run("cd signing; " + commandLine) }

    /// Writes a file that the tool is to read; its name.
    func write(_ bytes: [UInt8], as ending: String) -> String {
        let name = UUID().uuidString + ending
        guard FileManager.default.createFile(atPath: place.path("signing/" + name), contents: Data(bytes)) else {
            fatalError("cannot write \(name)")
        }
        return name
    }

    func trust(_ authorities: String = "root.pem", lists: String? = nil) throws -> SignerTrust {
        try SignerTrust(
            deployment: CertificateWorkshop.deployment, authorities: bytes(authorities),
            revocationLists: lists.map(bytes))
    }

    /// A signature by one of the persons below.
    func sign(
        _ content: [UInt8] = Self.text, as name: String, at time: UTCInstant? = UTCInstant("2026-02-01T12:00:00Z")
    ) throws -> [UInt8] {
        guard let time else { fatalError("not a time") }
        return try CMSSignature.sign(content, certificate: bytes("\(name).pem"), key: bytes("\(name).key"), at: time)
    }

    private init() {
        let (code, output) = place.run(Self.script)
        guard code == 0 else { fatalError("openssl could not make the signers:\n\(output)") }
        _ = write(Self.text, as: "")
    }

    /// Files made: `<person>.pem` (with `people`), `<person>.key`; lists `quiet.crl` (nothing revoked) and `busy.crl`, which
    /// revokes on 2026-03-01 `left` (superseded), `stolen` (keyCompromise) and `unsaid` (no reason).
    private static let script = #"""
        set -eu
        mkdir signing; cd signing
        cat > ca.cnf <<END
        [ca]
        default_ca = root
        [root]
        database = root.index
        new_certs_dir = .
        serial = root.serial
        crlnumber = root.crlnumber
        default_md = sha256
        policy = any
        unique_subject = no
        certificate = root.pem
        private_key = root.key
        crl_extensions = crl
        [people]
        database = people.index
        new_certs_dir = .
        serial = people.serial
        crlnumber = people.crlnumber
        default_md = sha256
        policy = any
        unique_subject = no
        certificate = people.ca.pem
        private_key = people.key
        crl_extensions = crl
        [any]
        commonName = supplied
        [crl]
        authorityKeyIdentifier = keyid:always
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
        for ca in root people; do : > $ca.index; echo 1000 > $ca.serial; echo 01 > $ca.crlnumber; done
        key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
        always="-startdate 20250101000000Z -enddate 20450101000000Z"
        key root.key; key people.key; key stranger.key
        openssl req -new -key root.key -subj /CN=root -config ca.cnf -out root.csr
        openssl ca -batch -notext -config ca.cnf -name root -selfsign -extensions authority $always -in root.csr -out root.pem
        openssl req -new -key people.key -subj /CN=people -config ca.cnf -out people.csr
        openssl ca -batch -notext -config ca.cnf -name root -extensions authority $always -in people.csr -out people.ca.pem
        openssl req -x509 -new -key stranger.key -subj /CN=root -config ca.cnf -extensions authority -days 900 -out stranger.pem
        # person NAME SAN USAGE [ca options]
        person() { name=$1; san=$2; usage=$3; shift 3
            test -e "$name.key" || key "$name.key"
            { echo "basicConstraints = critical,CA:FALSE"; echo "keyUsage = critical,digitalSignature"
              echo "extendedKeyUsage = $usage"; echo "subjectKeyIdentifier = hash"
              echo "authorityKeyIdentifier = keyid:always"; echo "subjectAltName = $san"; } > "$name.ext"
            openssl req -new -key "$name.key" -subj "/CN=person" -config ca.cnf -out "$name.csr"
            openssl ca -batch -notext -config ca.cnf -name people -in "$name.csr" -extfile "$name.ext" -out "$name.leaf.pem" "$@"
            cat "$name.leaf.pem" people.ca.pem > "$name.pem"; }
        urn=urn:concordat:test-deployment; mail=clientAuth,emailProtection
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out weak.key
        openssl genpkey -algorithm ED25519 -out edwards.key
        openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.key
        person chief "URI:$urn:person:police:chief" $mail $always
        for name in rsa pss weak edwards left stolen unsaid; do person $name "URI:$urn:person:police:$name" $mail $always; done
        person former "URI:$urn:person:police:former" $mail -startdate 20250101000000Z -enddate 20260101000000Z
        person system "URI:$urn:party:police" $mail $always
        person elsewhere "URI:urn:concordat:elsewhere:person:police:chief" $mail $always
        person worker "URI:$urn:person:police:worker" clientAuth $always
        lists() { for ca in root people; do openssl ca -config ca.cnf -name $ca -gencrl -crl_lastupdate "$2" \
            -crl_nextupdate "$3" -out $ca.crl; done; cat root.crl people.crl > "$1"; }
        lists quiet.crl 20260315000000Z 20450101000000Z
        lists stale.crl 20260115000000Z 20260201000000Z
        openssl ca -config ca.cnf -name people -revoke left.leaf.pem -crl_reason superseded
        openssl ca -config ca.cnf -name people -revoke stolen.leaf.pem -crl_reason keyCompromise
        openssl ca -config ca.cnf -name people -revoke unsaid.leaf.pem
        awk 'BEGIN { FS = OFS = "\t" } $1 == "R" { sub(/^[0-9]+Z/, "260301000000Z", $3) } { print }' people.index > edited
        mv edited people.index
        lists busy.crl 20260315000000Z 20450101000000Z
        """#
}
