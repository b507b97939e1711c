package import ConcordatTerms

/// Keys that live outside the database, so that a copy of the database alone opens nothing.
package protocol Keyring: Sendable {
    /// Seals the case register at rest, 32 bytes.
    var registerKey: [UInt8] { get }
    /// The root of every pseudonym and keyed digest, 32 bytes; other keys are derived from it with HKDF.
    var pseudonymRoot: [UInt8] { get }
    /// The key for copies accepted on that day; made, and durable, before it returns.
    func dayKey(for day: CivilDate) throws -> DayKey
    /// The key with that id, or nil when it was destroyed.
    func dayKey(id: String) throws -> DayKey?
    /// Every day key that is left.
    func dayKeys() throws -> [String]
    /// Destroys a day key: every copy sealed under it is gone for good.
    func destroyDayKey(id: String) throws
}

/// A key for the payload copies of one day.
package struct DayKey: Sendable {
    package let id: String
    package let key: [UInt8]

    package init(id: String, key: [UInt8]) { (self.id, self.key) = (id, key) }
}
