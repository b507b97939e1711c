import ConcordatTerms

/// What the writer does beside commits: the write-ahead log is copied back and emptied, old answers are forgotten.
package struct LedgerChores: Sendable {
    /// How long answers are remembered.
    package var rememberFor: Duration
    /// How long what decisions were judged by is kept.
    package var replayFor: Duration
    /// How often old answers are looked for.
    package var forgetEvery: Duration
    /// How often the write-ahead log is emptied, so that no destroyed copy stays readable in it.
    package var truncateEvery: Duration

    // Bound: batches before the write-ahead log is copied back.
    private static let batchesMax = 1_000
    // Bound: answers forgotten at once, so that the writer is not held up.
    private static let forgetMax = 500

    private var batches = 0
    private var forgotten: ContinuousClock.Instant
    private var truncated: ContinuousClock.Instant

    package init(
        rememberFor: Duration = .seconds(90 * 86_400), replayFor: Duration = .seconds(30 * 86_400),
        forgetEvery: Duration = .seconds(60),
        truncateEvery: Duration = .seconds(3_600)
    ) {
        (self.rememberFor, self.replayFor) = (rememberFor, replayFor)
        (self.forgetEvery, self.truncateEvery) = (forgetEvery, truncateEvery)
        forgotten = .now
        truncated = .now
    }

    mutating func noteBatch() { batches += 1 }

    /// Whether it has waited so long that it goes before those who wait.
    var isOverdue: Bool { batches >= 2 * Self.batchesMax }

    /// Does what is due. A chore that fails is tried again at its next turn.
    mutating func run(_ driver: any LedgerDriver, now: UTCInstant) {
        let clock = ContinuousClock.now
        if clock - forgotten >= forgetEvery, now.milliseconds > .min {
            forgotten = clock
            try? driver.forgetAnswers(before: now - rememberFor, limit: Self.forgetMax)
            try? driver.forgetReplay(before: now - replayFor, limit: Self.forgetMax)
        }
        if clock - truncated >= truncateEvery {
            do {
                try driver.truncateLog()
                (truncated, batches) = (clock, 0)
                return
            } catch {
                // Somebody reads; the pages are at least copied back below.
                batches = max(batches, Self.batchesMax)
            }
        }
        guard batches >= Self.batchesMax else { return }
        batches = 0
        try? driver.checkpoint()
    }
}
