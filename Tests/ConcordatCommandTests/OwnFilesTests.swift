import ConcordatCore
import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms
import Foundation
import Testing

@testable import concordat

/// Party files and prohibitions of the deployment's own, joined to texts as the daemon opens them.
@Suite struct OwnFilesTests {
    private static let now = UTCInstant("2026-06-16T10:00:00Z")!
    private static let directory = ConfigurationText.repository.appending(path: "protocols/asb-housing").path

    private static func files() throws -> [String: [UInt8]] {
        try LoadedDirectory.files(directory).contents
    }

    private static func library(_ own: OwnFiles) throws -> DeploymentLibrary {
        DeploymentLibrary(configuration: try ConfigurationText.read(ConfigurationText.least), own: own)
    }

    private static func prohibition(_ id: String, of category: String = "name") -> [String: [UInt8]] {
        [
            "prohibitions/millrace-homes.yaml": Array(
                "party: millrace-homes\nprohibitions:\n  - {id: millrace-homes.\(id), title: Ours, prohibit: [\(category)], to: [mediation]}\n"
                    .utf8)
        ]
    }

    private static func ids(_ opened: OpenedProtocol) -> [String] {
        opened.text.rules.map(\.id.rawValue).filter { $0.hasPrefix("millrace-homes.") }.sorted()
    }

    @Test func whatDoesNotFitTheTextIsRefusedAndNamed() throws {
        let library = try Self.library(OwnFiles(parties: [:], prohibitions: Self.prohibition("1", of: "no-such-thing")))
        let there = try Self.files()
        do throws(ProtocolRefusal) {
            _ = try library.open(there, at: Self.now)
            Issue.record("it was opened")
        } catch {
            #expect(error.code == "protocol.broken")
            #expect(error.findings.first?.hasPrefix("prohibitions/millrace-homes.yaml:3:") == true, "\(error.findings)")
        }
    }

    @Test func aPartyInBothPlacesStopsTheStart() throws {
        try ConfigurationText.inFolder { folder in
            try Data("party: vale-police\n".utf8).write(to: folder.appending(path: "vale-police.yaml"))
            let text = ConfigurationText.least + "parties: \(folder.path)\n"
            let configuration = try ConfigurationText.read(text)
            #expect(throws: Complaint.self) { try OwnFiles(configuration, directory: try Self.files()) }
            try FileManager.default.removeItem(at: folder.appending(path: "vale-police.yaml"))
            #expect(try OwnFiles(configuration, directory: try Self.files()).isEmpty)
        }
    }

    @Test func aFolderOfPartiesThatIsNotThereStopsTheStart() throws {
        let configuration = try ConfigurationText.read(ConfigurationText.least + "parties: /nowhere/at/all\n")
        #expect(throws: Complaint.self) { try OwnFiles(configuration, directory: [:]) }
    }

    @Test func theirOwnPartiesAndProhibitionsAreInForceWithEveryText() throws {
        let there = try Self.files()
        let party = String(decoding: there["parties/millrace-homes.yaml"] ?? [], as: UTF8.self)
        let own = OwnFiles(
            parties: ["parties/canal-homes.yaml": Array(party.replacing("millrace-homes", with: "canal-homes").utf8)],
            prohibitions: Self.prohibition("1"))
        let opened = try Self.library(own).open(there, at: Self.now)
        #expect(opened.text.parties["canal-homes"] != nil)
        #expect(Self.ids(opened) == ["millrace-homes.1"])
        let without = try Self.library(.none).open(there, at: Self.now)
        #expect(without.text.parties["canal-homes"] == nil && Self.ids(without).isEmpty)
        #expect(without.text.digest == opened.text.digest)
    }

    @Test func ofProhibitionsInTheVersionAndInTheDirectoryBothCount() throws {
        var there = try Self.files()
        for (path, bytes) in Self.prohibition("1") { there[path] = bytes }
        let same = try Self.library(OwnFiles(parties: [:], prohibitions: Self.prohibition("1")))
        #expect(Self.ids(try same.open(there, at: Self.now)) == ["millrace-homes.1"])
        let other = try Self.library(OwnFiles(parties: [:], prohibitions: Self.prohibition("1", of: "contact")))
        let both = try other.open(there, at: Self.now)
        #expect(Self.ids(both) == ["millrace-homes.1", "millrace-homes.1.proposed"])
        #expect(
            Set(both.text.rules.filter { $0.id.rawValue.hasPrefix("millrace-homes.") }.flatMap(\.categories))
                .isSuperset(of: ["name", "contact"]))
        let more = try Self.library(OwnFiles(parties: [:], prohibitions: Self.prohibition("2")))
        #expect(Self.ids(try more.open(there, at: Self.now)) == ["millrace-homes.1", "millrace-homes.2"])
    }

    @Test func whatPartiesProhibitMakesNoOtherText() throws {
        let there = try Self.files()
        let more = there.merging(Self.prohibition("1")) { $1 }
        #expect(OwnFiles.isSameText(there, more))
        #expect(!OwnFiles.isSameText(there, there.merging(["parties/x.yaml": [1]]) { $1 }))
    }

    @Test func aReportNamesTheCasesThatFailAndReadingAgainGivesTheSameText() throws {
        var there = try Self.files()
        let library = try Self.library(.none)
        #expect(library.report(on: there, against: nil, replaying: nil, at: Self.now).casesFailed.isEmpty)
        #expect(try library.reread(there).digest == library.read(there).text.digest)
        let name = try #require(ProtocolFiles(there).folders(in: "cases").first)
        there["cases/\(name)/expect.yaml"] = Array("needs: [P4]\nmessages: []\n".utf8)
        #expect(library.report(on: there, against: nil, replaying: nil, at: Self.now).casesFailed == [name])
    }
}
