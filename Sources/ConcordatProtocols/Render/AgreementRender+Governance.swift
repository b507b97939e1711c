import ConcordatDecision
import ConcordatTerms

// Documents, the board, review and the record.
extension AgreementRender {
    mutating func governance() {
        section("Impact assessment and policy documents")
        table(
            ["Document", "Reference", "Date", "Held by"],
            ([(agreement.impactAssessment, "Data protection impact assessment")]
                + agreement.policyDocuments.map { ($0, "Policy document") }).map { document, usual in
                    [
                        document.title.isEmpty ? usual : document.title, document.reference,
                        document.date.map(day) ?? "", document.heldBy.isEmpty ? "" : words.partyOrKind(document.heldBy),
                    ]
                })
        section("Review, change and end")
        prose(.review)
        facts([
            ("To be reviewed by", day(compiled.period.review)), ("Last day", lastDay),
            (
                "May be extended",
                agreement.extensionTerms.map { terms in
                    "once, by \(terms.days) days, if \(terms.quorum) \(terms.quorum == 1 ? "member" : "members") of the board "
                        + (terms.quorum == 1 ? "agrees" : "agree")
                } ?? "no"
            ),
        ])
        if let board = agreement.board {
            heading("The board")
            paragraph(board.decides)
            facts([
                ("Members", words.kinds(Set(board.members))),
                ("Quorum", "\(board.quorum) of \(Set(board.members).count) members"),
            ])
            if agreement.extensionTerms != nil {
                paragraph(
                    "Each member is a kind of party with one vote. To an extension it agrees when the accountable signatory "
                        + "of at least one party of that kind, for which this agreement is in force, has signed the extension. "
                        + "Signatures of other parties do not count.")
            }
        }
        paragraph(
            "A party may at any time forbid more of what it sends, never allow more. Another change is another text, with its "
                + "own digest, and is signed anew.")
        guard agreement.texts[.records] != nil else { return }
        section(AgreementSection.records.heading)
        prose(.records)
    }
}
