import ArgumentParser
import ConcordatJSON
import ConcordatProtocols

struct ProtocolMutateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutate",
        abstract: "Make small wrong changes to the rules, and name those that no case and no guarantee notices.",
        discussion: """
            Drops each rule, turns permits and prohibitions round, forgets conditions, exceptions, consents and limits, lengthens
            what permits name and shortens what prohibitions name; all in memory. Each change is tried against the worked cases
            and the guarantees. What nobody notices is told with its line; what means the same as before is only counted.
            How far it is goes to standard error.

            Exit 0, or 1 when the text does not load or one of its cases fails; with --strict also when a change survives.

            Example: concordat protocol mutate protocols/asb-housing
            """)

    @OptionGroup var place: ProtocolPlace
    @Option(help: "Try at most so many changes, spread over the text.") var limit: Int?
    @Flag(help: "Lengthen each list by every element that reaches anything, not by the first alone.") var all = false
    @Flag(help: "Exit 1 when a change survives.") var strict = false
    @Flag(help: "For machines.") var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is a whole number, 1 or more") }
    }

    func run() async throws {
        let run: MutationRun
        do {
            run = try MutationRun.make(try place.files(), isExhaustive: all)
        } catch MutationRun.Fault.problems(let problems) {
            throw Complaint("`\(place.directory)` does not load; see its errors", problems: problems.errors)
        } catch MutationRun.Fault.failing(let name) {
            throw Complaint("the case `\(name)` fails as things are; `concordat protocol test` says why")
        }
        let report = MutationReport(run, await Self.tried(run, limit.map { run.sample($0) } ?? run.mutants))
        print(json ? report.json.pretty() : report.text)
        if strict, !report.survivors.isEmpty { throw ExitCode(1) }
    }

    /// Tries them on every core; their order is kept.
    private static func tried(_ run: MutationRun, _ mutants: [RuleMutant]) async -> [MutationReport.Entry] {
        let step = max(mutants.count / 10, 1)
        return await withTaskGroup(of: (Int, MutantVerdict).self) { group in
            for (place, mutant) in mutants.enumerated() {
                group.addTask { (place, run.verdict(of: mutant)) }
            }
            var verdicts: [Int: MutantVerdict] = [:]
            for await (place, verdict) in group {
                verdicts[place] = verdict
                if verdicts.count % step == 0 {
                    StandardError.write("\(verdicts.count) of \(mutants.count) changes tried")
                }
            }
            return mutants.enumerated().compactMap { place, mutant in
                verdicts[place].map { MutationReport.Entry(mutant: mutant, verdict: $0) }
            }
        }
    }
}
