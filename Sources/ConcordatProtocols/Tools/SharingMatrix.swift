package import ConcordatDecision
package import ConcordatJSON
package import ConcordatPayload
package import ConcordatTerms

/// Who may ever receive what about whom, from whom, and on what terms: `protocol matrix`.
///
/// Read from the permits, over every flow the protocol admits; what a prohibition without a condition takes away is left out.
package struct SharingMatrix: Sendable {
    package struct Row: Sendable, Equatable {
        package let to: PartyKind
        package let category: Category
        /// Roles, or `nobody`; sorted.
        package fileprivate(set) var about: [String]
        package let rule: RuleID
        package fileprivate(set) var from: [PartyKind]
        package fileprivate(set) var messages: [MessageName]
        package fileprivate(set) var purposes: [PurposeID]
        /// The capacities of which the recipient must hold one; empty when the rule asks for none.
        package let toCapacity: [Capacity]
        package let consent: ConsentNeed
        package let form: FieldAction
        /// Whether the rule has a condition on top.
        package let isConditional: Bool
        /// Whether some prohibition may still take it away.
        package fileprivate(set) var mayBeProhibited: Bool
        /// Whether it applies only when somebody breaks the glass.
        package let isBreakGlass: Bool
    }

    /// By recipient, category and rule.
    package let rows: [Row]
    /// What is printed over the page.
    let heading: Heading

    /// Whose matrix it is, and what its words are called before people.
    struct Heading: Sendable {
        let title: String
        let version: String
        let digest: String
        let titles: ProtocolTitles
        let rules: [RuleID: String]
    }

    /// The matrix of a protocol.
    package init(_ loaded: LoadedProtocol) {
        let map = FlowMap(loaded.compiled)
        var cells: [Key: Cell] = [:]
        for flow in map.flows {
            let covering = loaded.compiled.rules.filter { map.covers($0, flow) }
            for field in map.classes[flow.message.name] ?? [] {
                let rules = covering.filter { $0.covers(field.category) }
                for subject in map.subjects(of: field) {
                    let against = rules.filter { $0.isProhibition && $0.covers(subject) }
                    guard !against.contains(where: \.isUnconditional) else { continue }
                    for rule in rules where rule.isPermit && rule.covers(subject) {
                        cells[Key(to: flow.to, category: field.category, rule: rule.id), default: Cell(rule)].add(
                            flow, subject, prohibited: !against.isEmpty)
                    }
                }
            }
        }
        let compiled = loaded.compiled
        heading = Heading(
            title: compiled.title, version: compiled.version, digest: compiled.digest, titles: loaded.titles,
            rules: Dictionary(compiled.rules.map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first }))
        rows = cells.sorted { $0.key < $1.key }.compactMap { $1.row($0) }
    }

    /// For a terminal, in lines of at most so many columns; nil for as wide as it takes.
    ///
    /// `-` stands for what is not asked for.
    package func text(width: Int? = nil) -> String {
        var table = TextTable("TO", "CATEGORY", "ABOUT", "FROM", "CAPACITY", "CONSENT", "FORM", "RULE")
        table.rows = rows.map { row in
            [
                row.to.rawValue, row.category.rawValue, row.about.joined(separator: " "),
                row.from.map(\.rawValue).joined(separator: " "),
                row.toCapacity.isEmpty ? "-" : row.toCapacity.map(\.rawValue).joined(separator: " "),
                row.consent.level == .none ? "-" : row.consent.text, row.formWord,
                row.rule.rawValue + row.marks.map { " (\($0))" }.joined(),
            ]
        }
        return width.map(table.text) ?? table.text
    }

    /// For machines.
    package var json: JSONValue {
        func strings(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        return .array(
            rows.map { row in
                .object([
                    JSONMember("to", .string(row.to.rawValue)), JSONMember("category", .string(row.category.rawValue)),
                    JSONMember("about", strings(row.about)), JSONMember("from", strings(row.from.map(\.rawValue))),
                    JSONMember("messages", strings(row.messages.map(\.rawValue))),
                    JSONMember("purposes", strings(row.purposes.map(\.rawValue))),
                    JSONMember("capacity", strings(row.toCapacity.map(\.rawValue))),
                    JSONMember("consent", .string(row.consent.text)), JSONMember("form", .string(row.formWord)),
                    JSONMember("rule", .string(row.rule.rawValue)),
                    JSONMember("conditional", .bool(row.isConditional)),
                    JSONMember("mayBeProhibited", .bool(row.mayBeProhibited)),
                    JSONMember("breakGlass", .bool(row.isBreakGlass)),
                ])
            })
    }
}

extension SharingMatrix.Row {
    /// `whole`, or the form it takes.
    var formWord: String { form == .keep ? "whole" : form.rawValue }

    /// What else has to hold, in words.
    var marks: [String] {
        [
            isBreakGlass ? "break glass" : isConditional ? "on a condition" : nil,
            mayBeProhibited ? "unless prohibited" : nil,
        ].compactMap { $0 }
    }
}

private struct Key: Hashable, Comparable {
    let to: PartyKind
    let category: Category
    let rule: RuleID

    static func < (left: Key, right: Key) -> Bool {
        (left.to, left.category, left.rule) < (right.to, right.category, right.rule)
    }
}

private struct Cell {
    let rule: CompiledRule
    var about: Set<String> = []
    var from: Set<PartyKind> = []
    var messages: Set<MessageName> = []
    var purposes: Set<PurposeID> = []
    var mayBeProhibited = false

    init(_ rule: CompiledRule) { self.rule = rule }

    mutating func add(_ flow: Flow, _ subject: CompiledRule.Subject, prohibited: Bool) {
        about.insert(subject.text)
        from.insert(flow.from)
        messages.insert(flow.message.name)
        purposes.insert(flow.purpose)
        if prohibited { mayBeProhibited = true }
    }

    func row(_ key: Key) -> SharingMatrix.Row? {
        guard case .permit(let action, let need) = rule.effect else { return nil }
        return SharingMatrix.Row(
            to: key.to, category: key.category, about: about.sorted(), rule: key.rule, from: from.sorted(),
            messages: messages.sorted(), purposes: purposes.sorted(), toCapacity: (rule.toCapacity ?? []).sorted(),
            consent: need, form: action, isConditional: rule.when != nil || rule.fromCapacity != nil,
            mayBeProhibited: mayBeProhibited, isBreakGlass: rule.isBreakGlass)
    }
}

extension ConsentNeed {
    /// `given`, `not-objected of harmed`, or `none`.
    var text: String {
        of.isEmpty || level == .none
            ? level.rawValue : "\(level.rawValue) of \(of.sorted().map(\.rawValue).joined(separator: " "))"
    }
}
