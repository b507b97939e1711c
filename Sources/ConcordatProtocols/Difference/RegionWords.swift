import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Puts the part of a cell in which something is shared into words.
struct RegionWords {
    static let always = "always"
    // Bound: alternatives told one by one.
    private static let boxesMax = 4

    let atoms: MeaningAtoms

    /// `when consent is given; or as initials when …`, from the forms with the boxes in which each holds.
    func terms(_ forms: [(form: FieldAction, boxes: [MeaningBox])]) -> String {
        let parts = forms.map { form, boxes -> String in
            let form = form == .keep ? (forms.count > 1 ? "whole" : "") : "as \(form.rawValue)"
            let when = text(boxes)
            if form.isEmpty { return when }
            return when == Self.always ? form : "\(form) \(when)"
        }
        return parts.joined(separator: "; ")
    }

    private func text(_ boxes: [MeaningBox]) -> String {
        let merged = BoxWord.merged(boxes.map(words))
        let lists = merged.prefix(Self.boxesMax).map { $0.map(said) }
        guard let first = lists.first, !lists.contains([]) else { return Self.always }
        let common = first.filter { word in lists.allSatisfy { $0.contains(word) } }
        let rests = lists.map { $0.filter { !common.contains($0) } }
        guard rests.count > 1, !rests.contains([]) else { return "when " + common.joined(separator: " and ") }
        var alternatives = Self.alternatives(rests)
        if merged.count > Self.boxesMax { alternatives.append("in more cases") }
        if alternatives.count == 1 { return "when " + (common + alternatives).joined(separator: " and ") }
        guard !common.isEmpty else { return "when " + alternatives.joined(separator: ", or when ") }
        return "when " + common.joined(separator: " and ") + ", and either " + alternatives.joined(separator: ", or ")
    }

    /// `the recipient is screener` and `the recipient is case-holder` as one.
    private static func alternatives(_ rests: [[String]]) -> [String] {
        let lead = "the recipient is "
        let joined = rests.map { $0.joined(separator: " and ") }
        guard rests.allSatisfy({ $0.count == 1 }), joined.allSatisfy({ $0.hasPrefix(lead) }) else { return joined }
        return [lead + joined.map { String($0.dropFirst(lead.count)) }.sorted().joined(separator: " or ")]
    }

    private func words(_ box: MeaningBox) -> [BoxWord] {
        var excluded: [(source: Condition.Source, numbers: Set<Int>)] = []
        let words = zip(atoms.atoms, box.allowed).compactMap { atom, allowed -> BoxWord? in
            guard allowed.count < atom.choices else { return nil }
            let isTrue = allowed.contains(1)
            switch atom {
            case .value(let source, let values): return .said(value(source, values, allowed))
            case .includes(let source, let value):
                if let number = Int(value), numbers(of: source) != nil {
                    if isTrue { return .number(source, [number]) }
                    if let place = excluded.firstIndex(where: { $0.source == source }) {
                        excluded[place].numbers.insert(number)
                    } else {
                        excluded.append((source, [number]))
                    }
                    return nil
                }
                return .said("\(source.phrase) \(isTrue ? "includes" : "does not include") \(Self.shown(value))")
            case .consent(let key): return .said(consent(key, isTrue))
            case .sender(let capacity): return .said("the sender is \(isTrue ? "" : "not ")\(capacity)")
            case .recipient(let capacity): return .said("the recipient is \(isTrue ? "" : "not ")\(capacity)")
            }
        }
        return words + excluded.map { .said("\($0.source.phrase(of: "no")) is \(stretches($0.source, $0.numbers))") }
    }

    private func said(_ word: BoxWord) -> String {
        switch word {
        case .said(let text): text
        case .number(let source, let numbers): "\(source.phrase(of: "a")) is \(stretches(source, numbers))"
        }
    }

    /// The numbers a source with several values may hold, each standing for a stretch; nil when it holds anything else.
    private func numbers(of source: Condition.Source) -> [Int]? {
        let values = atoms.atoms.compactMap { atom -> String? in
            if case .includes(let held, let value) = atom, held == source { value } else { nil }
        }
        let numbers = values.compactMap { Int($0) }
        return numbers.count == values.count ? numbers.sorted() : nil
    }

    /// `at most 17`, `16 to 20 or at least 65`: what the numbers stand for, not the numbers themselves.
    private func stretches(_ source: Condition.Source, _ chosen: Set<Int>) -> String {
        let all = numbers(of: source) ?? []
        let runs = all.indices.split { !chosen.contains(all[$0]) }
        let words = runs.compactMap { run -> String? in
            guard let first = run.first, let last = run.last else { return nil }
            switch (first == 0, last == all.count - 1) {
            case (true, true): return "known"
            case (true, false): return "at most \(all[last])"
            case (false, true): return "at least \(all[first])"
            case (false, false): return first == last ? "\(all[first])" : "\(all[first]) to \(all[last])"
            }
        }
        return words.joined(separator: " or ")
    }

    private func consent(_ key: Assignment.ConsentKey, _ isTrue: Bool) -> String {
        let of = key.of.isEmpty ? "" : " of \(SharingChange.list(key.of.map(\.rawValue)))"
        let kinds = key.kinds.isEmpty ? "" : key.kinds.map(\.rawValue).sorted().joined(separator: " or ") + " "
        switch key.level {
        case .none: return isTrue ? "no consent is asked for" : "consent is asked for"
        case .given: return "\(kinds)consent\(of) is \(isTrue ? "" : "not ")given"
        case .notObjected: return isTrue ? "there is no objection\(of)" : "there is an objection\(of)"
        }
    }

    private func value(_ source: Condition.Source, _ values: [String?], _ allowed: Set<Int>) -> String {
        if let range = range(source, values, allowed) { return "\(source.phrase) is \(range)" }
        let chosen = allowed.sorted().map { values[$0] }
        let left = values.indices.filter { !allowed.contains($0) }.compactMap { values[$0] }
        guard chosen.contains(FactClasses.other) else { return "\(source.phrase) is \(Self.alternatives(chosen))" }
        if left.isEmpty { return "\(source.phrase) is there" }
        let missing = chosen.contains(nil) ? "missing or " : ""
        return "\(source.phrase) is \(missing)not \(Self.alternatives(left))"
    }

    /// A stretch of whole numbers, when the values are such and stand beside each other.
    private func range(_ source: Condition.Source, _ values: [String?], _ allowed: Set<Int>) -> String? {
        let numbers = values.map { $0.flatMap { Int($0) } }
        let places = values.indices.filter { values[$0] != nil }
        guard places.allSatisfy({ numbers[$0] != nil }), let lowest = places.first, let highest = places.last,
            places.count > 2, let first = allowed.min(), let last = allowed.max(), numbers[first] != nil,
            allowed.count == last - first + 1, let low = numbers[first], let high = numbers[last]
        else { return nil }
        switch (first == lowest, last == highest) {
        case (true, true): return "there"
        case (true, false): return "at most \(high)"
        case (false, true): return "at least \(low)"
        case (false, false): return low == high ? "\(low)" : "\(low) to \(high)"
        }
    }

    private static func alternatives(_ values: some Sequence<String?>) -> String {
        values.map { $0.map(shown) ?? "missing" }.joined(separator: " or ")
    }

    private static func shown(_ value: String) -> String { value == FactClasses.other ? "any other value" : value }
}

/// One thing that a box says.
private enum BoxWord: Equatable {
    case said(String)
    /// A source with several values holds one of these.
    case number(Condition.Source, Set<Int>)

    /// Boxes that differ only in which number a source holds, as one.
    static func merged(_ boxes: [[BoxWord]]) -> [[BoxWord]] {
        var left = boxes
        for place in left.indices.reversed() {
            for other in 0..<place {
                guard let both = one(left[other], left[place]) else { continue }
                left[other] = both
                left.remove(at: place)
                break
            }
        }
        return left
    }

    private static func one(_ left: [BoxWord], _ right: [BoxWord]) -> [BoxWord]? {
        let apart = left.indices.filter { left.count != right.count || left[$0] != right[$0] }
        guard left.count == right.count, apart.count == 1, let place = apart.first,
            case .number(let source, let numbers) = left[place], case .number(let same, let others) = right[place],
            source == same
        else { return nil }
        var both = left
        both[place] = .number(source, numbers.union(others))
        return both
    }
}

extension Condition.Source {
    /// One value of a source that may have several as the subject of a sentence: `a` for some value, `no` for none.
    fileprivate func phrase(of article: String) -> String {
        switch self {
        case .age(let role): "the age of \(article) \(role)"
        case .days(let path): "the number of days to \(article) `\(SharingChange.shown(path))`"
        case .field, .flag, .recipientSpeciality, .senderSpeciality, .recipientKind, .senderKind, .count, .ground:
            "\(article) value of \(phrase)"
        }
    }

    /// The source as the subject of a sentence.
    var phrase: String {
        switch self {
        case .field(let path): "`\(SharingChange.shown(path))`"
        case .flag(let name): "flag `\(name)`"
        case .recipientSpeciality: "the recipient's speciality"
        case .senderSpeciality: "the sender's speciality"
        case .recipientKind: "the kind of the recipient"
        case .senderKind: "the kind of the sender"
        case .days(let path): "the number of days to `\(SharingChange.shown(path))`"
        case .age(let role): "the age of \(role)"
        case .count(let role): "the number of \(role)"
        case .ground: "the break-glass ground"
        }
    }
}
