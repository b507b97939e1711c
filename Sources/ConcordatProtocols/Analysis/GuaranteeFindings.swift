package import ConcordatDecision
package import ConcordatTerms

/// What a proof of guarantees found: ways in which one could be broken, and cells too large to try.
package struct GuaranteeFindings: Sendable {
    /// A possible way to break a guarantee.
    package struct Broken: Sendable {
        package let guarantee: GuaranteeID
        package let permits: [RuleID]
        /// The data path of a field that would pass.
        package let path: String
        package let category: Category
        let flow: Flow
        /// The roles of whom it is about, in words.
        package let about: String
        /// Under which facts, in words; empty when under any.
        package let facts: String
    }

    /// Rules that tell too much apart in one place.
    struct LargeCell: Sendable {
        let rules: [CompiledRule]
        let flow: Flow
    }

    package internal(set) var size = ProofSize()
    /// Bounded for each guarantee.
    package internal(set) var broken: [Broken] = []
    var tooLarge: [LargeCell] = []

    /// Those with a cell too large to try: where they are not broken they are not proven either.
    package internal(set) var unproven: Set<GuaranteeID> = []

    /// Proves `guarantees` of a text; with `rule`, only where this rule has a say.
    package static func of(
        _ guarantees: [Guarantee], in compiled: CompiledProtocol, concerning rule: CompiledRule? = nil
    ) -> GuaranteeFindings {
        var proof = GuaranteeProof(map: FlowMap(compiled), guarantees: guarantees, concerning: rule)
        return proof.run()
    }

    /// Puts the findings into the log of a load.
    func tell(_ analysis: ProtocolAnalysis) {
        for broken in broken { tell(broken, analysis) }
        var told: Set<[RuleID]> = []
        for cell in tooLarge {
            let ids = cell.rules.filter { $0.when != nil || $0.toCapacity != nil || $0.fromCapacity != nil }.map(\.id)
            guard told.insert(ids).inserted, let first = ids.first else { continue }
            let names = ids.map { "`\($0)`" }.joined(separator: ", ")
            let flow = cell.flow
            analysis.log.error(
                analysis.span(first),
                "more than \(CellSpace.assignmentsMax) classes of facts in one cell, from rules \(names)",
                "test fewer values or facts in these rules; met in `\(flow.message.name)` from \(flow.from) to \(flow.to)"
            )
        }
    }

    /// Where the permits stand, to go on after `the permit`.
    private func places(of permits: [RuleID], _ analysis: ProtocolAnalysis) -> String {
        let places = permits.map { analysis.span($0) }.map { "\($0.file):\($0.line)" }
        return places.isEmpty ? "" : " (\(places.joined(separator: ", ")))"
    }

    private func tell(_ broken: Broken, _ analysis: ProtocolAnalysis) {
        let permits = broken.permits.map { "`\($0)`" }.joined(separator: ", ")
        let span =
            analysis.syntax.guarantees.first { $0.id.value == broken.guarantee.rawValue }?.id.span
            ?? .start(of: ProtocolDirectory.textName)
        let flow = broken.flow
        analysis.log.error(
            span,
            "guarantee `\(broken.guarantee)` is broken: \(permits) lets `\(broken.path)` (\(broken.category)) of "
                + "`\(flow.message.name)` about \(broken.about) go from \(flow.from) to \(flow.to) for "
                + "\(flow.purpose)\(broken.facts)",
            "narrow the permit\(places(of: broken.permits, analysis)), or add a prohibition; the guarantee must hold "
                + "whatever the facts are")
    }
}
