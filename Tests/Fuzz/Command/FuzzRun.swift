import FuzzReaders

/// The time one target gets, and what came of it.
struct FuzzRun {
    /// What a run of one target has seen.
    struct Count {
        let name: String
        let seed: UInt64
        var inputs = 0
        var accepted = 0
        var findings = 0

        var line: String {
            let share = inputs == 0 ? 0 : accepted * 100 / inputs
            return "\(name): \(inputs) inputs, \(accepted) accepted (\(share) %), \(findings) findings, seed \(seed)"
        }
    }

    // Bound: findings that are kept from one run; more of them are mostly the same one.
    private static let findingsMax = 20

    let name: String
    let seed: UInt64
    let share: Duration
    let shelf: InputShelf

    func go(_ target: some FuzzTarget) throws -> Count {
        var target = target
        var dice = FuzzDice(seed: name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
        var count = Count(name: name, seed: seed)
        let clock = ContinuousClock()
        let end = clock.now + share
        print("\(name):", "running for \(share)")
        while clock.now < end, count.findings < Self.findingsMax {
            let input = target.input(&dice)
            count.inputs += 1
            // Order matters: a trap between these two lines leaves the input that caused it.
            try shelf.putAtHand(input)
            do throws(Finding) {
                if try target.check(input) { count.accepted += 1 }
            } catch {
                count.findings += 1
                let path = try shelf.keep(input)
                print("\(name): FOUND \(error) in \(path), input \(count.inputs) of seed \(seed)")
            }
        }
        try shelf.clear()
        return count
    }
}
