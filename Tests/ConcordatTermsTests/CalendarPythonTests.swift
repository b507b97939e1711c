import ConcordatTerms
import Foundation
import Testing

/// The same moments, days and ages as Python's `datetime`, on values by the thousand.
@Suite struct CalendarPythonTests {
    @Test func agreesOnMomentsDaysAndAges() throws {
        var generator = SeededGenerator(state: 3_339)
        let lines = (0..<4_000).map { _ in Self.line(&generator) }
        let answers = try Self.python(lines)
        try #require(answers.count == lines.count)
        var refused = 0
        for (line, answer) in zip(lines, answers) {
            #expect(Self.answer(line) == answer, "\(line)")
            if answer.contains("none") { refused += 1 }
        }
        // Both verdicts must have been tried in earnest.
        #expect((200...3_000).contains(refused))
    }

    /// A moment and two days, most of them real ones.
    private static func line(_ generator: inout SeededGenerator) -> String {
        func two(_ range: ClosedRange<Int>) -> String { padded(Int.random(in: range, using: &generator), 2) }
        func date() -> String {
            let years = [1, 2, 4, 100, 400, 1899, 1900, 1969, 1970, 1999, 2000, 2024, 2026, 2100, 9996, 9999]
            let year =
                Bool.random(using: &generator)
                ? years.randomElement(using: &generator) ?? 1 : Int.random(in: 1...9999, using: &generator)
            let edges = ["02-28", "02-29", "03-01", "12-31", "01-01", "04-31"]
            let day =
                Int.random(in: 0..<4, using: &generator) == 0
                ? edges.randomElement(using: &generator) ?? "" : "\(two(1...12))-\(two(1...29))"
            return "\(padded(year, 4))-\(day)"
        }
        let sign = Bool.random(using: &generator) ? "+" : "-"
        let zone = Bool.random(using: &generator) ? "Z" : "\(sign)\(two(0...23)):\(two(0...59))"
        let fractions = ["", "", ".5", ".25", ".001", ".999", ".123456", ".000999"]
        let time = "\(two(0...23)):\(two(0...59)):\(two(0...59))\(fractions.randomElement(using: &generator) ?? "")"
        return "\(date())T\(time)\(zone) \(date()) \(date())"
    }

    private static func answer(_ line: String) -> String {
        let parts = line.split(separator: " ").map(String.init)
        let moment = UTCInstant(parts[0]).map { "\($0.milliseconds) \($0) \($0.date)" } ?? "none"
        let (first, second) = (CivilDate(parts[1]), CivilDate(parts[2]))
        let age: String
        if let first, let second {
            age = "\(first.daysSinceEpoch) \(first.wholeYears(until: second)) \(first < second)"
        } else {
            age = "none"
        }
        return "\(moment) \(age)"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
    }

    private static func python(_ lines: [String]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "concordat-terms-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appending(path: "lines"), folder.appending(path: "answers"))
        try Data(lines.joined(separator: "\n").utf8).write(to: input)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", oracle, input.path, output.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: try Data(contentsOf: output), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static let oracle = #"""
        import datetime, re, sys

        epoch = datetime.datetime(1970, 1, 1)

        def moment(text):
            date, time, fraction, zone = re.fullmatch(r"(.{10})T(.{8})(?:\.(\d+))?(.+)", text).groups()
            try:
                base = datetime.datetime.fromisoformat(date + "T" + time)
                if zone != "Z":
                    offset = datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
                    base = base - offset if zone[0] == "+" else base + offset
            except (ValueError, OverflowError):
                return "none"
            thousandths = int(((fraction or "") + "000")[:3])
            milliseconds = (base - epoch) // datetime.timedelta(milliseconds=1) + thousandths
            tail = f".{thousandths:03d}" if thousandths else ""
            return f"{milliseconds} {base.isoformat()}{tail}Z {base.date().isoformat()}"

        def age(first, second):
            try:
                born, on = datetime.date.fromisoformat(first), datetime.date.fromisoformat(second)
            except ValueError:
                return "none"
            years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
            return f"{(born - epoch.date()).days} {years} {'true' if born < on else 'false'}"

        with open(sys.argv[1]) as lines, open(sys.argv[2], "w") as answers:
            for line in lines:
                first, born, on = line.split()
                answers.write(f"{moment(first)} {age(born, on)}\n")
        """#
}
