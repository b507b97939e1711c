import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

// What is sent, in which messages, item by item.
extension AgreementRender {
    mutating func messages() {
        section("Messages")
        for message in compiled.messages.values.sorted(by: { $0.name < $1.name }) {
            heading(words.message(message.name))
            facts([
                ("From", words.kinds(message.from, "or")),
                ("The sender's part", message.fromCapacity.isEmpty ? "" : words.capacities(message.fromCapacity)),
                ("To", words.kinds(message.to, "or")),
                ("The recipient's part", message.toCapacity.isEmpty ? "" : words.capacities(message.toCapacity)),
                ("For", ProtocolWords.list(message.purposes.map { "“\(words.purpose($0))”" }.sorted(), "or")),
                ("Opens a case", message.opensCase ? "Yes" : ""),
                ("Asks for", message.answeredBy.map { "“\(words.message($0))”" } ?? ""),
                ("Answers", message.answers.map { "“\(words.message($0))”" } ?? ""),
                ("Waits for collection at most", RuleWords.time(message.life)),
                ("May repeat of what was learnt before", restated(message)),
            ])
        }
    }

    private func restated(_ message: CompiledMessage) -> String {
        guard let categories = message.mayRestate else { return "" }
        return categories.isEmpty ? "nothing" : words.categories(categories)
    }

    mutating func dataItems() {
        section("Data items by category")
        paragraph("Rules speak of categories, so an item that is added later falls under the rules of its category.")
        let items = itemsByCategory()
        for category in compiled.categories.keys.sorted() {
            let title = loaded.titles.categories[category] ?? words.category(category)
            heading(title)
            facts([
                ("Called", title == words.category(category) ? "" : "“\(words.category(category))”"),
                ("Part of", (compiled.categories[category] ?? nil).map(words.category) ?? ""),
                ("Needs a legal condition", loaded.sensitive[category].map(\.words) ?? ""),
            ])
            table(["Item", "About", "Kind", "In the messages"], items[category] ?? [])
            if items[category] == nil { paragraph("No message carries an item of this category by itself.") }
        }
    }

    /// Rows by category; an item that several messages carry alike is one row.
    private func itemsByCategory() -> [Category: [[String]]] {
        var rows: [Category: [(item: [String], messages: [String])]] = [:]
        for message in compiled.messages.values.sorted(by: { $0.name < $1.name }) {
            let schema = message.schema
            for node in schema.fieldNodes {
                let field = schema.words(of: node)
                let name = ProtocolWords.path(schema.path(of: node))
                let said = [field.title, field.description].filter { !$0.isEmpty }.joined(separator: ". ")
                let item = [said.isEmpty ? name : "\(name): \(said)", about(schema, node), kind(schema, node, field)]
                let category = schema.category(of: node)
                if let place = rows[category]?.firstIndex(where: { $0.item == item }) {
                    // A list and its items are told in the same words.
                    let name = words.message(message.name)
                    if rows[category]?[place].messages.last != name { rows[category]?[place].messages.append(name) }
                } else {
                    rows[category, default: []].append((item, [words.message(message.name)]))
                }
            }
        }
        return rows.mapValues { $0.map { $0.item + [$0.messages.joined(separator: "; ")] } }
    }

    private func about(_ schema: MessageSchema, _ node: NodeIndex) -> String {
        switch schema.possibleSubjects(of: node) {
        case .nobody: "Nobody in particular"
        case .role(let role): words.role(role)
        case .person(let roles):
            roles.count == compiled.roles.count
                ? "Whoever it describes" : ProtocolWords.list(roles.map(words.role).sorted(), "or")
        }
    }

    private func kind(_ schema: MessageSchema, _ node: NodeIndex, _ field: FieldWords) -> String {
        var kinds: [String] = []
        if schema.isContainer(node) { kinds.append("section") }
        if schema.isFreeText(node) { kinds.append("free text") }
        if let isAssessment = field.isAssessment { kinds.append(isAssessment ? "opinion" : "fact") }
        return kinds.joined(separator: ", ")
    }

    mutating func matrix() {
        section("Who may ever receive what")
        paragraph(
            "Every way in which a rule can let something through, with what it rests on. What a rule always forbids is left "
                + "out. “On a condition” and “unless forbidden” say that the clause named, or another, narrows it further."
        )
        table(
            ["To", "What", "About", "From", "Part in the case", "Consent", "Form", "Clause"],
            SharingMatrix(loaded).rows.map { row in
                let marks = [row.isConditional ? "on a condition" : "", row.mayBeProhibited ? "unless forbidden" : ""]
                let said = marks.filter { !$0.isEmpty }.joined(separator: ", ")
                return [
                    words.kind(row.to), words.category(row.category), row.about.map(subject).joined(separator: "; "),
                    row.from.map(words.kind).joined(separator: "; "),
                    row.toCapacity.isEmpty ? "any" : row.toCapacity.map(words.capacity).joined(separator: "; "),
                    consent(row.consent), form(row.form), row.rule.rawValue + (said.isEmpty ? "" : " (\(said))"),
                ]
            })
    }

    private func subject(_ name: String) -> String {
        name == TermTable.nobody ? "Nobody in particular" : Role(name).map(words.role) ?? name
    }

    private func consent(_ need: ConsentNeed) -> String {
        let whose = need.of.isEmpty ? "" : " of: " + need.of.sorted().map(words.role).joined(separator: "; ")
        return switch need.level {
        case .none: "not asked"
        case .notObjected: "not objected" + whose
        case .given: "given" + whose
        }
    }

    private func form(_ action: FieldAction) -> String {
        action == .keep ? "whole" : String(RuleWords.form(action).drop { $0 == "," || $0 == " " })
    }
}
