import ArgumentParser
import ConcordatCore
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Foundation

struct AdminProtocolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocols", abstract: "Propose, approve, put in force and take back versions of the protocol.",
        discussion: """
            One admin proposes, another approves; then either puts it in force. VERSION is the id that `propose` and `list` print.

            Example: concordat admin protocols propose protocols/rj-west-midlands \\
                --url … --certificate … --key … --ca …
            """,
        subcommands: [
            List.self, Show.self, Archive.self, Propose.self, Approve.self, Reject.self, Activate.self, Rollback.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every version that was ever proposed, and which is in force.",
            discussion: "Example: concordat admin protocols list --url … --certificate … --key … --ca …")
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            let client = try desk.client()
            try client.show(try await client.send("GET", "/v1/admin/protocols"), words: Self.words)
        }

        private static func words(_ json: JSONValue) -> String {
            var rows = (json["versions"]?.arrayValue ?? []).map { version in
                let parts = ["id", "state", "protocol", "version", "proposer", "from"]
                return parts.map { version[$0]?.stringValue ?? "-" }.joined(separator: "  ")
            }
            if let lack = json["lack"], lack != .null {
                rows.insert(
                    "NONE IN FORCE: \(lack["version"]?.stringValue ?? "no version"), \(lack["code"]?.stringValue ?? "")",
                    at: 0)
            }
            if let beside = json["beside"]?.stringValue, let until = json["beside-until"]?.stringValue {
                rows.append("messages of \(beside) are taken too until \(until)")
            }
            return rows.joined(separator: "\n")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One version with its checks, its worked cases and what it changes.",
            discussion: """
                Example: concordat admin protocols show VERSION \\
                    --url … --certificate … --key … --ca …
                """)
        @Argument(help: "The version's id.") var version: String
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            let client = try desk.client()
            try client.show(
                try await client.send("GET", "/v1/admin/protocols/\(try PathPart.checked(version))"),
                words: ProposalWords.text)
        }
    }

    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a version's files to standard output, as a tar archive.",
            discussion: """
                Example: concordat admin protocols archive VERSION \\
                    --url … --certificate … --key … --ca … | tar -t
                """)
        @Argument(help: "The version's id.") var version: String
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            let path = "/v1/admin/protocols/\(try PathPart.checked(version))/archive"
            let archive = try await desk.client().send("GET", path)
            // Whoever reads may have had enough.
            do { try FileHandle.standardOutput.write(contentsOf: Data(archive)) } catch { throw ExitCode.failure }
        }
    }

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose the protocol in a directory, or bring new sign-off files for one that is there.",
            discussion: """
                The gateway checks it, runs its worked cases, compares it with the one in force and tries it on what was judged
                lately; what it found is printed. Exit 1 when it does not load, a worked case fails or a signature does not
                verify: each finding is named. Sign-off files join those that are there; none is lost by being left out.

                --parties puts a folder of party files into the version itself. The party files of the gateway's own `parties:`
                are joined to every version and need not be sent.

                Example: concordat admin protocols propose protocols/rj-west-midlands \\
                    --url … --certificate … --key … --ca …
                """)
        @OptionGroup var place: ProtocolPlace
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            let archive: ProtocolArchive
            do { archive = try ProtocolArchive(files: try place.files().contents) } catch {
                throw Complaint("`\(place.directory)` cannot be sent: \(error)")
            }
            let client = try desk.client()
            let answer = try await client.send(
                "POST", "/v1/admin/protocols", type: "application/x-tar", archive.bytes, timeout: .seconds(600))
            // The answer is short; what was found out about it is the version's report.
            guard !client.isForMachines, let id = try client.json(answer)["id"]?.stringValue else {
                return try client.show(answer)
            }
            let path = "/v1/admin/protocols/\(try PathPart.checked(id))"
            try client.show(try await client.send("GET", path), words: ProposalWords.text)
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve what another admin proposed.",
            discussion: """
                Example: concordat admin protocols approve VERSION \\
                    --url … --certificate … --key … --ca …
                """)
        @Argument(help: "The version's id.") var version: String
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            try await desk.client().act("/v1/admin/protocols/\(try PathPart.checked(version))/approve")
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turn a version down that is not in force; its text is kept.",
            discussion: """
                Example: concordat admin protocols reject VERSION \\
                    --url … --certificate … --key … --ca …
                """)
        @Argument(help: "The version's id.") var version: String
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            try await desk.client().act("/v1/admin/protocols/\(try PathPart.checked(version))/reject")
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an approved version in force, now or at a set time.",
            discussion: """
                With --beside, messages whose type only the version before knows are taken for that time too: judged by that
                version, and cut to what this one lets pass as well. A message that this version has under no type is not taken.
                Left out, a time that was stated before stands; P0D ends it. `admin protocols list` shows it.

                Example: concordat admin protocols activate VERSION \\
                    --at 2026-05-01T00:00:00Z --beside P14D --url … --certificate … --key … \\
                    --ca …
                """)
        @Argument(help: "The version's id.") var version: String
        @Option(help: "When, RFC 3339; left out: now.") var at: String?
        @Option(help: "How long messages of the version before are taken too, whole days as P14D.") var beside: String?
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            var members: [JSONMember] = []
            if let at { members.append(JSONMember("at", .string(at))) }
            if let beside { members.append(JSONMember("beside", .string(beside))) }
            let client = try desk.client()
            let answer = try await client.send(
                "POST", "/v1/admin/protocols/\(try PathPart.checked(version))/activate", type: "application/json",
                JSONValue.object(members).serialized(), timeout: .seconds(120))
            try client.show(answer) { json in
                let from = json["from"]?.stringValue.map { "in force from \($0)" }
                return ([ProposalWords.line(of: json), from].compactMap { $0 } + ProposalWords.falling(json))
                    .joined(separator: "\n")
            }
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go back from the version in force to the one before it, at once.",
            discussion: """
                VERSION is the one in force, which goes; so a rollback that comes too late changes nothing.

                Example: concordat admin protocols rollback VERSION --url … --certificate … \\
                    --key … --ca …
                """)
        @Argument(help: "The id of the version in force.") var version: String
        @OptionGroup var desk: DeskOptions

        func run() async throws {
            try await desk.client().act("/v1/admin/protocols/\(try PathPart.checked(version))/rollback")
        }
    }
}

/// An id as it may stand in an address.
enum PathPart {
    static func checked(_ text: String) throws -> String {
        guard IdentifierGrammar.accepts(text) else { throw Complaint("`\(text)` is not an id") }
        return text
    }
}
