import ConcordatJSON
import Testing

@testable import concordat

@Suite struct ProposalWordsTests {
    private static func text(_ report: String) throws -> String {
        ProposalWords.text(
            try JSONValue.parse(
                Array(
                    """
                    {"version": {"id": "v1", "state": "proposed", "protocol": "p", "version": "2", "from": null, "steps": [
                      {"state": "proposed", "by": "ann", "at": "2026-06-16T10:00:00.000Z"}]}, "report": \(report)}
                    """.utf8)))
    }

    @Test func failedCasesGainsAndWhoFallsOutAreSaid() throws {
        let text = try Self.text(
            """
            {"check": {"passed": true, "guarantees": ["G1", "G2"], "warnings": []},
             "test": {"passed": false, "cases": [{"case": "one", "passed": true}, {"case": "two", "passed": false}]},
             "difference": {"same": false, "gains": true, "findings": [{"sentence": "the hub newly receives names"}]},
             "replay": {"messages": 9, "gains": false, "decisions": {"changed": 1, "same": 8, "cannotTell": 0}},
             "signoff": {"falls-out": ["police"], "status": {"parties": [
               {"party": "police", "inForce": false, "owed": ["text: not signed"]}, {"party": "hub", "inForce": true, "owed": []}]}}}
            """)
        #expect(
            text == """
                v1  proposed  p  2
                  2026-06-16T10:00:00.000Z  proposed by ann
                it loads; 2 guarantees are proven
                1 of 2 worked cases pass
                FAILED: two
                against what is in force, SOMEBODY GAINS DATA:
                  the hub newly receives names
                on 9 messages judged lately: 1 decisions would change, 8 stay, 0 cannot be told
                1 of 2 parties have signed
                  police: text: not signed
                NOT IN FORCE ANY MORE, once it is active, for police: they have not signed it
                """)
    }

    @Test func whatIsNotThereIsSaidToo() throws {
        #expect(try Self.text("null").hasSuffix("there is no report of it"))
        let text = try Self.text(
            #"{"check": {"passed": true}, "difference": {"gains": false, "findings": []}, "replay": null}"#)
        #expect(text.contains("it means the same as what is in force") && text.contains("it was not tried on"))
        #expect(!text.contains("{"))
    }
}
