package import ConcordatLog
import ConcordatTerms
package import ConcordatWire

/// What a recipient says it did with what a notice named.
package struct NoticeAnswer: Sendable, Equatable {
    package let done: NoticeLeaf.Done
    package let basis: LeafToken?

    /// - Throws: `query.malformed` for another word, and for keeping without a basis or a basis without keeping.
    package init(done: String, basis: String?) throws(Problem) {
        guard let word = NoticeLeaf.Done(rawValue: done) else {
            throw Self.malformed("`done` must be `stopped`, `erased` or `kept`")
        }
        let token = basis.flatMap { LeafToken($0) }
        guard (word == .kept) == (basis != nil), (basis == nil) == (token == nil) else {
            throw Self.malformed("`basis` stands with `done=kept` and only there, 1 to 64 of [A-Za-z0-9._-]")
        }
        (self.done, self.basis) = (word, token)
    }

    private static func malformed(_ detail: String) -> Problem {
        ProblemCatalogue.problem("query.malformed", detail: detail)
    }
}
