import ArgumentParser
import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatProtocols
import ConcordatTerms
import Foundation

struct PayloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payload", abstract: "Look at message bodies, offline.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check a document: strict JSON, and the schema of a message when one is named.",
            discussion: """
                Exit 0 when it is as it must be, 1 when not: the reason goes to stderr with place and pointer, never a value.

                Example: concordat payload check referral.json \\
                    --protocol protocols/rj-west-midlands --message referral
                """)

        @Argument(help: "The document; `-` reads standard input.") var file: String
        @Option(name: .customLong("protocol"), help: "The directory of a protocol.") var directory: String?
        @Option(help: "The message whose schema the document must match.") var message: String?

        func validate() throws {
            guard (directory == nil) == (message == nil) else {
                throw ValidationError("--protocol and --message belong together")
            }
        }

        func run() throws {
            let bytes = try InputFile.read(file, bytesMax: 16 << 20)
            do {
                guard let directory, let message else {
                    try checkJSON(bytes)
                    return
                }
                let loaded = try LoadedDirectory.load(directory)
                guard let name = MessageName(message), let text = loaded.compiled.messages[name] else {
                    let names = loaded.compiled.messages.keys.sorted().map(\.rawValue).joined(separator: ", ")
                    throw Complaint("the protocol has no message `\(message)`; it has \(names)")
                }
                _ = try MessageReader.read(bytes.span.bytes, schema: text.schema)
            } catch let error as PayloadError {
                throw Complaint("\(file):\(error.position.line):\(error.position.column): \(error)")
            }
        }

        private func checkJSON(_ bytes: [UInt8]) throws {
            var reader = JSONReader()
            do throws(JSONError) {
                reading: while true {
                    switch try reader.next(in: bytes.span.bytes, isComplete: true) {
                    case .end: break reading
                    default: continue
                    }
                }
            } catch {
                throw Complaint("\(file):\(error.position.line):\(error.position.column): \(error)")
            }
        }
    }
}
