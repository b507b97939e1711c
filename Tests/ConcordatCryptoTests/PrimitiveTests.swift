import ConcordatCrypto
import Testing

@Suite struct SealingTests {
    let key = Digest.sha256(Array("key".utf8))
    let nonce = [UInt8](repeating: 7, count: 12)

    @Test func anyChangedByteIsRefused() throws {
        let sealed = try AESGCM.seal(Array("payload".utf8), key: key, nonce: nonce, aad: [1, 2])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: CryptoError.notAuthentic) { try AESGCM.open(changed, key: key, nonce: nonce, aad: [1, 2]) }
        }
        #expect(throws: CryptoError.notAuthentic) { try AESGCM.open(sealed, key: key, nonce: nonce, aad: [1]) }
        #expect(throws: CryptoError.notAuthentic) { try AESGCM.open(sealed, key: key, nonce: nonce, aad: []) }
        for count in 0..<sealed.count {
            #expect(throws: CryptoError.notAuthentic) {
                try AESGCM.open(Array(sealed.prefix(count)), key: key, nonce: nonce, aad: [1, 2])
            }
        }
        #expect(try AESGCM.open(sealed, key: key, nonce: nonce, aad: [1, 2]) == Array("payload".utf8))
    }

    @Test func wrongLengthsAreRefused() {
        #expect(throws: CryptoError.length(of: .key, expected: 32)) {
            try AESGCM.seal([], key: [1], nonce: nonce, aad: [])
        }
        #expect(throws: CryptoError.length(of: .nonce, expected: 12)) {
            try AESGCM.open([UInt8](repeating: 0, count: 16), key: key, nonce: [1], aad: [])
        }
        #expect(throws: CryptoError.length(of: .seed, expected: 32)) { try Ed25519PrivateKey(seed: [1]) }
    }

    /// NIST GCM specification, test cases 13 and 14.
    @Test func agreesWithTheSpecification() throws {
        let zeroKey = [UInt8](repeating: 0, count: 32)
        let zeroNonce = [UInt8](repeating: 0, count: 12)
        let empty = try AESGCM.seal([], key: zeroKey, nonce: zeroNonce, aad: [])
        #expect(Hex.encode(empty) == "530f8afbc74536b9a963b4f1c4cb738b")
        #expect(try AESGCM.open(empty, key: zeroKey, nonce: zeroNonce, aad: []) == [])
        let block = try AESGCM.seal([UInt8](repeating: 0, count: 16), key: zeroKey, nonce: zeroNonce, aad: [])
        #expect(Hex.encode(block) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    }
}

@Suite struct DigestTests {
    @Test func agreesWithTheStandards() {
        #expect(
            Hex.encode(Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            Hex.encode(Digest.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        // RFC 4231, cases 1 and 2.
        #expect(
            Hex.encode(MAC.hmacSHA256(key: [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8)))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            Hex.encode(MAC.hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        // RFC 5869, cases A.1 and A.3.
        let secret = [UInt8](repeating: 0x0b, count: 22)
        #expect(
            Hex.encode(
                HKDF.sha256(secret: secret, salt: Array(0x00...0x0c), info: Array(0xf0...0xf9), count: 42))
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        #expect(
            Hex.encode(HKDF.sha256(secret: secret, salt: [], info: [], count: 42))
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    }

    @Test func partsGiveTheDigestOfTheWholeAndCopiesStandAlone() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        var hasher = SHA256Hasher()
        hasher.update(Array(bytes[..<300]))
        var copy = hasher
        copy.update([0])
        hasher.update(Array(bytes[300...]).span.bytes)
        #expect(hasher.finish() == Digest.sha256(bytes))
        #expect(hasher.finish() == Digest.sha256(bytes.span.bytes))
        #expect(copy.finish() == Digest.sha256(Array(bytes[..<300]) + [0]))
    }

    @Test func equalityLooksAtEveryByte() {
        #expect(MAC.constantTimeEquals([], []))
        #expect(MAC.constantTimeEquals([1, 2], [1, 2]))
        #expect(!MAC.constantTimeEquals([1, 2], [1, 3]))
        #expect(!MAC.constantTimeEquals([1, 2], [1]))
    }
}

@Suite struct SignatureTests {
    /// RFC 8032, section 7.1, test 1.
    @Test func agreesWithTheRFC() throws {
        let key = try Ed25519PrivateKey(
            seed: #require(Hex.decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")))
        #expect(Hex.encode(key.publicKey) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        let signature = try key.sign([])
        #expect(
            Hex.encode(signature)
                == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        )
        #expect(Ed25519.verify(signature: signature, message: [], publicKey: key.publicKey))
        #expect(Hex.encode(key.seed) == "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    }

    @Test func refusesEveryOtherSignature() throws {
        let key = try Ed25519PrivateKey.generate()
        let signature = try key.sign([1, 2, 3])
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 0x10
            #expect(!Ed25519.verify(signature: changed, message: [1, 2, 3], publicKey: key.publicKey))
        }
        #expect(!Ed25519.verify(signature: signature, message: [1, 2], publicKey: key.publicKey))
        #expect(!Ed25519.verify(signature: Array(signature.dropLast()), message: [1, 2, 3], publicKey: key.publicKey))
        #expect(!Ed25519.verify(signature: signature, message: [1, 2, 3], publicKey: [1]))
        #expect(!Ed25519.verify(signature: signature, message: [1, 2, 3], publicKey: [UInt8](repeating: 2, count: 32)))
    }

    @Test func aKeyPrintsNothingOfItself() throws {
        let key = try Ed25519PrivateKey(seed: [UInt8](repeating: 65, count: 32))
        #expect("\(key)" == "<private key>")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("65"))
    }

    /// The signed-note specification's own example.
    @Test func verifiesASignedNote() throws {
        let keyBytes = try #require(Base64.decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"))
        let signed = try #require(
            Base64.decode(
                "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="))
        #expect(
            Ed25519.verify(
                signature: Array(signed.dropFirst(4)), message: Array("This is an example message.\n".utf8),
                publicKey: Array(keyBytes.dropFirst())))
    }
}

@Suite struct TextFormTests {
    @Test(arguments: [
        "Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm9-", "Zg==Zg==", "=Zg=", "é===",
    ])
    func refusesBase64OfNoOneByteString(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func agreesWithTheRFC() {
        let pairs = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, text) in pairs {
            #expect(Base64.encode(Array(plain.utf8)) == text)
            #expect(Base64.decode(text) == Array(plain.utf8))
        }
        let all = [UInt8](0...255)
        #expect(Base64.decode(Base64.encode(all)) == all)
        #expect(Hex.decode(Hex.encode(all)) == all)
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("FF") == [255])
    }

    @Test func randomBytesAreAsManyAsAskedAndNotTheSame() throws {
        #expect(try SecureRandom.bytes(0) == [])
        #expect(try SecureRandom.bytes(33).count == 33)
        #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }
}
