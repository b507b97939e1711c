import Testing

@testable import ConcordatProtocols

/// Code lists are read strictly.
@Suite struct CSVTableTests {
    @Test(arguments: ["a,b\n1", "a\n\"1", "a\n1\"2", "a\n\"1\"2", "a\r1", "a,b\n1,2,3"])
    func refusesWhatIsNoCSV(text: String) {
        #expect(CSVTable(Array(text.utf8)).faults.count == 1)
    }

    @Test func aShortRowDoesNotHideTheRest() {
        let table = CSVTable(Array("a,b\n1\n2,3\n4,5,6\n".utf8))
        #expect(table.faults.map(\.line) == [2, 4])
        #expect(table.rows.map { $0.map(\.text) } == [["a", "b"], ["2", "3"]])
    }

    @Test func readsQuotesCommasAndLineEnds() throws {
        let table = CSVTable(Array("a,b\r\n\"x, \"\"y\"\"\",\n\"two\nlines\",z\n".utf8))
        #expect(table.rows.map { $0.map(\.text) } == [["a", "b"], ["x, \"y\"", ""], ["two\nlines", "z"]])
        #expect(table.rows[2][1].line == 4)
        #expect(table.faults.isEmpty)
    }
}
