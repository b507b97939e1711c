import Testing

@testable import ConcordatProtocols

/// Code lists are read strictly.
@Suite struct CSVTableTests {
    @Test(arguments: ["a,b\n1", "a\n\"1", "a\n1\"2", "a\n\"1\"2", "a\r1", "a,b\n1,2,3"])
    func refusesWhatIsNoCSV(text: String) {
        #expect(throws: CSVTable.Fault.self) { try CSVTable(Array(text.utf8)) }
    }

    @Test func readsQuotesCommasAndLineEnds() throws {
        let table = try CSVTable(Array("a,b\r\n\"x, \"\"y\"\"\",\n\"two\nlines\",z\n".utf8))
        #expect(table.rows.map { $0.map(\.text) } == [["a", "b"], ["x, \"y\"", ""], ["two\nlines", "z"]])
        #expect(table.rows[2][1].line == 4)
    }
}
