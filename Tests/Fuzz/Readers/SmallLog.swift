import ConcordatCrypto
import ConcordatLog
import ConcordatTerms

/// A log of a few leaves with its key, and everything that is read of it.
struct SmallLog {
    let entries: [[UInt8]]
    private let signer: NoteSigner
    private let note: SignedNote

    /// The verifier key.
    var key: NoteVerifierKey { signer.verifierKey }

    init(leaves count: Int) throws {
        let seed = try Ed25519PrivateKey(seed: [UInt8](repeating: 9, count: 32))
        signer = try NoteSigner(name: Self.origin, privateKey: seed)
        entries = try (0..<count).map { try Self.leaf($0).encoded() }
        let root = MerkleTree.root(of: entries.map(MerkleHash.leaf))
        note = try Checkpoint(origin: Self.origin, size: UInt64(count), root: root).signed(by: signer)
    }

    /// One text for each reader, or several.
    func seeds() throws -> [(form: LogForm, bytes: [UInt8])] {
        var seeds: [(form: LogForm, bytes: [UInt8])] = [
            (.note, note.bytes), (.checkpoint, Array(note.text.utf8)), (.verifierKey, Array(key.description.utf8)),
            (.page, try EntryPage.encode(Array(entries.prefix(7)))), (.bundle, try bundle()),
        ]
        for index in 0..<min(entries.count, 3) {
            let proof = LogProof(index: UInt64(index), hashes: try proofHashes(index), checkpoint: note)
            seeds.append((.proof, Array(proof.text.utf8)))
            seeds.append((.leaf, entries[index]))
            let receipt = try Receipt(
                persons: ["V-301": "p-1"], evidence: [Receipt.Evidence(leaf: entries[index], proof: proof)])
            seeds.append((.receipt, try receipt.encoded()))
        }
        for path in ["tile/0/000.p/7", "tile/entries/x001/x234/067", "tile/1/000.p/1", "tile/entries/000"] {
            seeds.append((.tilePath, Array(path.utf8)))
        }
        return seeds
    }

    private func proofHashes(_ index: Int) throws -> [MerkleHash] {
        let prover = BatchProver(before: TreeFrontier(), leafHashes: entries.map(MerkleHash.leaf))
        guard let hashes = prover.inclusionProof(of: UInt64(index)) else { throw Finding("no proof of leaf \(index)") }
        return hashes
    }

    private func bundle() throws -> [UInt8] {
        var archive = try TarWriter.file("checkpoint", note.bytes)
        let hashes = entries.map(MerkleHash.leaf)
        for path in TileLayout(size: UInt64(entries.count)).paths {
            switch path {
            case .entries(let index, let width):
                let first = Int(index) * TilePath.widthMax
                archive += try TarWriter.file(path.path, try EntryPage.encode(Array(entries[first..<first + width])))
            case .hashes(let level, let index, let width):
                // Each hash of a tile covers so many leaves.
                let span = (0..<level).reduce(1) { product, _ in product * TilePath.widthMax }
                let tile = (0..<width).map { place in
                    let first = (Int(index) * TilePath.widthMax + place) * span
                    return MerkleTree.root(of: Array(hashes[first..<first + span]))
                }
                archive += try TarWriter.file(path.path, HashTile.encode(tile))
            }
        }
        return archive + TarWriter.trailer
    }

    /// Decisions first: they are what receipts carry, and they have the most in them.
    private static func leaf(_ number: Int) throws -> Leaf {
        let time = UTCInstant(milliseconds: 1_780_000_000_000 + Int64(number) * 1_000)
        guard number < 3, let pseudonym = Pseudonym(bytes: [UInt8](repeating: 0xAB, count: 16)) else {
            let refusal = RefusalLeaf(sender: "police-a", code: "case.not-yours", message: MessageID("m-\(number)"))
            return Leaf(time: time, body: .refusal(refusal))
        }
        let fields = [("/people/*/name", FieldGroup.Action.keep), ("/people/*/address", .drop)].compactMap {
            path, action in
            SchemaPath(rawValue: path).map {
                FieldGroup(path: $0, roles: ["harmed"], action: action, rules: ["R1"], count: 2)
            }
        }
        return Leaf(
            time: time,
            body: .decision(
                DecisionLeaf(
                    message: "m-1", name: "referral", caseID: "c-1", sender: "police-a", recipient: "hub-a",
                    purpose: "rj-offer", answer: .share, rules: ["R1"], fields: fields, persons: [pseudonym],
                    consents: [.notInForce(person: pseudonym)],
                    digestIn: LeafDigest(bytes: [UInt8](repeating: 1, count: 32)),
                    digestOut: LeafDigest(bytes: [UInt8](repeating: 2, count: 32)), delivery: "d-1")))
    }

    private static let origin = "log.example/fuzz"
}
