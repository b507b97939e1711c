/// Floor 7, ConcordatStore: the SQLite and file drivers of what the gateway keeps. SQL stands here and nowhere else.
///
/// Why a store could not be opened. Each says what to do.
package enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process holds the store.
    case inUse(path: String)
    /// Made by a newer program.
    case newer(found: Int, known: Int)
    /// Sealed under another register key, of another deployment, or of another log.
    case mismatch(what: String)
    /// A database with tables that are not this program's.
    case foreign
    /// SQLite did not take a setting that durability rests on.
    case notDurable(setting: String)
    /// A key file is missing, of the wrong length, or readable by others.
    case badKey(path: String, reason: String)
    /// The file system or SQLite refused.
    case unusable(path: String, reason: String)

    package var description: String {
        switch self {
        case .inUse(let path): "`\(path)` is in use by another process; stop it first"
        case .newer(let found, let known):
            "the database has version \(found), this program knows up to \(known); run the program that made it, or a newer one"
        case .mismatch(let what):
            "the database belongs to another \(what); check `store` and `keys` in the configuration"
        case .foreign: "the database was made by another program; check `store` in the configuration"
        case .notDurable(let setting): "sqlite did not take `\(setting)`, so nothing would be safe; refusing to start"
        case .badKey(let path, let reason): "key `\(path)`: \(reason)"
        case .unusable(let path, let reason): "`\(path)`: \(reason)"
        }
    }
}
