import ArgumentParser
import ConcordatJSON

struct AdminCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Change what is in force in a running gateway, by way of its desk.",
        discussion: """
            Each command shows your own certificate; the gateway's configuration names who is an admin. Each takes --json.

            Example: concordat admin protocols list --url https://desk.example:8444 \\
                --certificate people/gateway.admin-1.chain.crt \\
                --key people/gateway.admin-1.key --ca authority/trust.pem
            """,
        subcommands: [
            AdminProtocolsCommand.self, AdminStopsCommand.self, AdminStopCommand.self, AdminResumeCommand.self,
            AdminDeliveriesCommand.self, AdminClockCommand.self,
        ])
}

/// What may be stopped, as it is written on the command line.
enum StopKind: String, ExpressibleByArgument, CaseIterable { case party, message, category }

struct AdminStopsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stops", abstract: "What is stopped, and what waits for a second admin to go on.",
        discussion: "Example: concordat admin stops --url … --certificate … --key … --ca …")

    @OptionGroup var desk: DeskOptions

    func run() async throws {
        let client = try desk.client()
        try client.show(try await client.send("GET", "/v1/admin/stops")) { json in
            let rows = (json["stopped"]?.arrayValue ?? []).map { stop in
                let words = ["kind", "name", "state", "resume-asked-by"].compactMap { stop[$0]?.stringValue }
                let waiting = stop["waiting"]?.intValue ?? 0
                return (words + (waiting > 0 ? ["\(waiting) waiting"] : [])).joined(separator: "  ")
            }
            return rows.isEmpty ? "nothing is stopped" : rows.joined(separator: "\n")
        }
    }
}

struct AdminStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a party, a message or a category, at once.",
        discussion: """
            A stopped party neither sends nor gets anything; what waits for it goes on waiting. A stopped message is refused. A
            stopped category is cut from everything, with whole free text.

            Example: concordat admin stop category location --url … --certificate … \\
                --key … --ca …
            """)

    @Argument(help: "party, message or category.") var kind: StopKind
    @Argument(help: "Its id in the protocol.") var name: String
    @OptionGroup var desk: DeskOptions

    func run() async throws {
        try await desk.client().act("/v1/admin/stops/\(kind.rawValue)/\(try PathPart.checked(name))/stop")
    }
}

struct AdminResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Ask for what is stopped to go on, or confirm what another admin asked.",
        discussion: """
            It goes on once two different admins have run this.

            Example: concordat admin resume category location --url … --certificate … \\
                --key … --ca …
            """)

    @Argument(help: "party, message or category.") var kind: StopKind
    @Argument(help: "Its id in the protocol.") var name: String
    @OptionGroup var desk: DeskOptions

    func run() async throws {
        try await desk.client().act("/v1/admin/stops/\(kind.rawValue)/\(try PathPart.checked(name))/resume")
    }
}

struct AdminDeliveriesCommand: AsyncParsableCommand {
    enum Act: String, ExpressibleByArgument, CaseIterable { case list, retry, discard }

    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "List parked deliveries; have one tried once more, or give it up.",
        discussion: """
            Example: concordat admin deliveries retry d-… \\
                --url … --certificate … --key … --ca …
            """)

    @Argument(help: "list, retry or discard.") var act: Act
    @Argument(help: "The delivery, for retry and discard.") var delivery: String?
    @OptionGroup var desk: DeskOptions

    func validate() throws {
        guard (act == .list) == (delivery == nil) else {
            throw ValidationError("`list` takes no delivery; `retry` and `discard` take one")
        }
    }

    func run() async throws {
        let client = try desk.client()
        guard let delivery else { return try client.show(try await client.send("GET", "/v1/admin/deliveries")) }
        try await client.act("/v1/admin/deliveries/\(try PathPart.checked(delivery))/\(act.rawValue)")
    }
}

struct AdminClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm-clock", abstract: "Say that the machine's time is right again after a step.",
        discussion: """
            Nothing is handed over from the moment a step is seen until this.

            Example: concordat admin confirm-clock --url … --certificate … --key … --ca …
            """)

    @OptionGroup var desk: DeskOptions

    func run() async throws { try await desk.client().act("/v1/admin/clock/confirm") }
}
