package import ConcordatDecision
package import ConcordatJSON
package import ConcordatTerms

/// Whether something can reach a kind of party by any chain of messages: `protocol explain --reach`.
package struct Reach: Sendable {
    package let category: Category
    package let about: CompiledRule.Subject?
    package let to: PartyKind
    /// One for each category and role that can arrive, the readier ways first; empty when nothing can.
    package let chains: [ChainAnalysis.Chain]
    /// Texts that reach the party whole: what their senders know by themselves could stand in them.
    package let residual: [ChainStep]

    /// Looks at `category` with all that lies within it.
    package init(_ category: Category, about: CompiledRule.Subject?, to kind: PartyKind, in compiled: CompiledProtocol)
    {
        let analysis = ChainAnalysis(compiled)
        (self.category, self.about, to) = (category, about, kind)
        chains = analysis.chains(
            of: compiled.categories(within: category), about: about.map { [$0] }, to: kind)
        residual = analysis.residual.filter { $0.to == kind }
    }

    /// The readiest way it arrives; nil when there is none.
    package var way: ChainAnalysis.Way? { chains.map(\.way).min() }

    /// For people.
    package var text: String {
        let what = "`\(category)`" + (about.map { " about \($0.text)" } ?? "")
        var lines: [String] = []
        switch way {
        case nil: lines.append("no chain of messages brings \(what) to \(to)")
        case .byRule: lines.append("\(what) can reach \(to):")
        case .brokenGlass: lines.append("\(what) can reach \(to) only when somebody breaks the glass:")
        case .shortText:
            lines.append(
                "no field and no free text brings \(what) to \(to), but short texts that are misused could:")
        }
        for each in ChainAnalysis.Way.allCases {
            let chains = chains.filter { $0.way == each }
            if each != way, let first = chains.first { lines.append(Self.heading(first.way)) }
            lines += chains.prefix(Self.shownMax).map { "  \($0.category) about \($0.about.text): \($0.text)" }
            if chains.count > Self.shownMax {
                lines.append("  and \(chains.count - Self.shownMax) more; --json has all")
            }
        }
        let (free, short) = (
            residual.filter { $0.carrier == .freeText }, residual.filter { $0.carrier == .shortText }
        )
        if free.isEmpty {
            lines.append("no text marked as free reaches \(to) whole")
        } else {
            lines.append("residual risk: what its sender knows by itself could stand in the free text of")
            lines += free.map { "  \($0.text)" }
        }
        if !short.isEmpty {
            lines.append("residual risk: names, places and the like, in which anything short could be written")
            lines += short.map { "  \($0.text)" }
        }
        return lines.joined(separator: "\n")
    }

    private static func heading(_ way: ChainAnalysis.Way) -> String {
        switch way {
        case .byRule: "by rule:"
        case .brokenGlass: "and when somebody breaks the glass:"
        case .shortText: "and when a short text is misused:"
        }
    }

    // Bound: chains of one way that are told.
    private static let shownMax = 40

    /// For machines.
    package var json: JSONValue {
        .object([
            JSONMember("category", .string(category.rawValue)),
            JSONMember("about", about.map { .string($0.text) } ?? .null), JSONMember("to", .string(to.rawValue)),
            JSONMember("answer", .string(way?.rawValue ?? "no")),
            JSONMember("reaches", .bool(way.map { $0 < .shortText } ?? false)),
            JSONMember(
                "chains",
                .array(
                    chains.map { chain in
                        .object([
                            JSONMember("category", .string(chain.category.rawValue)),
                            JSONMember("about", .string(chain.about.text)),
                            JSONMember("way", .string(chain.way.rawValue)),
                            JSONMember("steps", .array(chain.steps.map(\.json))),
                        ])
                    })),
            JSONMember("residual", .array(residual.map(\.json))),
        ])
    }
}

extension ChainStep {
    fileprivate var json: JSONValue {
        func strings(_ words: [String]) -> JSONValue { .array(words.map { .string($0) }) }
        return .object([
            JSONMember("message", .string(message.rawValue)), JSONMember("from", .string(from.rawValue)),
            JSONMember("to", .string(to.rawValue)), JSONMember("rules", strings(rules.map(\.rawValue))),
            JSONMember("carrier", .string(carrier.rawValue)), JSONMember("fields", strings(fields)),
            JSONMember("grounds", strings(grounds)),
        ])
    }
}
