import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatProtocols
import ConcordatTerms

/// Lays what was sent beside what one recipient got, with the rule that decided each field.
struct DemoComparison {
    let loaded: LoadedProtocol
    let printer: DemoPrinter

    /// Prints one line for each scalar that was sent, those that stayed out first; at most `linesMax` of those that went.
    ///
    /// - Parameters:
    ///   - decision: the recipient's leaf, from the sender's receipt.
    ///   - persons: the gateway's ids of the sender's references.
    ///   - roles: the roles of each reference, from the document.
    func show(
        sent: JSONValue, got: JSONValue?, decision: DecisionLeaf, persons: [String: String],
        roles: [String: Set<String>],
        linesMax: Int
    ) {
        var received = Received(got.map { DemoDocument($0) })
        var kept: [[(String, DemoPrinter.Tone)]] = []
        var cut: [[(String, DemoPrinter.Tone)]] = []
        for scalar in DemoDocument(sent).scalars where !Self.isStructure(scalar.path) {
            let group = group(for: scalar, in: decision, roles: roles[scalar.person] ?? [])
            let arrived = received.take(scalar.path, persons[scalar.person] ?? scalar.person)
            let tone: DemoPrinter.Tone = arrived == nil ? .red : arrived == scalar.value ? .green : .yellow
            let row: [(String, DemoPrinter.Tone)] = [
                (scalar.pointer.description, .plain), (scalar.value, .faint), (arrived ?? "—", tone),
                (why(group), .faint),
            ]
            if arrived == scalar.value { kept.append(row) } else { cut.append(row) }
        }
        printer.table(
            [[("field", .strong), ("sent", .strong), ("got", .strong), ("why", .strong)]], widths: Self.widths)
        printer.table(Array(cut.prefix(linesMax)), widths: Self.widths)
        if cut.count > linesMax { printer.line("… and \(cut.count - linesMax) more that stayed", .faint) }
        printer.table(Array(kept.prefix(linesMax)), widths: Self.widths)
        if kept.count > linesMax { printer.line("… and \(kept.count - linesMax) more that went", .faint) }
    }

    private static let widths = [38, 26, 26, 60]

    /// References and roles are structure: they go where their person goes.
    private static func isStructure(_ path: String) -> Bool {
        path.hasSuffix("/ref") || path.hasSuffix("/about") || path.hasSuffix("/roles/*") || path.hasSuffix("/roles")
    }

    private func group(for scalar: DemoDocument.Scalar, in decision: DecisionLeaf, roles: Set<String>) -> FieldGroup? {
        var path = scalar.path
        // The container that was dropped decides for what is inside it.
        while true {
            let candidates = decision.fields.filter { $0.path.rawValue == path }
            if let exact = candidates.first(where: { Set($0.roles.map(\.rawValue)) == roles }) ?? candidates.first {
                return exact
            }
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
            path = String(path[..<slash])
        }
    }

    private func why(_ group: FieldGroup?) -> String {
        guard let group else { return "no rule permits it" }
        guard let rule = group.rules.first else { return "no rule permits it" }
        let title = loaded.compiled.rules.first { $0.id == rule }?.title ?? ""
        return "\(rule): \(title)"
    }

    /// The scalars a recipient got, taken one by one as they are laid beside what was sent.
    private struct Received {
        private struct Key: Hashable {
            let path: String
            let person: String
        }
        private var values: [Key: [String]] = [:]

        init(_ document: DemoDocument?) {
            for scalar in document?.scalars ?? [] {
                values[Key(path: scalar.path, person: scalar.person), default: []].append(scalar.value)
            }
        }

        mutating func take(_ path: String, _ person: String) -> String? {
            let key = Key(path: path, person: person)
            guard let first = values[key]?.first else { return nil }
            values[key]?.removeFirst()
            return first
        }
    }
}
