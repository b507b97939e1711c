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
            ("To be reviewed by", day(compiled.period.review)), ("Last day", day(compiled.period.until)),
            (
                "May be extended",
                agreement.extensionTerms.map { "once, by \($0.days) days, if \($0.quorum) members of the board agree" }
                    ?? "no"
            ),
        ])
        if let board = agreement.board {
            heading("The board")
            paragraph(board.decides)
            facts([
                ("Members", words.kinds(Set(board.members))),
                ("Quorum", "\(board.quorum) of \(board.members.count) members"),
            ])
        }
        paragraph(
            "A party may at any time forbid more of what it sends, never allow more. Another change is another text, with its "
                + "own digest, and is signed anew.")
        guard agreement.texts[.records] != nil else { return }
        section(AgreementSection.records.heading)
        prose(.records)
    }
}
