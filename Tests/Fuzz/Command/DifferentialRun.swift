import FuzzReaders
import Glibc

/// A stated run of the judge and the prover against the naive interpreter: so many protocols, so many cases of each.
struct DifferentialRun {
    // Bound: differences that are kept from one run; more of them are mostly the same one.
    private static let findingsMax = 20

    /// A whole run takes minutes, and a terminal that says nothing looks dead.
    private static let progressEvery = 250

    let seed: UInt64
    let protocols: Int
    let cases: Int

    /// Whether nothing differs. What does becomes a file that an ordinary test replays.
    func go(keepingIn directory: String) throws -> Bool {
        let shelf = try InputShelf(directory: directory)
        var dice = FuzzDice(seed: seed)
        var tally = JudgeTarget.Tally()
        var findings = 0
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        while count < protocols, findings < Self.findingsMax {
            let seed = dice.next()
            let input = JudgeTarget.input(seed: seed, cases: cases)
            count += 1
            // Order matters: a trap between these two lines leaves the input that caused it.
            try shelf.putAtHand(input)
            do throws(Finding) {
                tally.add(try JudgeTarget.compare(seed: seed, cases: cases))
            } catch {
                findings += 1
                print("judge: FOUND \(error) in \(try shelf.keep(input)), protocol \(count) of seed \(self.seed)")
            }
            if count.isMultiple(of: Self.progressEvery), count < protocols {
                print("differential: \(count) of \(protocols) protocols, \(findings) differences, \(clock.now - start)")
                // A pipe or a file would keep the lines back until the end.
                fflush(nil)
            }
        }
        try shelf.clear()
        print(
            """
            differential: \(count) protocols, \(tally.cases) cases judged by both (\(tally.shared) shared), \(findings) \
            differences, in \(clock.now - start), seed \(seed)
            guarantees: \(tally.proven) proven and broken by none of \(tally.cases) further cases; \(tally.broken) broken, of \
            which a random case shows \(tally.shown); \(tally.unsettled) in cells too large to settle
            """)
        return findings == 0
    }
}
