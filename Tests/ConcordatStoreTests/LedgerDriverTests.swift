import ConcordatStore
import ConcordatTestSupport
import Testing

@Suite struct LedgerDriverTests {
    @Test func memoryKeepsTheContract() throws {
        try LedgerDriverContract(MemoryLedger()).run()
    }

    @Test func sqliteKeepsTheContract() throws {
        let folder = try TestFolder()
        let (ledger, _) = try TestGateway.store(in: folder.path)
        try LedgerDriverContract(ledger).run()
        try ledger.close()
    }
}
