import Yams

/// What is wrong with the configuration: file, line, what to do.
struct ConfigurationProblem: Error, CustomStringConvertible {
    let file: String
    let line: Int
    let column: Int
    let reason: String

    var description: String { "\(file):\(line):\(column): \(reason)" }
}

extension ConfigurationProblem {
    /// What the YAML reader found, with its place where it knows one.
    init(file: String, _ error: YamlError) {
        let (reason, mark): (String, Mark?) =
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                ("is not YAML: \(problem)", mark)
            case .duplicatedKeysInMapping(let names, let context):
                (names.map { "`\($0)` stands twice" }.joined(separator: ", "), context.mark)
            case .reader(let problem, _, _, _): ("is not YAML: \(problem)", nil)
            case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded: ("cannot be read as YAML", nil)
            }
        self.init(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, reason: reason)
    }
}
