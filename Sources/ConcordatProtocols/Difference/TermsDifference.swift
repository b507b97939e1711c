import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// What differs between two texts beside the sharing of fields: who there is, what there is to send, who moves which
/// capacity, who records which consent, until when.
struct TermsDifference {
    typealias Finding = ProtocolDifference.Finding

    let old: CompiledProtocol
    let new: CompiledProtocol

    func findings() -> [Finding] {
        frame() + vocabulary() + messages() + purposes() + capacities() + flags() + consents() + refusals() + duties()
            + breakGlass() + roster()
    }

    private func frame() -> [Finding] {
        var findings: [Finding] = []
        if old.id != new.id { findings.append(change("this is another protocol: \(new.id), before \(old.id)")) }
        if old.mode != new.mode {
            // A text for training asks nobody to sign it.
            findings.append(
                change("the mode is \(new.mode), before \(old.mode)", new.mode == .training ? .loosens : .changes))
        }
        if old.period != new.period {
            findings.append(
                change("the period is \(Self.words(new.period)), before \(Self.words(old.period))"))
        }
        return findings
    }

    private static func words(_ period: ProtocolPeriod) -> String {
        "\(period.from) to \(period.until), review \(period.review)"
    }

    private func vocabulary() -> [Finding] {
        let kinds = names("kind of party", old.partyKinds.map(\.rawValue), new.partyKinds.map(\.rawValue))
        return kinds + names("role", old.roles.map(\.rawValue), new.roles.map(\.rawValue))
    }

    func names(_ what: String, _ before: [String], _ now: [String]) -> [Finding] {
        let added = Set(now).subtracting(before).sorted().map { change("\(what) `\($0)` is new") }
        return added + Set(before).subtracting(now).sorted().map { change("\(what) `\($0)` is gone") }
    }

    private func messages() -> [Finding] {
        var findings = names("message", old.messages.keys.map(\.rawValue), new.messages.keys.map(\.rawValue))
        for (name, now) in new.messages.sorted(by: { $0.key < $1.key }) {
            guard let before = old.messages[name] else { continue }
            func compare(_ what: String, _ one: String, _ other: String) {
                guard one != other else { return }
                findings.append(change("message `\(name)` \(what) \(other), before \(one)"))
            }
            compare("is sent by", Self.list(before.from), Self.list(now.from))
            compare("is sent by holders of", Self.list(before.fromCapacity), Self.list(now.fromCapacity))
            compare("goes to", Self.list(before.to), Self.list(now.to))
            compare("goes to holders of", Self.list(before.toCapacity), Self.list(now.toCapacity))
            compare("is for", Self.list(before.purposes), Self.list(now.purposes))
            compare("opens a case:", before.opensCase ? "yes" : "no", now.opensCase ? "yes" : "no")
            compare("is answered by", before.answeredBy?.rawValue ?? "nothing", now.answeredBy?.rawValue ?? "nothing")
            compare("answers", before.answers?.rawValue ?? "nothing", now.answers?.rawValue ?? "nothing")
            compare("waits at most", Self.days(before.life), Self.days(now.life))
            compare("has the type", before.type, now.type)
            compare(
                "may repeat", before.mayRestate.map(Self.list) ?? "anything",
                now.mayRestate.map(Self.list) ?? "anything")
            for kept in Set(before.keep.keys).union(now.keep.keys).sorted(by: { Self.words($0) < Self.words($1) }) {
                compare(
                    "is kept by \(Self.words(kept))", before.keep[kept]?.description ?? "no stated time",
                    now.keep[kept]?.description ?? "no stated time")
            }
        }
        return findings
    }

    private static func words(_ kept: KeptBy) -> String {
        switch kept {
        case .recipients: "recipients"
        case .kind(let kind): kind.rawValue
        }
    }

    /// `14 days`, `1 hour`; seconds where a time is no whole number of minutes.
    static func days(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        return seconds % 60 == 0 ? RuleWords.time(duration) : "\(seconds) seconds"
    }

    private func purposes() -> [Finding] {
        var findings = names("purpose", old.purposes.keys.map(\.rawValue), new.purposes.keys.map(\.rawValue))
        for (id, now) in new.purposes.sorted(by: { $0.key < $1.key }) {
            guard let before = old.purposes[id] else { continue }
            for kind in Set(before.basis.keys).union(now.basis.keys).sorted()
            where before.basis[kind] != now.basis[kind] {
                switch (before.basis[kind], now.basis[kind]) {
                case (nil, let basis?): findings.append(change("\(kind) newly takes part in \(id), on \(basis)"))
                case (_?, nil): findings.append(change("\(kind) no longer takes part in \(id)", .narrows))
                case (let was, let basis):
                    findings.append(
                        change("the basis of \(kind) for \(id) is \(basis ?? "none"), before \(was ?? "none")"))
                }
            }
            for gateway in now.gateway where !before.gateway.contains(gateway) {
                findings.append(change("\(id) newly names the statutory gateway “\(gateway)”"))
            }
            for gateway in before.gateway where !now.gateway.contains(gateway) {
                findings.append(change("\(id) no longer names the statutory gateway “\(gateway)”"))
            }
        }
        return findings
    }

    private func flags() -> [Finding] {
        var findings = names("flag", Array(old.flags.keys), Array(new.flags.keys))
        for (name, now) in new.flags.sorted(by: { $0.key < $1.key }) {
            guard let before = old.flags[name], before.fields.mapValues(Set.init) != now.fields.mapValues(Set.init)
            else { continue }
            findings.append(change("flag `\(name)` is gathered from other fields", .loosens))
        }
        return findings
    }

    /// Who becomes what in a case: more ways to become it open what rules share with it.
    private func capacities() -> [Finding] {
        var findings = names("capacity", old.capacities.keys.map(\.rawValue), new.capacities.keys.map(\.rawValue))
        for (name, now) in new.capacities.sorted(by: { $0.key < $1.key }) {
            guard let before = old.capacities[name] else { continue }
            let holders = now.kinds.isEmpty ? new.partyKinds : now.kinds
            for move in now.grants where !before.grants.contains(move) {
                findings.append(
                    change("\(Self.words(move, new)) is newly made \(name)", .shares, gaining(move, holders)))
            }
            for move in before.grants where !now.grants.contains(move) {
                findings.append(change("\(Self.words(move, old)) is no longer made \(name)", .narrows))
            }
            for move in before.ends where !now.ends.contains(move) {
                findings.append(change("\(Self.words(move, old)) no longer ends being \(name)", .shares, holders))
            }
            for move in now.ends where !before.ends.contains(move) {
                findings.append(change("\(Self.words(move, new)) newly ends being \(name)", .narrows))
            }
            if before.exclusive != now.exclusive {
                let words = now.exclusive ? "only one may be" : "several may newly be"
                findings.append(
                    change(
                        "\(words) \(name) at a time", now.exclusive ? .narrows : .shares, now.exclusive ? [] : holders))
            }
            let kinds = now.kinds.isEmpty ? new.partyKinds : now.kinds
            let more = kinds.subtracting(before.kinds.isEmpty ? old.partyKinds : before.kinds)
            if before.kinds != now.kinds {
                findings.append(
                    change(
                        "\(name) may be \(now.kinds.isEmpty ? "anyone" : Self.list(now.kinds)), before "
                            + (before.kinds.isEmpty ? "anyone" : Self.list(before.kinds)),
                        more.isEmpty ? .narrows : .shares, more))
            }
        }
        return findings
    }

    /// The kinds of party that a grant can make holders.
    private func gaining(_ move: CapacityMove, _ holders: Set<PartyKind>) -> Set<PartyKind> {
        switch move.holder {
        case .sender: holders.intersection(new.messages[move.message]?.from ?? [])
        case .recipient: holders.intersection(new.messages[move.message]?.to ?? [])
        case .everyone, .field: holders
        }
    }

    private static func words(_ move: CapacityMove, _ text: CompiledProtocol) -> String {
        let condition = move.when == nil ? "" : " on a condition"
        switch move.holder {
        case .sender: return "the sender of `\(move.message)`\(condition)"
        case .recipient: return "the recipient of `\(move.message)`\(condition)"
        case .everyone: return "`\(move.message)`, for everyone,\(condition)"
        case .field(let path): return "the party in `\(SharingChange.shown(path))` of `\(move.message)`\(condition)"
        }
    }

    /// Pairs each of one list with the first of another that is the same thing; the rest of both stays alone.
    static func matched<Item>(
        _ before: [Item], _ now: [Item], by isSame: (Item, Item) -> Bool
    ) -> (pairs: [(Item, Item)], gone: [Item], new: [Item]) {
        var (rest, pairs, gone): ([Item], [(Item, Item)], [Item]) = (now, [], [])
        for item in before {
            guard let place = rest.firstIndex(where: { isSame(item, $0) }) else {
                gone.append(item)
                continue
            }
            pairs.append((item, rest.remove(at: place)))
        }
        return (pairs, gone, rest)
    }

    func change(_ sentence: String, _ effect: ProtocolDifference.Effect = .changes, _ parties: Set<PartyKind> = [])
        -> Finding
    { Finding(effect: effect, sentence: sentence, parties: parties, sharing: nil) }

    static func list<ID: Identifier>(_ ids: some Sequence<ID>) -> String where ID.RawValue == String {
        let names = ids.map(\.rawValue)
        return names.isEmpty ? "anyone" : SharingChange.list(names)
    }
}
