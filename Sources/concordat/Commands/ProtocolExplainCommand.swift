import ArgumentParser
import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Foundation

struct ProtocolExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say what one recipient would get of a message, field by field, and why.",
        discussion: """
            FILE is one structured CloudEvent, or an array of them of which the last is explained. Without --facts nothing is
            known of the case and it is now; docs/worked-cases.md has the form of a facts file.

            Example: concordat protocol explain protocols/rj-west-midlands \\
                --recipient rj-hub \\
                --message protocols/rj-west-midlands/examples/01-referral.json

            With --reach it answers instead whether a category can reach a kind of party at all, over every chain of messages.

            Example: concordat protocol explain protocols/rj-west-midlands \\
                --reach contact --about harmed --to prison
            """)

    @OptionGroup var place: ProtocolPlace
    @Option(help: "The message.") var message: String?
    @Option(help: "The party that would get it.") var recipient: String?
    @Option(help: "What is known of the case.") var facts: String?
    @Option(help: "A category: can it reach the kind of party --to, by whatever chain of messages?") var reach: String?
    @Option(help: "With --reach: about people with this role, or nobody; left out: about anyone.") var about: String?
    @Option(help: "With --reach: a kind of party.") var to: String?
    @Flag(help: "For machines.") var json = false

    func validate() throws {
        if reach == nil {
            guard message != nil, recipient != nil, about == nil, to == nil else {
                throw ValidationError("name --message and --recipient, or --reach and --to")
            }
        } else {
            guard to != nil, message == nil, recipient == nil, facts == nil else {
                throw ValidationError("--reach goes with --to and --about alone")
            }
        }
    }

    func run() throws {
        guard let message, let recipient else { return try answerReach() }
        guard let party = PartyID(recipient) else { throw ValidationError("--recipient is not a party id") }
        let explained = Explanation.explain(
            try place.load(), message: try InputFile.read(message, bytesMax: 16 << 20),
            facts: try facts.map { try InputFile.read($0, bytesMax: 1 << 20) }, recipient: party,
            now: GatewayClock.machine())
        switch explained {
        case .success(let explanation): print(json ? explanation.json.pretty() : explanation.text)
        case .failure(let problems):
            throw Complaint("the message cannot be explained", problems: problems.errors + problems.warnings)
        }
    }
}

extension ProtocolExplainCommand {
    /// Whether a category can reach a kind of party over every chain of messages.
    private func answerReach() throws {
        let compiled = try place.load().compiled
        guard let category = reach.flatMap({ Category($0) }), compiled.categories[category] != nil else {
            throw Complaint("the protocol has no category `\(reach ?? "")`")
        }
        guard let kind = to.flatMap({ PartyKind($0) }), compiled.partyKinds.contains(kind) else {
            throw Complaint("the protocol has no kind of party `\(to ?? "")`")
        }
        var subject: CompiledRule.Subject?
        if let about {
            subject = about == "nobody" ? .nobody : Role(about).map { .role($0) }
            if case .role(let role)? = subject, !compiled.roles.contains(role) { subject = nil }
            guard subject != nil else { throw Complaint("the protocol has no role `\(about)`") }
        }
        let answer = Reach(category, about: subject, to: kind, in: compiled)
        print(json ? answer.json.pretty() : answer.text)
    }
}

struct ProtocolMatrixCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, html, json }

    static let configuration = CommandConfiguration(
        commandName: "matrix", abstract: "Who may ever receive what, about whom, from whom, under which consent.",
        discussion: """
            A table for the terminal, CSV for a spreadsheet, one HTML page that needs nothing else and prints well, or JSON.
            The table is as wide as COLUMNS says, or 100 columns; cells are broken at spaces.

            Example: concordat protocol matrix protocols/rj-west-midlands --format html \\
                > matrix.html
            """)

    @OptionGroup var place: ProtocolPlace
    @Option(help: "table, csv, html or json.") var format = Format.table
    @Flag(help: "For machines: the same as --format json.") var json = false

    func run() throws {
        let matrix = SharingMatrix(try place.load())
        switch json ? .json : format {
        case .table: print(matrix.text(width: Self.columns))
        case .csv: print(matrix.csv, terminator: "")
        case .html: print(matrix.html, terminator: "")
        case .json: print(matrix.json.pretty())
        }
    }
}

extension ProtocolMatrixCommand {
    /// The columns of the terminal, as it says them to its programs.
    private static var columns: Int {
        ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.map { max($0, 40) } ?? 100
    }
}

struct ProtocolSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The JSON Schema of what a recipient gets of a message.",
        discussion: """
            Example: concordat protocol schema protocols/rj-west-midlands \\
                --message referral --recipient rj-hub
            """)

    @OptionGroup var place: ProtocolPlace
    @Option(help: "The message.") var message: String
    @Option(help: "A party of the roster, or a kind of party.") var recipient: String
    @Flag(help: "The schema is JSON either way.") var json = false

    func run() throws {
        let compiled = try place.load().compiled
        guard let name = MessageName(message), compiled.messages[name] != nil else {
            throw Complaint(
                "the protocol has no message `\(message)`; it has \(compiled.messages.keys.sorted().map(\.rawValue).joined(separator: ", "))"
            )
        }
        guard let kind = PartyID(recipient).flatMap({ compiled.parties[$0]?.kind }) ?? PartyKind(recipient),
            compiled.partyKinds.contains(kind), let schema = RecipientSchemas.schema(of: name, for: kind, in: compiled)
        else { throw Complaint("`\(recipient)` is no party of the roster and no kind of party") }
        print(schema.pretty())
    }
}
