import ConcordatCrypto
import Foundation
import Testing

/// The same answers as Python's `cryptography` and `hashlib` over inputs of many lengths.
@Suite struct PythonAgreementTests {
    private static let script = """
        import hashlib, hmac
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF
        from cryptography.hazmat.primitives import hashes, serialization as s
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        for n in range(0, 300, 7):
            key = hashlib.sha256(b"key%d" % n).digest()
            text = bytes((i * 13 + n) % 256 for i in range(n))
            sealed = AESGCM(key).encrypt(key[:12], text, text[: n // 3])
            derived = HKDF(hashes.SHA256(), n + 1, text[: n // 2] or None, b"info%d" % n).derive(key)
            private = Ed25519PrivateKey.from_private_bytes(key)
            public = private.public_key().public_bytes(s.Encoding.Raw, s.PublicFormat.Raw)
            parts = [hashlib.sha256(text).digest(), hmac.new(text, key, "sha256").digest(), sealed, derived, public,
                     private.sign(text)]
            print(" ".join(p.hex() for p in parts))
        """

    @Test func givesTheSameBytes() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = output.split(separator: "\n")
        try #require(lines.count == 43)
        for (line, n) in zip(lines, stride(from: 0, to: 300, by: 7)) {
            let key = Digest.sha256(Array("key\(n)".utf8))
            let text = (0..<n).map { UInt8(truncatingIfNeeded: $0 * 13 + n) }
            let aad = Array(text[..<(n / 3)])
            let sealed = try AESGCM.seal(text, key: key, nonce: Array(key[..<12]), aad: aad)
            let derived = HKDF.sha256(
                secret: key, salt: Array(text[..<(n / 2)]), info: Array("info\(n)".utf8), count: n + 1)
            let signer = try Ed25519PrivateKey(seed: key)
            let parts = [
                Digest.sha256(text), MAC.hmacSHA256(key: text, key), sealed, derived, signer.publicKey,
                try signer.sign(text),
            ]
            #expect(parts.map { Hex.encode($0) }.joined(separator: " ") == line)
            #expect(try AESGCM.open(sealed, key: key, nonce: Array(key[..<12]), aad: aad) == text)
        }
    }
}
