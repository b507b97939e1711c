import ArgumentParser
import Testing

@testable import concordat

/// Whoever copies an example out of a terminal of 80 columns has a command.
@Suite struct HelpTests {
    /// Every command that does something, with its help as a terminal shows it.
    private static func commands(under command: any ParsableCommand.Type) -> [(name: String, help: String)] {
        let subcommands = command.configuration.subcommands
        guard subcommands.isEmpty else { return subcommands.flatMap { commands(under: $0) } }
        return [(command._commandName, Concordat.helpMessage(for: command, columns: 80))]
    }

    /// Each example as its lines, and the line behind it.
    private static func examples(in help: String) -> [(lines: [Substring], after: Substring)] {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.filter { lines[$0].hasPrefix("Example: ") }.map { first in
            let last = lines[first...].firstIndex { !$0.hasSuffix("\\") } ?? first
            return (Array(lines[first...last]), lines.indices.contains(last + 1) ? lines[last + 1] : "")
        }
    }

    @Test func everyCommandHasAnExampleThatIsNotBroken() {
        let commands = Self.commands(under: Concordat.self)
        #expect(commands.count > 25)
        for (name, help) in commands {
            let examples = Self.examples(in: help)
            #expect(!examples.isEmpty, "\(name)")
            for example in examples {
                let isWhole = example.after.isEmpty || example.after.hasPrefix("Example: ")
                #expect(isWhole, "\(name): \(example.lines.joined()) is followed by \(example.after)")
            }
        }
    }

    @Test func anExampleIsACommandThatExists() {
        var parsed = 0
        for (name, help) in Self.commands(under: Concordat.self) {
            for (lines, _) in Self.examples(in: help) {
                let text = lines.joined(separator: " ").replacing("\\", with: " ").replacing("\"$(cat ", with: "")
                let words = text.split(separator: " ").dropFirst().map { String($0) }
                let command = Array(words.prefix { $0 != ">" && $0 != "|" }.dropFirst())
                #expect(words.first == "concordat", "\(name)")
                #expect(throws: Never.self, "\(name): \(text)") { try Concordat.parseAsRoot(command) }
                parsed += 1
            }
        }
        #expect(parsed > 25)
    }
}
