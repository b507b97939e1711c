import ConcordatDecision
import ConcordatTerms

/// Which guarantees one text gives that another does not, by meaning; of one that both give, what it says otherwise.
struct GuaranteeDifference {
    typealias Finding = ProtocolDifference.Finding
    typealias Effect = ProtocolDifference.Effect

    private let old: [Guarantee]
    private let new: [Guarantee]
    private let oldWords: ConditionWords
    private let newWords: ConditionWords

    init(old: LoadedProtocol, new: LoadedProtocol) {
        (self.old, self.new) = (old.guarantees, new.guarantees)
        (oldWords, newWords) = (ConditionWords(ProtocolWords(old)), ConditionWords(ProtocolWords(new)))
    }

    func findings() -> [Finding] {
        let (before, now) = (old.map(Self.core), new.map(Self.core))
        let gone = zip(old, before).filter { !now.contains($0.1) }.map(\.0)
        let added = zip(new, now).filter { !before.contains($0.1) }.map(\.0)
        // Names are no meaning, but the best guess at what an author has changed.
        let matched = TermsDifference.matched(gone, added) { $0.id == $1.id }
        return matched.pairs.flatMap { changes(from: $0, to: $1) }
            + matched.gone.map { change("guarantee \(Self.name($0)) is no longer given", .loosens) }
            + matched.new.map { change("guarantee \(Self.name($0)) is newly given", .narrows) }
    }

    /// One finding for each part that says something else.
    private func changes(from was: Guarantee, to now: Guarantee) -> [Finding] {
        let name = "guarantee \(Self.name(now))"
        var findings: [Finding] = []
        func tell(_ words: String?, _ effect: Effect) {
            if let words { findings.append(change("\(name) \(words)", effect)) }
        }
        let lost = was.categories.subtracting(now.categories)
        let won = now.categories.subtracting(was.categories)
        tell(lost.isEmpty ? nil : "no longer covers \(Self.ids(lost))", .loosens)
        tell(won.isEmpty ? nil : "newly covers \(Self.ids(won))", .narrows)
        func scope<Member: Hashable>(
            _ what: String, _ before: Set<Member>?, _ after: Set<Member>?, _ text: (Member) -> String
        ) {
            guard before != after else { return }
            let isLess = after.map { scope in before.map { !$0.isSubset(of: scope) } ?? true } ?? false
            func words(_ set: Set<Member>?) -> String { set.map { SharingChange.list($0.map(text)) } ?? "any" }
            tell("is \(what) \(words(after)), before \(words(before))", isLess ? .loosens : .narrows)
        }
        scope("about", was.about, now.about) { $0.text }
        scope("on what reaches", was.to, now.to) { $0.rawValue }
        scope("on what comes from", was.from, now.from) { $0.rawValue }
        scope("on messages", was.messages, now.messages) { $0.rawValue }
        scope("on purposes", was.purposes, now.purposes) { $0.rawValue }
        let capacities = now.toCapacityNot.subtracting(was.toCapacityNot)
        let held = was.toCapacityNot.subtracting(now.toCapacityNot)
        tell(capacities.isEmpty ? nil : "newly leaves out who is \(Self.ids(capacities))", .loosens)
        tell(held.isEmpty ? nil : "no longer leaves out who is \(Self.ids(held))", .narrows)
        let open = now.exceptGrounds.subtracting(was.exceptGrounds).sorted()
        let shut = was.exceptGrounds.subtracting(now.exceptGrounds).sorted()
        tell(open.isEmpty ? nil : "newly yields to break glass for \(SharingChange.list(open))", .loosens)
        tell(shut.isEmpty ? nil : "no longer yields to break glass for \(SharingChange.list(shut))", .narrows)
        if was.withoutConsent != now.withoutConsent {
            tell(
                now.withoutConsent ? "newly holds only without consent" : "newly holds with consent too",
                now.withoutConsent ? .loosens : .narrows)
        }
        if was.when != now.when {
            let (before, after) = (was.when.map(oldWords.text), now.when.map(newWords.text))
            tell(
                "holds \(after.map { "when \($0)" } ?? "always"), before \(before.map { "when \($0)" } ?? "always")",
                now.when == nil ? .narrows : .loosens)
        }
        return findings
    }

    private static func ids<ID: Identifier>(_ ids: Set<ID>) -> String where ID.RawValue == String {
        SharingChange.list(ids.map { "`\($0.rawValue)`" })
    }

    private static func name(_ guarantee: Guarantee) -> String {
        [guarantee.id.rawValue, ""].contains(guarantee.title)
            ? guarantee.id.rawValue : "\(guarantee.id) (\(guarantee.title))"
    }

    /// What it promises, whatever it is called.
    private static func core(_ guarantee: Guarantee) -> Guarantee {
        var core = guarantee
        (core.id, core.title) = (GuaranteeID(unchecked: "any"), "")
        return core
    }

    private func change(_ sentence: String, _ effect: Effect) -> Finding {
        Finding(effect: effect, sentence: sentence, parties: [], sharing: nil)
    }
}
