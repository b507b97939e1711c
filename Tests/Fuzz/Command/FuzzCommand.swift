import ArgumentParser
import FuzzReaders

/// The fuzzer: mutated inputs against every reader, in this process.
@main struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz", abstract: "Feed the readers with mutated inputs; what breaks one becomes a file.",
        discussion: """
            The input at hand stands in Tests/FailCases/<target>/at-hand while it is read, so that a trap leaves it there. An input \
            that breaks a claim is kept under its digest. `swift test --filter FailCaseTests` reads all files there again.
            """)

    @Option(help: "How long to look, all targets together.") var seconds: Int = 60
    @Option(help: "Begin with this seed; without it, a new one.") var seed: UInt64?
    @Option(help: "json, envelope, payload, log, protocol or judge; without it, all in turn.") var target: String?
    @Option(help: "A protocol whose examples are the seeds.") var `protocol` = "protocols/rj-west-midlands"
    @Option(help: "Where what breaks a reader is kept.") var keep = "Tests/FailCases"

    @Flag(help: "Compare the judge and the prover with the naive interpreter over random protocols, and nothing else.")
    var differential = false
    @Option(help: "With --differential: how many protocols.") var protocols = 5_000
    @Option(help: "With --differential: how many cases of each.") var cases = 200

    func validate() throws {
        guard (1...1_000_000).contains(protocols), (1...100_000).contains(cases) else {
            throw ValidationError("--protocols must be 1 to 1000000, --cases 1 to 100000")
        }
        guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds must be 1 to 86400") }
        if let target, !FuzzTargets.names.contains(target) {
            throw ValidationError("--target must be one of \(FuzzTargets.names.joined(separator: ", "))")
        }
    }

    func run() throws {
        let seed = seed ?? UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        if differential {
            let run = DifferentialRun(seed: seed, protocols: protocols, cases: cases)
            guard try run.go(keepingIn: "\(keep)/\(JudgeTarget.name)") else { throw ExitCode.failure }
            return
        }
        let names = target.map { [$0] } ?? FuzzTargets.names
        var foundAny = false
        for name in names {
            guard let reader = try FuzzTargets.make(name, protocolDirectory: `protocol`) else { continue }
            let share = Duration.seconds(seconds) / names.count
            let shelf = try InputShelf(directory: "\(keep)/\(name)")
            // Each target has dice of its own: --target with the same seed repeats its part of a whole run.
            let run = FuzzRun(name: name, seed: seed, share: share, shelf: shelf)
            let count = try run.go(reader)
            foundAny = foundAny || count.findings > 0
            print(count.line)
        }
        if foundAny { throw ExitCode.failure }
    }
}
