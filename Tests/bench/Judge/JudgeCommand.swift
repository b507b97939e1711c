import ArgumentParser
import ConcordatDecision
import ConcordatJudgeModel
import Foundation

/// What a judgement costs where a protocol is large, and the same questions for Cedar.
@main struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-judge",
        abstract: "Time and allocations of a judgement at several sizes of the protocol.",
        discussion: """
            With --cedar, also writes the largest protocol as a Cedar policy set, and what the judge decided, for
            Tests/bench/cedar.py to measure and to compare.
            """)

    @Option(help: "How many rules; once for each size.") var rules = [50, 500]
    @Option(help: "How many rules about other messages stand beside them in one more size, to show what they cost.")
    var elsewhere = 4_500
    @Option(help: "How many messages are judged.") var messages = 1_000
    @Option(help: "The seed of protocol and messages.") var seed: UInt64 = 1
    @Option(help: "A directory for Cedar's policies and questions.") var cedar: String?
    @Option(help: "How many of the messages Cedar is asked about.") var cedarMessages = 200

    func validate() throws {
        guard rules.allSatisfy({ (1...10_000).contains($0) }), !rules.isEmpty else {
            throw ValidationError("--rules must be 1 to 10000")
        }
        guard (0...10_000).contains(elsewhere) else { throw ValidationError("--elsewhere must be 0 to 10000") }
        guard (1...100_000).contains(messages), (1...messages).contains(cedarMessages) else {
            throw ValidationError("--messages must be 1 to 100000, and --cedar-messages no more than those")
        }
    }

    func run() throws {
        print(
            "\njudging: \(BenchProtocol.parties.count) parties, \(messages) messages, each judged for one recipient\n")
        print(
            Self.columns([
                "rules", "fields", "rules named", "median us", "p99 us", "us a field", "allocations", "at most",
            ]))
        for (place, count) in rules.enumerated() {
            let text = try BenchProtocol(rules: count, seed: seed).text
            let inputs = inputs(text)
            let row = JudgeMeter.measure(text, inputs)
            show(row)
            if let cedar, place == rules.count - 1 {
                try write(text, Array(inputs.prefix(cedarMessages)), row, to: URL(filePath: cedar))
            }
        }
        let crowded = try BenchProtocol(rules: rules[rules.count - 1], elsewhere: elsewhere, seed: seed).text
        show(JudgeMeter.measure(crowded, inputs(crowded)))
        print("\nThe last row: \(elsewhere) of its rules are about messages nobody sends.")
    }

    private func inputs(_ text: CompiledProtocol) -> [JudgeInput] {
        var maker = BenchMessages(text, seed: seed)
        return (0..<messages).map { _ in maker.make() }
    }

    private func show(_ row: JudgeMeter.Row) {
        print(
            Self.columns([
                "\(row.rules)", String(format: "%.1f", row.fields), String(format: "%.1f", row.named),
                String(format: "%.2f", row.medianMicros), String(format: "%.2f", row.p99Micros),
                String(format: "%.2f", row.medianMicros / row.fields), String(format: "%.1f", row.allocations),
                "\(row.allocationsMax)",
            ]))
    }

    private func write(_ text: CompiledProtocol, _ inputs: [JudgeInput], _ row: JudgeMeter.Row, to directory: URL)
        throws
    {
        let policies = CedarText(text)
        let lines = try inputs.map { try CedarQuestions(text, $0).line(text.judge($0)) }
        func write(_ content: String, _ name: String) throws {
            try Data(content.utf8).write(to: directory.appending(path: name))
        }
        try write(policies.policies(), "policies.cedar")
        try write(try CedarQuestions.json(policies.entities()), "entities.json")
        try write(lines.joined(separator: "\n") + "\n", "questions.jsonl")
        try write(
            try CedarQuestions.json(["medianMicros": row.medianMicros, "p99Micros": row.p99Micros, "rules": row.rules]),
            "judge.json")
    }

    private static func columns(_ words: [String]) -> String {
        words.map { String(repeating: " ", count: max(0, 13 - $0.count)) + $0 }.joined(separator: " ")
    }
}
