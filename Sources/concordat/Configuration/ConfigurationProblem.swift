/// What is wrong with the configuration: file, line, what to do.
struct ConfigurationProblem: Error, CustomStringConvertible {
    let file: String
    let line: Int
    let column: Int
    let reason: String

    var description: String { "\(file):\(line):\(column): \(reason)" }
}
