package import ConcordatDecision
package import ConcordatJSON
package import ConcordatTerms

/// Whether something can reach a kind of party by any chain of messages: `protocol explain --reach`.
package struct Reach: Sendable {
    package let category: Category
    package let about: CompiledRule.Subject?
    package let to: PartyKind
    /// One for each category and role that can arrive; empty when nothing can.
    package let chains: [ChainAnalysis.Chain]
    /// Free texts that reach the party whole: what their senders know by themselves could stand in them.
    package let residual: [ChainAnalysis.Step]

    /// Looks at `category` with all that lies within it.
    package init(_ category: Category, about: CompiledRule.Subject?, to kind: PartyKind, in compiled: CompiledProtocol)
    {
        let analysis = ChainAnalysis(compiled)
        (self.category, self.about, to) = (category, about, kind)
        chains = analysis.chains(
            of: compiled.categories(within: category), about: about.map { [$0] }, to: kind)
        residual = analysis.residual.filter { $0.to == kind }
    }

    /// For people.
    package var text: String {
        let whose = about.map { " about \($0.text)" } ?? ""
        var lines: [String] = []
        if chains.isEmpty {
            lines.append("no chain of messages brings `\(category)`\(whose) to \(to)")
        } else {
            lines.append("`\(category)`\(whose) can reach \(to):")
            lines += chains.map { "  \($0.category) about \($0.about.text): \($0.text)" }
        }
        if residual.isEmpty {
            lines.append("no free text reaches \(to) whole")
        } else {
            lines.append("residual risk: what its sender knows by itself could stand in the free text of")
            lines += residual.map { "  \($0.text)" }
        }
        return lines.joined(separator: "\n")
    }

    /// For machines.
    package var json: JSONValue {
        .object([
            JSONMember("category", .string(category.rawValue)),
            JSONMember("about", about.map { .string($0.text) } ?? .null), JSONMember("to", .string(to.rawValue)),
            JSONMember("reaches", .bool(!chains.isEmpty)),
            JSONMember(
                "chains",
                .array(
                    chains.map { chain in
                        .object([
                            JSONMember("category", .string(chain.category.rawValue)),
                            JSONMember("about", .string(chain.about.text)),
                            JSONMember("steps", .array(chain.steps.map(\.json))),
                        ])
                    })),
            JSONMember("residual", .array(residual.map(\.json))),
        ])
    }
}

extension ChainAnalysis.Step {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("message", .string(message.rawValue)), JSONMember("from", .string(from.rawValue)),
            JSONMember("to", .string(to.rawValue)), JSONMember("rules", .array(rules.map { .string($0.rawValue) })),
            JSONMember("freeText", .bool(isFreeText)),
        ])
    }
}
