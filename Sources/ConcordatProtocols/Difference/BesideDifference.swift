import ConcordatDecision
import ConcordatJSON
import ConcordatTerms

/// What differs in the files beside the text: code lists, the shapes of messages, and what parties prohibit themselves.
struct BesideDifference {
    typealias Finding = ProtocolDifference.Finding

    // Bound: codes or places told of one list or schema; the rest is counted.
    private static let toldMax = 8

    let old: LoadedProtocol
    let new: LoadedProtocol

    func findings() -> [Finding] { codelists() + schemas() + prohibitions() }

    private func codelists() -> [Finding] {
        Set(old.codelists.keys).union(new.codelists.keys).sorted().flatMap { name -> [Finding] in
            guard let before = old.codelists[name] else { return [change("code list `\(name)` is new")] }
            guard let now = new.codelists[name] else { return [change("code list `\(name)` is gone")] }
            let known = Dictionary(before.entries.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
            let added = now.entries.map(\.code).filter { known[$0] == nil }
            let gone = before.entries.map(\.code).filter { !now.codes.contains($0) }
            let other = now.entries.filter { entry in
                known[entry.code].map { $0.label != entry.label || $0.from != entry.from || $0.until != entry.until }
                    ?? false
            }
            return [
                ("newly has", added), ("no longer has", gone),
                ("has another label or other dates for", other.map(\.code)),
            ].filter { !$0.1.isEmpty }.map {
                change("code list `\(name)` \($0.0) \(Self.told($0.1.map { "`\($0)`" }))")
            }
        }
    }

    /// What a message may hold, as JSON Schema has it. Who receives it is told apart.
    private func schemas() -> [Finding] {
        new.schemas.sorted { $0.key < $1.key }.compactMap { name, now in
            guard let before = old.schemas[name] else { return nil }
            var places: [String] = []
            Self.walk(before, now, JSONPointer(), &places)
            return places.isEmpty ? nil : change("the schema of `\(name)` differs at \(Self.told(places))")
        }
    }

    /// Titles and descriptions are wording; lists of plain values are sets.
    private static func walk(_ before: JSONValue, _ now: JSONValue, _ place: JSONPointer, _ places: inout [String]) {
        guard before != now else { return }
        if let left = before.objectValue, let right = now.objectValue {
            for name in Set(left.map(\.name) + right.map(\.name)).sorted() {
                let (was, says) = (before[name], now[name])
                if ["title", "description", "$comment"].contains(name), (was ?? says)?.stringValue != nil { continue }
                guard let was, let says else {
                    if was != nil || says != nil {
                        places.append("\(place.appending(name)) (\(was == nil ? "new" : "gone"))")
                    }
                    continue
                }
                walk(was, says, place.appending(name), &places)
            }
        } else if let left = before.arrayValue, let right = now.arrayValue {
            let added = right.filter { !left.contains($0) }.map { "newly \(plain($0))" }
            let gone = left.filter { !right.contains($0) }.map { "no longer \(plain($0))" }
            guard !added.isEmpty || !gone.isEmpty else { return }
            places.append("\(place) (\(told(added + gone)))")
        } else {
            places.append("\(place) (\(plain(now)), before \(plain(before)))")
        }
    }

    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .string, .number, .bool, .null: String(decoding: value.serialized(), as: UTF8.self)
        case .object, .array: "another shape"
        }
    }

    /// Sharing that only a party's own prohibition held back is shared again when that goes.
    private func prohibitions() -> [Finding] {
        func cores(_ rules: [CompiledRule]) -> [CompiledRule] {
            rules.map { rule in
                var core = rule
                (core.id, core.title) = (RuleID(unchecked: "any"), "")
                return core
            }
        }
        let (before, now) = (cores(old.prohibitions), cores(new.prohibitions))
        func words(_ rule: CompiledRule) -> String {
            "what \(SharingChange.list((rule.fromParties ?? []).map(\.rawValue))) itself prohibits (\(rule.id))"
        }
        let added = zip(new.prohibitions, now).filter { !before.contains($0.1) }.map { rule, _ in
            change("\(words(rule)) is new", .narrows, rule.to ?? [])
        }
        return added
            + zip(old.prohibitions, before).filter { !now.contains($0.1) }.map { rule, _ in
                change("\(words(rule)) is gone", .shares, rule.to ?? [])
            }
    }

    private static func told(_ names: [String]) -> String {
        guard names.count > toldMax else { return names.joined(separator: ", ") }
        return names.prefix(toldMax).joined(separator: ", ") + " and \(names.count - toldMax) more"
    }

    private func change(
        _ sentence: String, _ effect: ProtocolDifference.Effect = .changes, _ parties: Set<PartyKind> = []
    ) -> Finding { Finding(effect: effect, sentence: sentence, parties: parties, sharing: nil) }
}
