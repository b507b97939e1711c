import ConcordatCrypto
import ConcordatLog
import ConcordatTerms

/// A small log with its keys, and the files of its export.
struct LogFixture {
    static let origin = "example.org/concordat"
    static let signer = makeSigner(origin, .ed25519, seed: 1)
    static let witness = makeSigner("witness.example.org", .cosignature, seed: 2)
    static let stranger = makeSigner(origin, .ed25519, seed: 3)
    static let began = UTCInstant("2026-04-01T09:00:00Z")!

    static func makeSigner(_ name: String, _ algorithm: NoteVerifierKey.Algorithm, seed: UInt8) -> NoteSigner {
        do {
            let key = try Ed25519PrivateKey(seed: [UInt8](repeating: seed, count: 32))
            return try NoteSigner(name: name, algorithm: algorithm, privateKey: key)
        } catch { fatalError("no signer: \(error)") }
    }

    /// `count` leaves, a second apart.
    static func entries(_ count: Int) -> [[UInt8]] {
        (0..<count).map { entry(number: $0, at: began + .seconds($0)) }
    }

    static func entry(number: Int, at time: UTCInstant) -> [UInt8] {
        let refusal = RefusalLeaf(sender: "police-a", code: "case.not-yours", message: MessageID("m-\(number)"))
        do { return try Leaf(time: time, body: .refusal(refusal)).encoded() } catch { fatalError("no leaf: \(error)") }
    }

    static func checkpoint(_ tree: StoredTree, by signer: NoteSigner = signer) -> SignedNote {
        do {
            return try Checkpoint(origin: origin, size: tree.frontier.size, root: tree.frontier.root).signed(by: signer)
        } catch { fatalError("no checkpoint: \(error)") }
    }

    /// The export of a log with these entries, signed at its size.
    static func bundle(_ entries: [[UInt8]], by signer: NoteSigner = signer) -> [String: [UInt8]] {
        let tree = StoredTree(entries)
        var files = ["checkpoint": checkpoint(tree, by: signer).bytes]
        for path in TileLayout(size: tree.frontier.size).paths {
            switch path {
            case .entries(let index, let width):
                let first = Int(index) * 256
                do { files[path.path] = try EntryPage.encode(Array(entries[first..<first + width])) } catch {
                    fatalError("no page: \(error)")
                }
            case .hashes: files[path.path] = tree.tile(path)
            }
        }
        return files
    }

    static func source(_ files: [String: [UInt8]]) -> BundleSource {
        BundleSource(paths: files.keys.sorted(), read: { files[$0] })
    }

    /// What the verifier with the log's own key says of these files.
    static func report(_ files: [String: [UInt8]], since earlier: VerifiedCheckpoint? = nil) -> BundleReport {
        BundleVerifier(logKey: signer.verifierKey, since: earlier).verify(source(files))
    }

    static func decision(
        recipient: PartyID, answer: LeafAnswer = .share, code: LeafCode? = nil, clause: RuleID? = nil,
        message: MessageID = "m-1"
    ) -> DecisionLeaf {
        let person = Pseudonym(bytes: [UInt8](repeating: 0xAB, count: 16))!
        return DecisionLeaf(
            message: message, name: "referral", caseID: "c-1", sender: "police-a", recipient: recipient,
            purpose: "rj-offer", answer: answer, code: code, clause: clause, rules: ["R1", "R3"],
            fields: [
                FieldGroup(
                    path: SchemaPath(rawValue: "/people/*/name")!, roles: ["harmed"], action: .keep, rules: ["R1"],
                    count: 2),
                FieldGroup(
                    path: SchemaPath(rawValue: "/people/*/address")!, roles: ["harmed", "harmer"], action: .drop,
                    rules: [], count: 1),
            ],
            persons: [person], consents: [.notInForce(person: person), .inForce("k-1", person: person)],
            digestIn: LeafDigest(bytes: [UInt8](repeating: 1, count: 32)),
            digestOut: LeafDigest(bytes: [UInt8](repeating: 2, count: 32)), delivery: "d-1")
    }
}
