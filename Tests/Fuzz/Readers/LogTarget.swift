import ConcordatCrypto
import ConcordatLog
import ConcordatTerms

/// Everything outsiders read of the log: what parses is written back as it was, and no changed bundle verifies as another log.
struct LogTarget: FuzzTarget {
    static let name = "log"

    private let log: SmallLog
    private let seeds: [(form: LogForm, bytes: [UInt8])]
    private let mutator = ByteMutator(words: [
        "\u{2014} ", "\u{2014} other.example/log AAAA\n", "c2sp.org/tlog-proof@v1\n", "extra ", "index ", "checkpoint",
        "tile/0/000",
        "tile/entries/000.p/7", "x001/", ".p/256", ".p/0", "cosignature/v1\n", "\n\n\u{2014} ",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "\"kind\":\"decision\"", "\"v\":1", "\"time\":\"2026-05-12T10:30:00.000Z\"", "ustar\u{0}00",
    ])

    init() throws {
        log = try SmallLog(leaves: 7)
        let large = try SmallLog(leaves: 300)
        seeds = try log.seeds() + large.seeds().filter { $0.form != .bundle }
    }

    /// One byte that says which reader, then the text.
    mutating func input(_ dice: inout FuzzDice) -> [UInt8] {
        let seed = dice.pick(seeds)
        let form = dice.oneIn(20) ? dice.pick(LogForm.allCases) : seed.form
        return [form.rawValue] + mutator.mutate(seed.bytes, other: dice.pick(seeds).bytes, &dice)
    }

    func check(_ input: [UInt8], _ dice: inout FuzzDice) throws(Finding) -> Bool {
        guard let first = input.first, let form = LogForm(rawValue: first % UInt8(LogForm.allCases.count)) else {
            return false
        }
        let bytes = Array(input.dropFirst())
        do {
            return try check(form, bytes)
        } catch let finding as Finding {
            throw finding
        } catch {
            // A refusal.
            return false
        }
    }

    private func check(_ form: LogForm, _ bytes: [UInt8]) throws -> Bool {
        switch form {
        case .note:
            let note = try SignedNote(parsing: bytes)
            try claim(note.bytes == bytes, "a note has another spelling")
            let checkpoint = try VerifiedCheckpoint(note, logKey: log.key).checkpoint
            try claim(checkpoint.size == 7 || checkpoint.size == 300, "a changed checkpoint verifies")
        case .checkpoint:
            guard let text = String(validating: bytes, as: UTF8.self) else { return false }
            let checkpoint = try Checkpoint(parsing: text)
            try claim(Array(checkpoint.text.utf8) == bytes, "a checkpoint has another spelling")
        case .proof:
            let proof = try LogProof(parsing: bytes)
            try claim(Array(proof.text.utf8) == bytes, "a proof has another spelling")
            let entry = log.entries[Int(proof.index % UInt64(log.entries.count))]
            _ = try proof.verify(entry: entry, logKey: log.key)
            try claim(proof.index < UInt64(log.entries.count), "a proof of a leaf the log does not have verifies")
        case .receipt:
            let receipt = try Receipt(parsing: bytes)
            let again = try Receipt(parsing: try receipt.encoded())
            try claim(again == receipt, "a receipt reads back as another")
            _ = try receipt.verify(logKey: log.key)
            for evidence in receipt.evidence {
                try claim(log.entries.contains(evidence.leaf), "a receipt verifies with a leaf the log does not have")
            }
        case .verifierKey:
            guard let text = String(validating: bytes, as: UTF8.self) else { return false }
            let key = try NoteVerifierKey(parsing: text)
            // White space at its end is taken, as it comes with a file.
            let trimmed = bytes.reversed().drop { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: " ") }.reversed()
            try claim(key.description.utf8.elementsEqual(trimmed), "a verifier key has another spelling")
        case .leaf:
            let leaf = try Leaf(parsing: bytes)
            try claim(try leaf.encoded() == bytes, "a leaf has another spelling")
            _ = leaf.summary
        case .page:
            let entries = try EntryPage.decode(bytes, width: 7)
            try claim(try EntryPage.encode(entries) == bytes, "a page of entries has another spelling")
        case .tilePath:
            guard let text = String(validating: bytes, as: UTF8.self) else { return false }
            guard let path = TilePath(text) else { return false }
            try claim(Array(path.path.utf8) == bytes, "a tile has another name")
        case .bundle: return try checkBundle(bytes)
        }
        return true
    }

    private func checkBundle(_ bytes: [UInt8]) throws -> Bool {
        let archive = try TarReader(bytes)
        for path in archive.paths {
            let isInside = !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
            try claim(isInside, "an archive may name a file outside its directory")
        }
        var entries: [[UInt8]] = []
        let report = BundleVerifier(logKey: log.key).verify(BundleSource(archive)) { entries.append($1) }
        guard report.isSound else { return false }
        try claim(entries == log.entries, "a changed bundle verifies")
        return true
    }
}

/// What the readers of this target read.
enum LogForm: UInt8, CaseIterable {
    case note, checkpoint, proof, receipt, verifierKey, leaf, page, tilePath, bundle
}
