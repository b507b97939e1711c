package import ConcordatCore
package import ConcordatTerms
import Synchronization

/// Keys in memory.
package final class MemoryKeyring: Keyring {
    package let registerKey = [UInt8](repeating: 1, count: 32)
    package let pseudonymRoot = [UInt8](repeating: 2, count: 32)
    private let days = Mutex<[String: DayKey]>([:])

    package init() {}

    package func dayKey(for day: CivilDate) throws -> DayKey {
        days.withLock { days in
            let id = day.description
            let key = days[id] ?? DayKey(id: id, key: (0..<32).map { _ in UInt8.random(in: 0...255) })
            days[id] = key
            return key
        }
    }

    package func dayKey(id: String) throws -> DayKey? { days.withLock { $0[id] } }
    package func dayKeys() throws -> [String] { days.withLock { $0.keys.sorted() } }
    package func destroyDayKey(id: String) throws { days.withLock { $0[id] = nil } }
}
