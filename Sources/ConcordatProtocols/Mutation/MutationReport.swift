package import ConcordatJSON
import ConcordatTerms

/// What `protocol mutate` says: how many changes were noticed, and each that nobody notices.
package struct MutationReport: Sendable {
    package struct Entry: Sendable {
        package let mutant: RuleMutant
        package let verdict: MutantVerdict
        package init(mutant: RuleMutant, verdict: MutantVerdict) { (self.mutant, self.verdict) = (mutant, verdict) }
    }

    /// In the order of the text.
    package let entries: [Entry]
    /// How many there are of the text; more than ``entries`` under a limit.
    package let total: Int
    private let ruleCount: Int

    /// The report of the mutants that were tried.
    package init(_ run: MutationRun, _ entries: [Entry]) {
        (self.entries, total, ruleCount) = (entries, run.mutants.count, run.ruleCount)
    }

    /// Tries `mutants` one after the other; `progress` hears how many are done after each.
    package init(_ run: MutationRun, _ mutants: [RuleMutant], progress: (Int) -> Void = { _ in }) {
        var entries: [Entry] = []
        for mutant in mutants {
            entries.append(Entry(mutant: mutant, verdict: run.verdict(of: mutant)))
            progress(entries.count)
        }
        self.init(run, entries)
    }

    /// Those that no case and no guarantee notices.
    package var survivors: [RuleMutant] { entries.filter { $0.verdict == .survives }.map(\.mutant) }

    /// For a terminal.
    package var text: String {
        (survivors.map(Self.sentence) + counts).joined(separator: "\n")
    }

    private var counts: [String] {
        let tried = entries.count == total ? "\(total)" : "\(entries.count) of \(total)"
        var table = TextTable("CHANGE", "TRIED", "CASE", "GUARANTEE", "SAME", "NOBODY")
        func row(_ name: String, _ entries: [Entry]) -> [String] {
            [name, "\(entries.count)"] + Self.tally(entries).map(String.init)
        }
        for kind in RuleMutant.Kind.allCases {
            let ours = entries.filter { $0.mutant.kind == kind }
            if !ours.isEmpty { table.rows.append(row(kind.rawValue, ours)) }
        }
        table.rows.append(row("all", entries))
        return ["\(tried) wrong changes of \(ruleCount) rules, by who notices", table.text]
    }

    /// Noticed by a case, by a guarantee, without a meaning of their own, by nobody.
    private static func tally(_ entries: [Entry]) -> [Int] {
        var tally = [0, 0, 0, 0]
        for entry in entries {
            switch entry.verdict {
            case .noticedByCase: tally[0] += 1
            case .noticedByGuarantee: tally[1] += 1
            case .sameMeaning: tally[2] += 1
            case .survives: tally[3] += 1
            }
        }
        return tally
    }

    private static func sentence(_ mutant: RuleMutant) -> String {
        "\(mutant.span.file):\(mutant.span.line): nobody notices `\(mutant.rule)` \(mutant.change)"
    }

    /// For machines.
    package var json: JSONValue {
        let tally = Self.tally(entries)
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        return .object([
            JSONMember("rules", number(ruleCount)), JSONMember("changes", number(total)),
            JSONMember("tried", number(entries.count)), JSONMember("noticedByCase", number(tally[0])),
            JSONMember("noticedByGuarantee", number(tally[1])), JSONMember("same", number(tally[2])),
            JSONMember("survived", number(tally[3])), JSONMember("mutants", .array(entries.map(Self.json))),
        ])
    }

    private static func json(_ entry: Entry) -> JSONValue {
        let mutant = entry.mutant
        let (verdict, by): (String, String?) =
            switch entry.verdict {
            case .noticedByCase(let name): ("case", name)
            case .noticedByGuarantee(let id): ("guarantee", id.rawValue)
            case .sameMeaning: ("same", nil)
            case .survives: ("nobody", nil)
            }
        return .object(
            [
                JSONMember("rule", .string(mutant.rule.rawValue)), JSONMember("file", .string(mutant.span.file)),
                JSONMember("line", .number(JSONNumber(mutant.span.line))),
                JSONMember("kind", .string(mutant.kind.rawValue)), JSONMember("change", .string(mutant.change)),
                JSONMember("noticedBy", .string(verdict)),
            ] + (by.map { [JSONMember("by", .string($0))] } ?? []))
    }
}
