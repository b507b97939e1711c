import ConcordatDecision
import ConcordatTerms
import Foundation
import Testing

@testable import ConcordatProtocols

/// The agreement for people says all that the text says, in words, and nothing in it can become markup.
@Suite struct RenderTests {
    /// The folders beside each other in `protocols/` that hold a protocol.
    static let shipped: [String] = {
        let root = Fixture.repository.appendingPathComponent("protocols").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: "\(root)/\($0)/protocol.yaml") }.sorted()
    }()

    @Test func thereAreShippedProtocols() { #expect(Self.shipped.contains("rj-west-midlands")) }

    @Test(arguments: shipped)
    func holdsEveryClausePartyAndCategory(name: String) throws {
        let loaded = try Self.load(name)
        let document = AgreementRender.document(loaded)
        let clauses = document.blocks.compactMap { if case .clause(let number, _, _) = $0 { number } else { nil } }
        for rule in loaded.compiled.rules { #expect(clauses.count { $0 == rule.id.rawValue } == 1, "\(rule.id)") }
        for guarantee in loaded.guarantees { #expect(clauses.count { $0 == guarantee.id.rawValue } == 1) }
        for clause in loaded.compiled.consents { #expect(clauses.contains(clause.id.rawValue)) }
        for duty in loaded.compiled.obligations { #expect(clauses.contains(duty.id.rawValue)) }
        for expected in loaded.compiled.expectations { #expect(clauses.contains(expected.id.rawValue)) }
        let html = HTMLWriter.text(document)
        let markdown = MarkdownWriter.text(document)
        let headings = document.blocks.compactMap { if case .heading(let title) = $0 { title } else { nil } }
        for party in loaded.parties.values {
            #expect(headings.contains(party.title))
            for office in [party.signatory, party.officer, party.lead].compactMap({ $0 }) {
                #expect(html.contains(office.email) && markdown.contains(office.email))
            }
        }
        for title in loaded.titles.categories.values { #expect(headings.contains(title)) }
        for document in [loaded.agreement.impactAssessment] + loaded.agreement.policyDocuments {
            #expect(html.contains(document.reference))
        }
        #expect(html.contains(loaded.compiled.digest) && markdown.contains(loaded.compiled.digest))
    }

    @Test(arguments: shipped)
    func readsWithoutKnowingTheLanguage(name: String) throws {
        let loaded = try Self.load(name)
        let markdown = MarkdownWriter.text(AgreementRender.document(loaded))
        let keys = [
            "to-capacity", "from-capacity", "granted-by", "held-by", "x-fact", "not-objected", "except:", "when:",
            "permit:",
            "speciality:", "/*/", "impact-assessment", "must-name", "uk-gdpr", "consent-of", "recorded-by", "age-band",
            "Optional(",
        ]
        for key in keys { #expect(!markdown.contains(key), "\(key)") }
        // A term of more than one word is told by its title.
        for kind in loaded.compiled.partyKinds where kind.rawValue.contains("-") {
            #expect(!markdown.contains(" \(kind.rawValue) "), "\(kind)")
        }
    }

    @Test func everySectionOfASharingAgreementIsThere() throws {
        let sections = AgreementRender.document(try Self.load("rj-west-midlands")).sections
        for title in [
            "Purpose, necessity and benefits", "Parties", "Lawful basis and legal power", "Data items by category",
            "What may be shared, and what may not", "Consent", "Guarantees", "Who may ever receive what",
            "What happens to the data", "Accuracy and formats", "Code lists", "Access and individual rights",
            "Retention and deletion", "Onward disclosure", "Security", "Breach", "Complaints",
            "Impact assessment and policy documents", "Review, change and end", "Sign-off",
        ] {
            #expect(sections.contains(title), "\(title)")
        }
        #expect(sections.last == "Sign-off")
        #expect(Set(sections).count == sections.count)
    }

    @Test func signOffHasAPlaceForEachControllerAndSaysWhatIsKnown() throws {
        let loaded = try Self.load("rj-west-midlands")
        let document = AgreementRender.document(loaded, signoff: ["rj-hub": "Signed on 2 March 2026; officer supports"])
        guard
            case .signatures(let lines)? = document.blocks.last(where: {
                if case .signatures = $0 { true } else { false }
            })
        else {
            Issue.record("no sign-off page")
            return
        }
        #expect(lines.count == loaded.parties.count)
        #expect(lines.filter { !$0.status.isEmpty }.map(\.status) == ["Signed on 2 March 2026; officer supports"])
    }

    @Test func aPartysStandingIsSaidInWords() throws {
        let mark = SignoffMark(
            person: "p-1", at: try #require(UTCInstant("2026-03-02T10:00:00Z")), text: "00", signature: "11")
        let advice = OfficerAdvice(
            text: "00", opinion: .supportsWithConditions, date: try #require(CivilDate("2026-03-01")),
            office: "Officer",
            conditions: ["A review after six months"])
        let signed = PartySignoff(
            party: "rj-hub", onBehalfOf: nil, entry: .holds(mark), advice: .holds(mark), opinion: advice,
            text: .holds(mark),
            isSigned: true)
        #expect(
            signed.sentence
                == "In force for this party. Signed on 2 March 2026. On 1 March 2026 the data protection officer supports it on "
                + "conditions: A review after six months.")
        let unsigned = PartySignoff(
            party: "rj-hub", onBehalfOf: nil, entry: .missing, advice: .notNeeded, opinion: nil, text: .missing,
            isSigned: false)
        // One day, said once, wherever the document speaks of the end.
        let moved = AgreementRender.document(
            try Self.load("asb-housing"), extendedUntil: CivilDate("2027-06-29"))
        let text = MarkdownWriter.text(moved)
        #expect(text.contains("to 29 June 2027, extended once from 31 March 2027\n"))
        #expect(
            text.split(separator: "\n").count { $0 == "| Last day | 29 June 2027, extended once from 31 March 2027 |" }
                == 2)
        #expect(unsigned.sentence == "Not in force for this party. Owed: roster entry: not signed; text: not signed.")
    }

    @Test func emergenciesDutiesAndWaitsAreSaid() throws {
        var text = try ProtocolText.json(try #require(try Fixture.files("Fixtures/page")["protocol.yaml"]))
        let wanted = ["break-glass:", "obligations:", "expectations:", "routes:", "hold: message"]
        for example in LanguagePageTests.examples where wanted.contains(where: { example.text.contains($0) }) {
            text = try example.text(in: text) ?? text
        }
        let document = AgreementRender.document(try ProtocolDirectory.load(try LanguagePageTests.files(text)).get())
        #expect(document.sections.contains("Emergencies"))
        let clauses = document.blocks.compactMap {
            if case .clause(let number, _, let text) = $0 { (number, text) } else { nil }
        }
        for (number, words) in [
            ("B1", "only when the sender claims the emergency ground"),
            ("O1", "keeps it marked “OFFICIAL-SENSITIVE” and passes it on to nobody"),
            ("E1", "within 2 working days"), ("T1", "it is not so that the recipient is “Youth team”"),
            ("H1", "waits until a data protection officer has decided, for at most 2 days"),
        ] {
            #expect(clauses.contains { $0.0 == number && $0.1.contains(words) }, "\(number)")
        }
    }

    @Test func whatIsWrittenInATextNeverBecomesMarkup() throws {
        let evil = "<script>alert(1)</script> & \\\"x\\\" | [a](javascript:b) *c* `d`"
        let files = try Fixture.tiny(replacing: [("title: Police force", "title: \"\(evil)\"")])
        let document = AgreementRender.document(try ProtocolDirectory.load(files).get())
        let html = HTMLWriter.text(document)
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;"))
        let markdown = MarkdownWriter.text(document)
        #expect(!markdown.contains("<script"))
        #expect(markdown.contains("\\| \\[a\\](javascript:b) \\*c\\* \\`d\\`"))
    }

    @Test(arguments: ["1. one", "- two", "+ three", "a\nb", "# four", "> five", "<!-- -->", "\u{7}bell"])
    func aLineOfMarkdownStaysALine(text: String) {
        var document = RenderedDocument()
        document.blocks = [.paragraph(text)]
        let line = MarkdownWriter.text(document).split(separator: "\n").last ?? ""
        #expect(line.first.map { !"-+#>1<".contains($0) || text.first == "1" && line.hasPrefix("1\\.") } ?? false)
        #expect(!line.contains("<") && !line.contains("\u{7}"))
    }

    @Test func htmlNeedsNothingBesideIt() throws {
        let html = HTMLWriter.text(AgreementRender.document(try Self.load("rj-west-midlands")))
        for reference in ["src=", "<script", "<link", "<img", "url(", "@import", "http:", "https:"] {
            let allowed = html.replacingOccurrences(of: "http://www.w3.org/1999/xhtml", with: "")
            #expect(!allowed.contains(reference), "\(reference)")
        }
        #expect(html.contains("@media print"))
    }

    @Test func htmlIsWellFormed() throws {
        for name in Self.shipped {
            let html = HTMLWriter.text(AgreementRender.document(try Self.load(name)))
            let faults = try Self.python(Self.checker, html)
            #expect(faults == "ok\n", "\(faults)")
        }
        // The check can fail.
        #expect(try Self.python(Self.checker, "<!DOCTYPE html>\n<html><p></html>") != "ok\n")
    }

    @Test(arguments: ["md", "html"])
    func theTinyProtocolIsRenderedAsOnFile(format: String) throws {
        let document = AgreementRender.document(try ProtocolDirectory.load(try Fixture.tiny()).get())
        let text = format == "md" ? MarkdownWriter.text(document) : HTMLWriter.text(document)
        let place = Fixture.folder.appendingPathComponent("Fixtures/tiny-agreement.\(format)")
        if ProcessInfo.processInfo.environment["CONCORDAT_RECORD"] != nil { try Data(text.utf8).write(to: place) }
        #expect(text == (try String(contentsOf: place, encoding: .utf8)))
    }

    // MARK: helpers

    private static let loads: [String: Result<LoadedProtocol, ProtocolProblems>] = {
        let root = Fixture.repository.appendingPathComponent("protocols")
        let files = shipped.compactMap { name in
            (try? ProtocolDirectory.read(root.appendingPathComponent(name).path)).map { (name, $0) }
        }
        return Dictionary(uniqueKeysWithValues: files).mapValues { ProtocolDirectory.load($0) }
    }()

    static func load(_ name: String) throws -> LoadedProtocol { try #require(loads[name]).get() }

    /// Python's own parsers: as XML, and as HTML with every element closed and every link leading somewhere.
    private static let checker = """
        import sys, xml.etree.ElementTree as ET
        from html.parser import HTMLParser
        text = sys.stdin.read()
        class Check(HTMLParser):
            def __init__(self):
                super().__init__(); self.open = []; self.ids = set(); self.links = set(); self.faults = []
            def handle_starttag(self, tag, attributes):
                self.open.append(tag); d = dict(attributes)
                if 'id' in d:
                    if d['id'] in self.ids: self.faults.append('id twice ' + d['id'])
                    self.ids.add(d['id'])
                if 'href' in d: self.links.add(d['href'].lstrip('#'))
            def handle_startendtag(self, tag, attributes): pass
            def handle_endtag(self, tag):
                if not self.open or self.open.pop() != tag: self.faults.append('closes ' + tag)
        try:
            ET.fromstring(text.replace('<!DOCTYPE html>', '', 1).lstrip())
        except ET.ParseError as error:
            print('not xml:', error); sys.exit(0)
        check = Check(); check.feed(text); check.close()
        check.faults += ['open ' + tag for tag in check.open]
        check.faults += ['link ' + link for link in check.links - check.ids]
        print('ok' if not check.faults else '; '.join(check.faults[:5]))
        """

    /// What a Python program answers to a text; without Python the test fails.
    static func python(_ program: String, _ input: String, _ arguments: [String] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", program] + arguments
        let stdout = Pipe()
        let question = FileManager.default.temporaryDirectory.appendingPathComponent("concordat-\(UUID().uuidString)")
        try Data(input.utf8).write(to: question)
        defer { try? FileManager.default.removeItem(at: question) }
        (process.standardInput, process.standardOutput) = (try FileHandle(forReadingFrom: question), stdout)
        try process.run()
        // A file, since a program that answers while it is asked would fill both pipes.
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "python3 is missing or failed; `make deps` installs it")
        return String(decoding: output, as: UTF8.self)
    }
}
