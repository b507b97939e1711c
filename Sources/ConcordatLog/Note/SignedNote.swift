import ConcordatCrypto

/// One signature line of a note: `— name base64`.
public struct NoteSignature: Equatable, Sendable {
    /// The name of the key it claims to be by.
    public let keyName: String
    /// The first four bytes of the base64, big-endian.
    public let keyID: UInt32
    /// The rest of the base64: for Ed25519 the 64 bytes of the signature.
    public let payload: [UInt8]

    init(keyName: String, keyID: UInt32, payload: [UInt8]) {
        self.keyName = keyName
        self.keyID = keyID
        self.payload = payload
    }

    /// Reads the line, without its LF.
    init(line: [UInt8]) throws(LogError) {
        guard line.starts(with: NoteText.signaturePrefix) else { throw .malformedNote }
        let parts = line.dropFirst(NoteText.signaturePrefix.count)
            .split(separator: NoteText.space, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self), NoteText.isName(name),
            let blob = NoteText.base64(parts[1], bytesMax: SignedNote.bytesMax), blob.count > 4
        else { throw .malformedNote }
        keyName = name
        keyID = blob.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        payload = Array(blob.dropFirst(4))
    }

    /// The line with its LF.
    package var line: String {
        let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) }
        return "— \(keyName) \(Base64.encode(id + payload))\n"
    }
}

/// A text with signatures under it (C2SP signed-note). Not yet verified: see ``verify(with:)``.
public struct SignedNote: Equatable, Sendable {
    // Bound: the longest note, in bytes.
    /// The longest note that is read.
    public static let bytesMax = 65_536
    // Bound: signature lines; the format asks for at least 16.
    /// The largest number of signature lines that is read.
    public static let signaturesMax = 64

    /// What is signed: valid text that ends in LF.
    public let text: String
    /// The lines under it, known keys or not.
    public private(set) var signatures: [NoteSignature]

    /// Refuses a text that does not end in LF or holds other control characters.
    package init(text: String, signatures: [NoteSignature]) throws(LogError) {
        guard text.utf8.last == NoteText.lineFeed, text.utf8.allSatisfy(Self.isAllowed) else { throw .malformedNote }
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note. Text and signatures part at the last blank line, so that a text may hold blank lines of its own.
    public init(parsing bytes: [UInt8]) throws(LogError) {
        guard bytes.count <= Self.bytesMax else { throw .noteTooLong(bytesMax: Self.bytesMax) }
        guard let end = Self.lastBlankLine(of: bytes), let text = String(validating: bytes[...end], as: UTF8.self),
            let lines = NoteText.lines(bytes[(end + 2)...])
        else { throw .malformedNote }
        guard lines.count <= Self.signaturesMax else { throw .tooManySignatures(signaturesMax: Self.signaturesMax) }
        var signatures: [NoteSignature] = []
        for line in lines { signatures.append(try NoteSignature(line: line)) }
        try self.init(text: text, signatures: signatures)
    }

    /// The note as it is sent and stored.
    public var bytes: [UInt8] { Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

    /// Adds a line under the note; a key's earlier line gives way.
    package mutating func add(_ signature: NoteSignature) {
        signatures.removeAll { $0.keyID == signature.keyID && NoteText.same($0.keyName, signature.keyName) }
        signatures.append(signature)
    }

    /// Checks every line that claims to be by one of `keys`, and returns what those vouch for, in the order of the lines.
    ///
    /// Lines of unknown keys are ignored. Refused when no line is by a known key, and when one that is does not verify,
    /// even beside another that does.
    public func verify(with keys: [NoteVerifierKey]) throws(LogError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in signatures {
            for key in keys where key.made(signature) {
                guard let good = key.verify(signature, over: text) else { throw .badSignature(keyName: key.name) }
                verified.append(good)
            }
        }
        guard !verified.isEmpty else { throw .noKnownSignature }
        return verified
    }

    /// The place of the first LF of the last two in a row.
    private static func lastBlankLine(of bytes: [UInt8]) -> Int? {
        var index = bytes.count - 2
        while index >= 0 {
            if bytes[index] == NoteText.lineFeed, bytes[index + 1] == NoteText.lineFeed { return index }
            index -= 1
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool { byte == NoteText.lineFeed || (byte >= 0x20 && byte != 0x7F) }
}
