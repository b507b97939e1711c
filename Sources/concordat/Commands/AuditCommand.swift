import ArgumentParser
import ConcordatLog
import Foundation

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify the evidence log, offline.", subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check an exported log: every leaf, the tree, and the signature over it.",
            discussion: """
                BUNDLE is a directory in the layout of C2SP tlog-tiles, or the same as a tar archive. The key must come from
                elsewhere than the bundle. Exit 0 when the log is sound, 1 when not: the first leaf that does not fit is named.

                Example: concordat audit verify log.tar --key "$(cat keys/log.vkey)"
                """)

        @Argument(help: "The exported log.") var bundle: String
        @Option(help: "The log's verifier key, name+id+base64.") var key: String
        @Option(help: "A checkpoint kept from before, which the log must go on from.") var since: String?
        @Flag(help: "Print one line for every leaf.") var leaves = false

        func run() throws {
            let logKey: NoteVerifierKey
            do { logKey = try NoteVerifierKey(parsing: key) } catch { throw Complaint("--key: \(error)") }
            var earlier: VerifiedCheckpoint?
            if let since {
                do {
                    let note = try SignedNote(parsing: try InputFile.read(since, bytesMax: SignedNote.bytesMax))
                    earlier = try VerifiedCheckpoint(note, logKey: logKey)
                } catch let error as LogError {
                    throw Complaint("--since: \(error)")
                }
            }
            let report = BundleVerifier(logKey: logKey, since: earlier).verify(try source()) { index, entry in
                if leaves, let leaf = try? Leaf(parsing: entry) { print("\(index)\t\(leaf.summary)") }
            }
            for path in report.unexpected { StandardError.write("`\(path)` does not belong to the bundle") }
            if let fault = report.fault { throw Complaint("the log is NOT sound: \(fault)") }
            guard report.isSound, let checkpoint = report.checkpoint else {
                throw Complaint("the log is NOT sound: the bundle holds files that do not belong to it")
            }
            print("sound: \(checkpoint.size) leaves of \(checkpoint.origin), root \(checkpoint.root.base64)")
            if let first = report.firstTime, let last = report.lastTime { print("from \(first) until \(last)") }
        }

        private func source() throws -> BundleSource {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: bundle, isDirectory: &isDirectory) else {
                throw Complaint("`\(bundle)` cannot be read")
            }
            if isDirectory.boolValue { return directorySource() }
            guard let handle = FileHandle(forReadingAtPath: bundle), let size = try? handle.seekToEnd() else {
                throw Complaint("`\(bundle)` cannot be read")
            }
            do {
                return BundleSource(
                    try TarReader(byteCount: size) { offset, count in
                        guard (try? handle.seek(toOffset: offset)) != nil, let data = try? handle.read(upToCount: count)
                        else { return nil }
                        return [UInt8](data)
                    })
            } catch {
                throw Complaint("`\(bundle)` is not a ustar archive: \(error)")
            }
        }

        private func directorySource() -> BundleSource {
            let root = URL(fileURLWithPath: bundle).resolvingSymlinksInPath().path
            let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
            let paths = files.filter { path in
                var isDirectory: ObjCBool = false
                return FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isDirectory)
                    && !isDirectory.boolValue
            }
            return BundleSource(paths: paths) { path in
                FileManager.default.contents(atPath: root + "/" + path).map { [UInt8]($0) }
            }
        }
    }
}
