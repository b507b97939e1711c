import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatProtocols
import ConcordatTerms
import ConcordatTransport
import ConcordatWire
import Foundation

/// The story: a burglary, a meeting in a prison, and everything that must not happen on the way.
final class DemoStory {
    private let stage: DemoStage
    private let printer: DemoPrinter
    private var scene = 0
    private(set) var failures = 0
    /// What `{{…}}` in the examples stands for, once the gateway has said.
    private var tokens: [String: String] = [:]
    /// The roles of each person, by every reference used for them.
    private var roles: [String: Set<String>] = [:]
    private var referral: (body: [UInt8], receipt: [UInt8]) = ([], [])

    init(stage: DemoStage, printer: DemoPrinter) { (self.stage, self.printer) = (stage, printer) }

    func play() async throws {
        try await turnAwayRevoked()
        try await refer()
        try await screenAndAllocate()
        try await meet()
        try await askWithoutConsent()
        let consent = try await consentAndAsk()
        try await withdraw(consent)
        try await replay()
        try await verify()
    }

    private func turnAwayRevoked() async throws {
        begin("A revoked certificate is turned away")
        let agency = try stage.agency(DemoStage.revoked)
        do throws(PeerRequestFailure) {
            let response = try await agency.get("/v1/me")
            expect(false, "\(DemoStage.revoked) was let in with \(response.status)")
        } catch {
            expect(error.description.contains("revoked"), "\(DemoStage.revoked): \(error.reason)")
        }
    }

    private func refer() async throws {
        begin("The police refer a burglary to the hub")
        let sent = try example("01-referral")
        let response = try await post(sent, as: "west-midlands-police")
        guard let receipt = accepted(response, "the hub may have it") else { return }
        referral = (sent.serialized(), response.body)
        tokens["case"] = receipt.caseID?.rawValue
        for person in sent["data"]?["people"]?.arrayValue ?? [] {
            guard let reference = person["ref"]?.stringValue, let id = receipt.persons?[reference] else { continue }
            let own = Set(person["roles"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            roles[reference] = own
            roles[id.rawValue] = own
            for role in own { tokens["person:\(role)"] = id.rawValue }
        }
        let got = try await inbox("rj-hub")
        show(sent, got.first, receipt, to: "rj-hub", linesMax: 12)
        mustNotHave(got, "Greaves-Nonesuch", "the neighbour's name stays with the police")
        mustNotHave(got, "Invented Row", "before consent the hub does not learn the address")
        mustHave(got, "07700 900123", "the hub can reach the harmed person for a first approach")
    }

    private func screenAndAllocate() async throws {
        begin("The hub accepts the case and allocates it to a trained unit")
        let decision = try example("02-screening-decision")
        if accepted(try await post(decision, as: "rj-hub"), "the police learn that it was accepted") != nil {
            mustHave(try await inbox("west-midlands-police"), "accepted", "they got the decision")
        }
        let allocation = try example("03-allocation")
        guard let receipt = accepted(try await post(allocation, as: "rj-hub"), "the unit gets the case") else { return }
        noteRoles(in: allocation)
        let got = try await inbox("satellite-ash-tree")
        show(allocation, got.first, receipt, to: "satellite-ash-tree", linesMax: 6)
        mustNotHave(got, "Fenwarren", "before she agrees the unit does not learn who was harmed")
    }

    private func meet() async throws {
        begin("The police report where the harmer is held; that prison becomes the custodian")
        let custody = try example("04-status-change")
        _ = accepted(try await post(custody, as: "west-midlands-police"), "those with a part in the case are told")
        noteRoles(in: custody)
        for party in ["hmp-birmingham", "satellite-ash-tree", "rj-hub"] {
            _ = try await inbox(PartyID(unchecked: party))
        }

        begin("The unit tells that prison of a meeting: who visits, and not where she lives")
        let update = try example("05-case-update")
        noteRoles(in: update)
        if let receipt = accepted(try await post(update, as: "satellite-ash-tree"), "the prison is told of the meeting")
        {
            let got = try await inbox("hmp-birmingham")
            show(update, got.first, receipt, to: "hmp-birmingham", linesMax: 14)
            mustHave(got, "Chapel annexe", "the prison has the room")
            mustHave(got, "\"visitors\":3", "and the number of visitors")
            mustNotHave(got, "Fenwarren", "and not the name of anyone who visits")
            _ = try await inbox("rj-hub")
        }

        begin("The same to another prison")
        let wrong = try example("06-case-update-other-prison")
        refused(try await post(wrong, as: "satellite-ash-tree"), "recipient.no-capacity", clause: false)
        let silence = try await inbox("hmp-featherstone")
        expect(silence.isEmpty, "hmp-featherstone learns nothing at all")
    }

    private func askWithoutConsent() async throws {
        begin("The hub asks for previous convictions without consent")
        refused(try await post(try example("07-information-request"), as: "rj-hub"), "consent.required", clause: true)
        let silence = try await inbox("west-midlands-police")
        expect(silence.isEmpty, "the police never see the question")
    }

    private func consentAndAsk() async throws -> String {
        begin("The harmer consents, and the hub asks again")
        let consent = JSONValue.object([
            JSONMember("id", "hub-0117-consent-1"), JSONMember("case", .string(tokens["case"] ?? "")),
            JSONMember("person", .string(tokens["person:harmer"] ?? "")), JSONMember("kind", "basis"),
            JSONMember("purpose", "rj-assessment"), JSONMember("categories", ["conviction"]),
            JSONMember("state", "given"),
            JSONMember("evidence", "form-2231"), JSONMember("told-right-to-withdraw", true),
            JSONMember("age-band", "18-plus"),
        ])
        let recorded = try await stage.agency("rj-hub").post(
            "/v1/consents", consent.serialized(), as: "application/json")
        expect(recorded.status == 201, "the hub records it (\(recorded.status))")
        let id = (try? JSONValue.parse(recorded.body))?["consent"]?.stringValue ?? "none"
        let again = try example("08-information-request-again")
        _ = accepted(try await post(again, as: "rj-hub"), "now the question goes through")
        mustHave(try await inbox("west-midlands-police"), "previous-convictions", "the police have the question")
        return id
    }

    private func withdraw(_ consent: String) async throws {
        begin("The police answer; before the hub looks, the harmer withdraws")
        let answer = try example("09-information-response")
        _ = accepted(try await post(answer, as: "west-midlands-police"), "the answer waits for the hub")
        let withdrawn = try await stage.agency("rj-hub").post(
            "/v1/consents/\(consent)/withdraw", [], as: "application/json")
        expect(withdrawn.status == 200, "the withdrawal is taken (\(withdrawn.status))")
        let got = try await inbox("rj-hub")
        mustNotHave(got, "convicted-on", "no conviction reaches the hub")
        let tracking = try await stage.agency("west-midlands-police").get("/v1/messages/wmp-0117-answer")
        let state = (try? JSONValue.parse(tracking.body))?["recipients"]?[0]?["state"]?.stringValue ?? "?"
        printer.line("the police see that the delivery is `\(state)`", .faint)
    }

    private func replay() async throws {
        begin("The first message comes a second time")
        let again = try await stage.agency("west-midlands-police").post(
            "/v1/messages", referral.body, as: Envelope.structuredMediaType)
        expect(again.status == 202 && again.body == referral.receipt, "the same receipt, byte for byte")
        let silence = try await inbox("rj-hub")
        expect(silence.isEmpty, "and the hub gets nothing twice")
    }

    private func verify() async throws {
        begin("A stranger verifies the log")
        let key = String(
            decoding: try InputFile.read(stage.directory + "/keys/log.vkey", bytesMax: 1_024), as: UTF8.self
        )
        .trimmingCharacters(in: .whitespacesAndNewlines)
        let export = try await stage.officer().get("/v1/log/export?reason=demo")
        guard export.status == 200 else { return expect(false, "the log could not be exported (\(export.status))") }
        try Data(export.body).write(to: URL(fileURLWithPath: stage.directory + "/log.tar"))
        let logKey = try NoteVerifierKey(parsing: key)
        let report = BundleVerifier(logKey: logKey).verify(BundleSource(try TarReader(export.body)))
        expect(
            report.isSound,
            report.fault.map { "\($0)" } ?? "\(report.leavesChecked) leaves, every one under a signed checkpoint")
        let receipt = try Receipt(parsing: referral.receipt)
        expect((try? receipt.verify(logKey: logKey)) != nil, "the police's receipt proves what was decided")
        expect(try isCaught(export.body, logKey), "one changed letter in it is found")
    }

    /// Changes one letter of the first decision and looks whether the verifier says so.
    private func isCaught(_ bundle: [UInt8], _ logKey: NoteVerifierKey) throws -> Bool {
        guard let place = bundle.firstRange(of: Array("\"share\"".utf8)) else { return false }
        var tampered = bundle
        tampered[place.lowerBound + 1] = UInt8(ascii: "S")
        let report = BundleVerifier(logKey: logKey).verify(BundleSource(try TarReader(tampered)))
        if let fault = report.fault { printer.line("\(fault)", .faint) }
        return !report.isSound
    }

    // MARK: the props

    private func begin(_ title: String) {
        scene += 1
        printer.scene(scene, title)
    }

    private func expect(_ holds: Bool, _ text: String) {
        if !holds { failures += 1 }
        printer.claim(text, holds: holds)
    }

    private func mustHave(_ events: [JSONValue], _ text: String, _ claim: String) {
        expect(events.contains { String(decoding: $0.serialized(), as: UTF8.self).contains(text) }, claim)
    }

    private func mustNotHave(_ events: [JSONValue], _ text: String, _ claim: String) {
        expect(!events.contains { String(decoding: $0.serialized(), as: UTF8.self).contains(text) }, claim)
    }

    private func accepted(_ response: PeerResponse, _ claim: String) -> Receipt? {
        guard response.status == 202, let receipt = try? Receipt(parsing: response.body) else {
            expect(false, "\(claim) (\(response.status) \(code(of: response)))")
            return nil
        }
        let answers = receipt.answers.map { "\($0.recipient): \($0.answer)\($0.code.map { " \($0)" } ?? "")" }
        expect(receipt.answers.contains { $0.answer == .share }, "\(claim) (\(answers.joined(separator: ", ")))")
        return receipt
    }

    private func refused(_ response: PeerResponse, _ code: String, clause: Bool) {
        let problem = try? JSONValue.parse(response.body)
        let named = problem?["clause"]?.stringValue
        expect(
            response.status == 403 && problem?["code"]?.stringValue == code && (named != nil || !clause),
            "refused: \(self.code(of: response))\(named.map { ", clause \($0)" } ?? "")")
        if let named, let rule = stage.loaded.compiled.rules.first(where: { $0.id.rawValue == named }) {
            printer.line("\(named): \(rule.title)", .faint)
        }
    }

    private func code(of response: PeerResponse) -> String {
        let problem = try? JSONValue.parse(response.body)
        return [problem?["code"]?.stringValue, problem?["pointer"]?.stringValue, problem?["detail"]?.stringValue]
            .compactMap { $0 }.joined(separator: " ")
    }

    private func post(_ event: JSONValue, as party: PartyID) async throws -> PeerResponse {
        try await stage.agency(party).post("/v1/messages", event.serialized(), as: Envelope.structuredMediaType)
    }

    /// Fetches and acknowledges what waits for a party.
    private func inbox(_ party: PartyID) async throws -> [JSONValue] {
        let agency = try stage.agency(party)
        let response = try await agency.get("/v1/inbox?limit=100")
        guard response.status == 200 else { return [] }
        let deliveries = try JSONValue.parse(response.body, limits: JSONLimits(documentBytesMax: 16 << 20))[
            "deliveries"]
        var events: [JSONValue] = []
        for delivery in deliveries?.arrayValue ?? [] {
            guard let id = delivery["delivery"]?.stringValue, let event = delivery["event"] else { continue }
            _ = try await agency.post("/v1/inbox/\(id)/ack", [], as: "application/json")
            events.append(event)
        }
        return events
    }

    private func show(_ sent: JSONValue, _ got: JSONValue?, _ receipt: Receipt, to party: PartyID, linesMax: Int) {
        guard let place = receipt.answers.firstIndex(where: { $0.recipient == party }),
            case .decision(let decision)? = (try? Leaf(parsing: receipt.evidence[place].leaf))?.body
        else { return }
        DemoComparison(loaded: stage.loaded, printer: printer).show(
            sent: sent["data"] ?? .null, got: got?["data"], decision: decision,
            persons: receipt.persons?.mapValues(\.rawValue) ?? [:], roles: roles, linesMax: linesMax)
        if let withheld = got?["withheld"]?.stringValue {
            printer.line("\(party) is told what was withheld: \(withheld)", .faint)
        }
    }

    private func noteRoles(in event: JSONValue) {
        for list in event["data"]?.objectValue ?? [] {
            for person in (list.value.arrayValue ?? []) + [list.value] {
                guard let reference = person["ref"]?.stringValue, let own = person["roles"]?.arrayValue else {
                    continue
                }
                roles[reference] = Set(own.compactMap(\.stringValue))
            }
        }
    }

    private func example(_ name: String) throws -> JSONValue {
        let bytes = try InputFile.read("\(stage.directory)/protocol/examples/\(name).json", bytesMax: 1 << 20)
        var text = String(decoding: bytes, as: UTF8.self)
        for (token, value) in tokens { text = text.replacingOccurrences(of: "{{\(token)}}", with: value) }
        do { return try JSONValue.parse(Array(text.utf8)) } catch { throw Complaint("example \(name): \(error)") }
    }
}
