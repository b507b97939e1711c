import ConcordatCrypto
import ConcordatLog
import ConcordatTerms
import Foundation
package import Logging
import Metrics
import Synchronization

/// The one writer: takes waiting records, checks what they were judged under, appends their leaves, signs a checkpoint,
/// and makes all of it durable in one transaction.
///
/// Log order is the order of truth. Records that wait together share one transaction and one sync.
package final class Sequencer: Sendable {
    // Bound: records one transaction takes.
    package static let batchMax = 256
    /// How long a failed batch makes the store count as unavailable; then the next one is let try.
    private static let failureShownFor: Duration = .seconds(10)
    /// How long the writer sleeps at most before it looks for chores.
    private static let idleMax: DispatchTimeInterval = .seconds(15)

    struct Waiting: Sendable {
        let record: LedgerRecord
        let then: @Sendable (Result<Placement, LedgerFault>) -> Void
    }

    /// How the store does, as the last batches saw it.
    package enum Health: Sendable, Equatable {
        case well
        /// Free space is under the reserve: messages are refused, withdrawals taken.
        case short
        /// A batch was not written lately.
        case failing
    }

    private struct Queue {
        var waiting: [Waiting] = []
        var isClosed = false
        var isShort = false
        var failed: ContinuousClock.Instant?
    }

    private let queue = Mutex(Queue())
    private let bell = DispatchSemaphore(value: 0)
    private let closed = DispatchSemaphore(value: 0)
    private let queueMax: Int
    private let registers: Registers
    private let logger: Logger
    private let batchSizes = Recorder(label: "concordat_ledger_batch_records")

    /// Starts the writer's thread.
    ///
    /// - Parameters:
    ///   - queueMax: records that may wait; the next one is answered ``LedgerFault/busy``.
    ///   - halt: called when a sync failed and nobody can tell what is on disk; it MUST end the process.
    package init(
        writer: consuming BatchWriter, registers: Registers, queueMax: Int = 8_192, logger: Logger,
        halt: @escaping @Sendable (String) -> Never
    ) {
        self.registers = registers
        self.queueMax = queueMax
        self.logger = logger
        let start = Mutex<BatchWriter?>(writer)
        let thread = Thread { [self] in
            guard var writer = start.withLock({ $0.take() }) else { preconditionFailure("the writer started twice") }
            run(&writer, halt: halt)
        }
        thread.name = "concordat-writer"
        thread.start()
    }

    /// Makes a record durable, whole or not at all, and then says where its leaves stand.
    ///
    /// Callers MUST NOT answer anyone before `then` is called. `then` is called once, on the writer's thread or, when the
    /// queue is full or closed, on the caller's, and must not block.
    package func commit(_ record: LedgerRecord, then: @escaping @Sendable (Result<Placement, LedgerFault>) -> Void) {
        let isTaken = queue.withLock { queue in
            guard !queue.isClosed, queue.waiting.count < queueMax else { return false }
            queue.waiting.append(Waiting(record: record, then: then))
            return true
        }
        if isTaken { bell.signal() } else { then(.failure(.busy)) }
    }

    /// The same, for callers that can wait.
    package func commit(_ record: LedgerRecord) async throws(LedgerFault) -> Placement {
        let result = await withCheckedContinuation { continuation in
            commit(record) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// How the store does. A failure is shown for some seconds only, so that a store that works again is found out.
    package var health: Health {
        queue.withLock { queue in
            if let failed = queue.failed, ContinuousClock.now - failed < Self.failureShownFor { return .failing }
            return queue.isShort ? .short : .well
        }
    }

    /// Writes what is waiting, then ends the writer's thread. Records that come later are answered `busy`.
    package func close() {
        let first = queue.withLock { queue in
            defer { queue.isClosed = true }
            return !queue.isClosed
        }
        guard first else { return }
        bell.signal()
        closed.wait()
    }

    private func run(_ writer: inout BatchWriter, halt: @Sendable (String) -> Never) {
        while true {
            let isRung = bell.wait(timeout: .now() + Self.idleMax) == .success
            let (batch, isClosed) = queue.withLock { queue in
                let taken = Array(queue.waiting.prefix(Self.batchMax))
                queue.waiting.removeFirst(taken.count)
                return (taken, queue.isClosed && queue.waiting.isEmpty)
            }
            // Invariant: as many rings are left as records wait, or more. Each record rings once, and what is heard here
            // is never more than what was taken, so nobody waits unheard.
            for _ in 0..<max(batch.count - (isRung ? 1 : 0), 0) { _ = bell.wait(timeout: .now()) }
            if !batch.isEmpty {
                batchSizes.record(batch.count)
                note(writer.write(batch, over: registers), halt: halt)
            }
            if isClosed {
                closed.signal()
                return
            }
            if batch.count < Self.batchMax || writer.isTidyingOverdue { writer.tidy() }
        }
    }

    private func note(_ outcome: BatchWriter.Outcome, halt: @Sendable (String) -> Never) {
        switch outcome {
        case .done(isShort: let isShort):
            queue.withLock { ($0.isShort, $0.failed) = (isShort, nil) }
        case .refused(let reason):
            queue.withLock { $0.failed = .now }
            logger.error("ledger: a batch was not written", metadata: ["reason": "\(reason)"])
        case .halted(let reason): halt(reason)
        }
    }
}
