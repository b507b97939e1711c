import ConcordatTerms

/// On what ground each kind works for a purpose, the basis itself aside, and which categories are marked as sensitive.
struct PurposeDifference {
    typealias Finding = ProtocolDifference.Finding

    let old: LoadedProtocol
    let new: LoadedProtocol

    func findings() -> [Finding] {
        var findings: [Finding] = []
        for (id, now) in new.purposes.sorted(by: { $0.key < $1.key }) {
            guard let before = old.purposes[id] else { continue }
            for (kind, party) in now.parties.sorted(by: { $0.key < $1.key }) {
                guard let was = before.parties[kind] else { continue }
                findings += Self.changes(from: was, to: party).map { change("for \(id), \(kind) \($0)") }
            }
        }
        return findings + marks()
    }

    private static func changes(from was: PurposeParty, to now: PurposeParty) -> [String] {
        var changes: [String] = []
        func compare(_ what: String, _ before: String, _ after: String) {
            if before != after { changes.append("\(what) \(after), before \(before)") }
        }
        compare("is", was.controller.words, now.controller.words)
        compare("works on behalf of", was.onBehalfOf?.rawValue ?? "nobody", now.onBehalfOf?.rawValue ?? "nobody")
        compare(
            "is", was.isCompetent ? "a competent authority" : "no competent authority",
            now.isCompetent ? "a competent authority" : "no competent authority")
        compare("sends under", was.sending.words, now.sending.words)
        compare("receives under", was.receiving.words, now.receiving.words)
        func lists(_ what: String, _ before: [String], _ after: [String]) {
            for words in after where !before.contains(words) { changes.append("newly names \(what) “\(words)”") }
            for words in before where !after.contains(words) { changes.append("no longer names \(what) “\(words)”") }
        }
        lists("the condition", was.conditions, now.conditions)
        lists("the gateway", was.gateway, now.gateway)
        return changes
    }

    /// A category without its mark needs no condition any more.
    private func marks() -> [Finding] {
        let categories = Set(old.sensitive.keys).union(new.sensitive.keys).sorted()
        return categories.compactMap { category in
            switch (old.sensitive[category], new.sensitive[category]) {
            case (nil, let mark?): return change("`\(category)` is newly marked \(mark.words)", .narrows)
            case (let mark?, nil): return change("`\(category)` is no longer marked \(mark.words)", .loosens)
            case (let was?, let now?):
                return was == now ? nil : change("`\(category)` is marked \(now.words), before \(was.words)", .loosens)
            case (nil, nil): return nil
            }
        }
    }

    private func change(_ sentence: String, _ effect: ProtocolDifference.Effect = .changes) -> Finding {
        Finding(effect: effect, sentence: sentence, parties: [], sharing: nil)
    }
}
