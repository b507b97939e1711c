import ArgumentParser
import ConcordatJSON
import ConcordatProtocols
import Testing

@testable import concordat

/// Who asks for JSON gets JSON, when a command fails too.
@Suite struct CommandRunnerTests {
    private let problem = ProtocolProblem(
        severity: .error, span: .start(of: "protocol.yaml"), message: "there is no `protocol.yaml`", excerpt: "",
        advice: "name the directory that holds it")

    @Test func aComplaintBecomesOneObjectWithItsFindings() throws {
        let complaint = Complaint("`/none` does not load", problems: [problem])
        let json = try #require(
            CommandRunner.failure(complaint, of: ProtocolCommand.self, complaint.problems)?["error"])
        #expect(json["message"]?.stringValue == "`/none` does not load")
        #expect(json["exit"]?.intValue == 1)
        #expect(json["problems"]?.arrayValue?.map { $0["file"]?.stringValue } == ["protocol.yaml"])
    }

    @Test func wrongUseKeepsItsExitCode() throws {
        let json = CommandRunner.failure(ValidationError("name --to"), of: ProtocolCommand.self, [])
        #expect(json?["error"]?["exit"]?.intValue == 64)
        #expect(throws: (any Error).self) { try ProtocolCommand.parseAsRoot(["diff", "one", "--json"]) }
    }

    @Test func whatIsNoErrorOrIsToldAlreadyIsNotToldAgain() {
        #expect(CommandRunner.failure(ExitCode(1), of: ProtocolCommand.self, []) == nil)
        #expect(CommandRunner.failure(CleanExit.helpRequest(), of: ProtocolCommand.self, []) == nil)
    }

    @Test(
        arguments: [
            (["protocol", "check", "d", "--json"], true), (["protocol", "matrix", "d", "--format", "json"], true),
            (["protocol", "matrix", "d", "--format=json"], true), (["protocol", "check", "d"], false),
            (["protocol", "check", "--", "--json"], false), (["--format", "csv", "json"], false),
        ])
    func onlyWhoAsksForJSONGetsIt(arguments: [String], wanted: Bool) {
        #expect(CommandRunner.wantsJSON(arguments) == wanted)
    }
}
