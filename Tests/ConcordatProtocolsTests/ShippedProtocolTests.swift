import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Foundation
import Testing

@testable import ConcordatProtocols

/// The protocol in the repository loads, its guarantees hold, and its worked cases pass.
@Suite struct ShippedProtocolTests {
    static let files = try? ProtocolDirectory.read(
        Fixture.repository.appendingPathComponent("protocols/rj-west-midlands").path)
    static let loaded = files.map { ProtocolDirectory.load($0) }

    @Test func loadsWithoutAnError() throws {
        let result = try #require(Self.loaded)
        #expect(result.headlines.isEmpty)
        let loaded = try result.get()
        #expect(loaded.guarantees.count >= 50)
        #expect(
            Set(loaded.compiled.messages.keys).isSuperset(of: [
                "referral", "screening-decision", "information-request", "information-response", "allocation",
                "case-update", "status-change", "assessment", "outcome", "agreement-progress", "court-report",
                "demand-check", "demand-answer", "return", "offer", "approach", "approach-answer", "concern",
                "concern-answer", "reconviction-check", "reconviction-answer",
            ]))
    }

    @Test func everyWorkedCasePasses() throws {
        let files = try #require(Self.files)
        let results = ProtocolCases.run(try #require(Self.loaded).get(), files: files)
        #expect(results.count >= 120)
        for result in results { #expect(result.passed, "\(result.text)") }
    }

    /// A rule that no case meets is a sentence that nobody has seen at work.
    @Test func everyRuleIsMetByAWorkedCase() throws {
        let loaded = try #require(Self.loaded).get()
        let report = CaseReport(loaded, files: try #require(Self.files))
        #expect(report.coverage.unexercised.isEmpty)
        let needs = Set(report.coverage.needs.map(\.need))
        #expect(needs.isSuperset(of: (1...18).filter { $0 != 5 }.map { "M\($0)" }))
    }

    /// Who may be a child can be spoken for, and does not decide alone without having been found competent.
    @Test(arguments: ["rj-west-midlands", "asb-housing"])
    func aChildsConsentIsNeverTheirsAloneUnlessTheyAreCompetent(name: String) throws {
        let files = try ProtocolDirectory.read(Fixture.repository.appendingPathComponent("protocols/\(name)").path)
        let clauses = try ProtocolDirectory.load(files).get().compiled.consents
        #expect(!clauses.isEmpty)
        for clause in clauses where clause.about != ["organisation"] {
            #expect(clause.competentFrom != nil, "\(clause.id)")
            #expect(clause.givenBy.contains(.guardian), "\(clause.id)")
            #expect(!clause.guardianRoles.isEmpty && !clause.neverGuardian.isEmpty, "\(clause.id)")
        }
    }

    /// No list is left over, and each value of a list says where it comes from, and since when or on which day.
    @Test func everyCodeNamesItsSourceAndItsDay() throws {
        let loaded = try #require(Self.loaded).get()
        #expect(loaded.codelists.count >= 30)
        for (name, list) in loaded.codelists {
            #expect(!list.entries.isEmpty, "\(name)")
            for entry in list.entries {
                #expect(!entry.source.isEmpty, "\(name): \(entry.code)")
                #expect(entry.from != nil || CivilDate(entry.code) != nil, "\(name): \(entry.code)")
            }
        }
    }

    /// The prover and the judge are two readings of one text: what the judge shares in any worked case must be in no
    /// guarantee, and must be an action that the published schema allows for.
    @Test func whatTheJudgeSharesIsWhatTheProverAllows() throws {
        let files = try #require(Self.files)
        let loaded = try #require(Self.loaded).get()
        var shared = 0
        for name in files.folders(in: "cases") {
            for outcome in try outcomes(of: name, files, loaded.compiled) {
                guard let message = outcome.message.flatMap({ loaded.compiled.messages[$0] }) else { continue }
                for delivery in outcome.deliveries where delivery.copy != nil {
                    let kind = try #require(loaded.compiled.parties[delivery.recipient]).kind
                    let possible = PossibleActions(loaded.compiled, message: message, to: kind)
                    for ground in delivery.decision.grounds {
                        #expect(possible.actions(at: ground.field.node).contains(ground.action))
                        guard ground.action != .drop else { continue }
                        shared += 1
                        let broken = loaded.guarantees.filter { $0.forbidsAlways(ground, to: kind, in: outcome) }
                        #expect(broken.isEmpty, "\(name): \(message.schema.path(of: ground.field.node)) to \(kind)")
                    }
                }
            }
        }
        #expect(shared > 100)
    }

    private func outcomes(
        of name: String, _ files: ProtocolFiles, _ compiled: CompiledProtocol
    ) throws -> [EventOutcome] {
        let log = ProblemLog(files)
        let facts = try #require(files["cases/\(name)/facts.yaml"])
        let bytes = try #require(files["cases/\(name)/in.json"])
        var state = try #require(FactsReader(compiled: compiled, log: log).read(facts, file: "facts.yaml"))
        return try CloudEventText.read(bytes).map { event in
            EventJudgement(compiled: compiled, event: event, bytes: bytes, limits: .init()).run(&state)
        }
    }
}

extension Guarantee {
    /// Whether the guarantee rules this out whatever the capacities, consents, facts and claimed grounds.
    fileprivate func forbidsAlways(_ ground: FieldGround, to kind: PartyKind, in outcome: EventOutcome) -> Bool {
        guard categories.contains(ground.category), to?.contains(kind) ?? true, from == nil, toCapacityNot.isEmpty,
            !withoutConsent, when == nil, exceptGrounds.isEmpty,
            messages.map({ names in outcome.message.map(names.contains) ?? false }) ?? true,
            purposes?.contains(outcome.purpose) ?? true
        else { return false }
        guard let about else { return true }
        switch ground.field.subject {
        case .nobody: return about.contains(.nobody)
        case .role(let role): return about.contains(.role(role))
        case .person(let index):
            return outcome.persons[index].roles.contains { about.contains(.role($0)) }
        }
    }
}
