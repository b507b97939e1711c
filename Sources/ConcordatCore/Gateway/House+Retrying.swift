import ConcordatWire

extension House {
    /// Does a piece of work again while what it rests on moves under it, and makes its failure an answer.
    ///
    /// `work` reads, makes one record and commits it: ``LedgerFault/stale`` means that another came between, and nothing of it
    /// is written. A `Problem` it throws is the answer; anything else it throws says only that the gateway cannot now.
    func retrying(_ work: () async throws -> Reply) async -> Reply {
        // Bound: times it is done again because another came between.
        for _ in 0..<settings.judgementsMax {
            do {
                return try await work()
            } catch LedgerFault.stale {
                continue
            } catch let fault as LedgerFault {
                return Reply(Intake.problem(for: fault))
            } catch let problem as Problem {
                return Reply(problem)
            } catch {
                return Reply(Intake.problem(for: .unavailable))
            }
        }
        return Reply(Intake.problem(for: .busy))
    }
}
