import BenchMeasure
import ConcordatDecision

/// Times and counts judgements, each on its own.
struct JudgeMeter {
    /// What the judgements of one protocol cost.
    struct Row {
        let rules: Int
        /// Fields decided in one message, at the mean.
        let fields: Double
        /// Rules, and permits that came near, named in the grounds of one message, at the mean.
        let named: Double
        let medianMicros: Double
        let p99Micros: Double
        /// At the mean, and the most for one judgement.
        let allocations: Double
        let allocationsMax: Int
    }

    private static let rounds = 25

    /// Judges each of `inputs` many times.
    static func measure(_ text: CompiledProtocol, _ inputs: [JudgeInput]) -> Row {
        var sum = 0
        for input in inputs { sum &+= text.judge(input).grounds.count }
        var most = 0
        var all = 0
        for input in inputs {
            let before = AllocationCount.now
            sum &+= text.judge(input).grounds.count
            let count = AllocationCount.now - before
            most = max(most, count)
            all += count
        }
        let clock = ContinuousClock()
        var micros: [Double] = []
        micros.reserveCapacity(inputs.count * rounds)
        for _ in 0..<rounds {
            for input in inputs {
                let began = clock.now
                sum &+= text.judge(input).grounds.count
                micros.append(Double((clock.now - began).components.attoseconds) / 1e12)
            }
        }
        micros.sort()
        let grounds = inputs.map { text.judge($0).grounds }
        precondition(sum != 0, "a judge that decides nothing was measured")
        let count = Double(inputs.count)
        return Row(
            rules: text.rules.count, fields: Double(grounds.reduce(0) { $0 + $1.count }) / count,
            named: Double(grounds.joined().reduce(0) { $0 + $1.rules.count + $1.missed.count }) / count,
            medianMicros: micros[micros.count / 2], p99Micros: micros[micros.count * 99 / 100],
            allocations: Double(all) / count, allocationsMax: most)
    }
}
