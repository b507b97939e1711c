import ConcordatTerms

/// Where two agreements differ: what is read before it is signed, and no rule decides.
struct AgreementDifference {
    typealias Finding = ProtocolDifference.Finding

    let old: Agreement
    let new: Agreement

    func findings() -> [Finding] {
        var findings: [Finding] = []
        compare("title", old.title, new.title, &findings)
        for section in AgreementSection.allCases {
            compare(section.rawValue, old.texts[section] ?? "", new.texts[section] ?? "", &findings)
        }
        findings += items("benefits", old.benefits, new.benefits)
        findings += items(
            "stages", old.stages.map { "\($0.title): \($0.text)" }, new.stages.map { "\($0.title): \($0.text)" })
        if old.impactAssessment != new.impactAssessment {
            findings.append(
                change(
                    "the impact assessment is \(Self.words(new.impactAssessment)), before \(Self.words(old.impactAssessment))"
                ))
        }
        findings += documents()
        return findings + board() + extensionTerms()
    }

    private func compare(_ key: String, _ before: String, _ now: String, _ findings: inout [Finding]) {
        guard let words = WordDifference.words(before, now) else { return }
        findings.append(change("the agreement's `\(key)` \(words)"))
    }

    private func items(_ key: String, _ before: [String], _ now: [String]) -> [Finding] {
        let (gone, added) = (before.filter { !now.contains($0) }, now.filter { !before.contains($0) })
        guard gone.count != added.count || gone.isEmpty else {
            return zip(gone, added).compactMap { was, new in
                WordDifference.words(was, new).map { change("the agreement's `\(key)` \($0)") }
            }
        }
        return added.map { change("the agreement's `\(key)` newly say \(WordDifference.quoted($0))") }
            + gone.map { change("the agreement's `\(key)` no longer say \(WordDifference.quoted($0))") }
    }

    private func documents() -> [Finding] {
        let (before, now) = (old.policyDocuments, new.policyDocuments)
        return now.filter { !before.contains($0) }.map { change("policy document \(Self.words($0)) is newly named") }
            + before.filter { !now.contains($0) }.map { change("policy document \(Self.words($0)) is no longer named") }
    }

    private static func words(_ document: AgreementDocument) -> String {
        var words = document.reference.isEmpty ? document.title : "`\(document.reference)`"
        if !document.reference.isEmpty, !document.title.isEmpty { words += " (\(document.title))" }
        if let date = document.date { words += " of \(date)" }
        return document.heldBy.isEmpty ? words : words + ", held by \(document.heldBy)"
    }

    private func board() -> [Finding] {
        guard let before = old.board, let now = new.board else {
            if old.board == nil, new.board == nil { return [] }
            return [new.board == nil ? change("the board is gone", .loosens) : change("a board is new", .narrows)]
        }
        var findings: [Finding] = []
        for kind in Set(now.members).subtracting(before.members).sorted() {
            findings.append(change("\(kind) newly sits on the board"))
        }
        for kind in Set(before.members).subtracting(now.members).sorted() {
            findings.append(change("\(kind) no longer sits on the board"))
        }
        findings += number("the quorum of the board is", before.quorum, now.quorum, more: .narrows)
        compare("board", before.decides, now.decides, &findings)
        return findings
    }

    private func extensionTerms() -> [Finding] {
        switch (old.extensionTerms, new.extensionTerms) {
        case (nil, nil): return []
        case (nil, let terms?):
            return [
                change(
                    "the last day may newly be moved by \(terms.days) days, by a quorum of \(terms.quorum)", .loosens)
            ]
        case (_?, nil): return [change("the last day may no longer be moved", .narrows)]
        case (let before?, let now?):
            return number("the days by which the last day may be moved are", before.days, now.days, more: .loosens)
                + number("the quorum of an extension is", before.quorum, now.quorum, more: .narrows)
        }
    }

    private func number(
        _ what: String, _ before: Int, _ now: Int, more: ProtocolDifference.Effect
    ) -> [Finding] {
        guard before != now else { return [] }
        let less: ProtocolDifference.Effect = more == .narrows ? .loosens : .narrows
        return [change("\(what) \(now), before \(before)", now > before ? more : less)]
    }

    private func change(_ sentence: String, _ effect: ProtocolDifference.Effect = .changes) -> Finding {
        Finding(effect: effect, sentence: sentence, parties: [], sharing: nil)
    }
}

/// What is different between two texts in prose, with a few words around it.
enum WordDifference {
    // Bound: words of a text that are told.
    private static let wordsMax = 24
    private static let contextWords = 3

    /// `says “… within 72 hours …”, before “… within 24 hours …”`; nil when only white space differs.
    static func words(_ before: String, _ now: String) -> String? {
        let (was, says) = (split(before), split(now))
        guard was != says else { return nil }
        if was.isEmpty { return "is new: \(quoted(now))" }
        if says.isEmpty { return "is gone: \(quoted(before))" }
        var head = 0
        while head < min(was.count, says.count), was[head] == says[head] { head += 1 }
        var tail = 0
        while tail < min(was.count, says.count) - head, was[was.count - 1 - tail] == says[says.count - 1 - tail] {
            tail += 1
        }
        let (from, rest) = (max(0, head - contextWords), max(0, tail - contextWords))
        return "says \(part(says, from, rest)), before \(part(was, from, rest))"
    }

    /// The beginning of a text, in quotes.
    static func quoted(_ text: String) -> String { part(split(text), 0, 0) }

    private static func split(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    private static func part(_ words: [Substring], _ from: Int, _ rest: Int) -> String {
        let all = words[from..<max(from, words.count - rest)]
        let isCut = all.count > wordsMax
        let start = from > 0 ? "… " : ""
        let end = rest > 0 || isCut ? " …" : ""
        return "“\(start)\(all.prefix(wordsMax).joined(separator: " "))\(end)”"
    }
}
