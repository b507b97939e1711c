import Dispatch
import Foundation
import Synchronization
import Testing

@testable import ConcordatProtocols

/// A wrong change of a rule of a shipped text is noticed by one of its cases or guarantees; or it is said here why not.
///
/// Every change is tried with `CONCORDAT_MUTATION=long`, a few of each text otherwise.
@Suite struct ShippedMutationTests {
    /// Changes that nobody notices, and why nobody need.
    private static let explained: [String: Set<String>] = [
        "rj-west-midlands": [
            // Whoever receives a concern is its protector, and R42 names the harmer to every protector in any case.
            "B1 with `harmer` in `about`",
            // Of the roster no youth offending team and no victim liaison unit is marked for these.
            "S6v without part 1.2 of its condition", "S6v without part 2.2 of its condition",
            "S6v without part 3.2 of its condition", "S6v without part 5.2 of its condition",
        ]
    ]
    private static let isLong = ProcessInfo.processInfo.environment["CONCORDAT_MUTATION"] == "long"

    @Test(arguments: EveryProtocolTests.names)
    func aWrongChangeIsNoticed(name: String) throws {
        let folder = Fixture.repository.appendingPathComponent("protocols/" + name).path
        let run = try MutationRun.make(try ProtocolDirectory.read(folder), isKnownToLoad: true)
        #expect(run.mutants.count > 150)
        let dropped = run.mutants.filter { $0.kind == .dropped }
        let some =
            name == "asb-housing" ? run.sample(40) : stride(from: 0, to: dropped.count, by: 6).map { dropped[$0] }
        let survivors = Self.survivors(run, Self.isLong ? run.mutants : some)
        #expect(survivors.subtracting(Self.explained[name] ?? []).sorted() == [])
        if Self.isLong { #expect(Self.explained[name] ?? [] == survivors, "an explanation that is no longer needed") }
    }

    private static func survivors(_ run: MutationRun, _ mutants: [RuleMutant]) -> Set<String> {
        let survivors = Mutex<Set<String>>([])
        DispatchQueue.concurrentPerform(iterations: mutants.count) { place in
            guard run.verdict(of: mutants[place]) == .survives else { return }
            survivors.withLock { _ = $0.insert("\(mutants[place].rule) \(mutants[place].change)") }
        }
        return survivors.withLock { $0 }
    }
}
