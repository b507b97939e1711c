import ArgumentParser
import ConcordatJSON
import ConcordatProtocols

/// Runs a command, and tells a failure in the form that was asked for. Every command ends here, whatever went wrong.
enum CommandRunner {
    /// Parses, runs and ends. Errors go to stderr; with `--json` standard output also gets one object, `{"error": …}`, unless
    /// the command has said itself what failed. The exit code is the same either way.
    static func run<Root: ParsableCommand>(_ root: Root.Type, _ arguments: [String]) async {
        do {
            var command = try root.parseAsRoot(arguments)
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            let problems = (error as? Complaint)?.problems ?? []
            for problem in problems { StandardError.write("\(problem)") }
            if wantsJSON(arguments), let json = failure(error, of: root, problems) { print(json.pretty()) }
            root.exit(withError: error)
        }
    }

    /// The error for machines; nil for what is none (help, version) and for an exit code whose report is printed already.
    static func failure(
        _ error: any Error, of root: any ParsableCommand.Type, _ problems: [ProtocolProblem]
    ) -> JSONValue? {
        let code = root.exitCode(for: error)
        guard !(error is ExitCode), !code.isSuccess else { return nil }
        return .object([
            JSONMember(
                "error",
                .object([
                    JSONMember("message", .string(root.message(for: error))),
                    JSONMember("exit", .number(JSONNumber(Int(code.rawValue)))),
                    JSONMember("problems", .array(problems.map(\.json))),
                ]))
        ])
    }

    /// Whether the caller reads JSON. What stands behind `--` is no option.
    static func wantsJSON(_ arguments: [String]) -> Bool {
        let options = arguments.prefix { $0 != "--" }
        return options.contains("--json") || options.contains("--format=json")
            || zip(options, options.dropFirst()).contains { $0 == "--format" && $1 == "json" }
    }
}
