package import ConcordatCore
import ConcordatCrypto
package import ConcordatTerms
import Foundation
import Synchronization

/// Keys as files of their own, mode 0600, in a folder outside the database.
///
/// `register.key`, `pseudonym.key` (32 bytes each) and `days/<date>.key`. A file others can read is refused.
package final class FileKeyring: Keyring {
    package let registerKey: [UInt8]
    package let pseudonymRoot: [UInt8]
    private let days: String
    private let cache = Mutex<[String: DayKey]>([:])

    /// - Throws: ``StoreError/badKey(path:reason:)`` for a key that is missing, short, or readable by others.
    package init(folder: String) throws(StoreError) {
        registerKey = try Self.read(folder + "/register.key")
        pseudonymRoot = try Self.read(folder + "/pseudonym.key")
        days = folder + "/days"
        do {
            try FileManager.default.createDirectory(
                atPath: days, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unusable(path: days, reason: "the folder cannot be made")
        }
    }

    package func dayKey(for day: CivilDate) throws -> DayKey {
        let id = day.description
        return try cache.withLock { cache in
            if let known = cache[id] { return known }
            if let stored = try Self.stored(path(of: id), id: id) {
                cache[id] = stored
                return stored
            }
            let key = DayKey(id: id, key: try SecureRandom.bytes(AESGCM.keyCount))
            try Self.write(key.key, to: path(of: id))
            cache[id] = key
            return key
        }
    }

    package func dayKey(id: String) throws -> DayKey? {
        guard CivilDate(id) != nil else { return nil }
        return try cache.withLock { cache in
            if let known = cache[id] { return known }
            cache[id] = try Self.stored(path(of: id), id: id)
            return cache[id]
        }
    }

    package func dayKeys() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: days)
            .compactMap { $0.hasSuffix(".key") ? String($0.dropLast(4)) : nil }.filter { CivilDate($0) != nil }.sorted()
    }

    package func destroyDayKey(id: String) throws {
        guard CivilDate(id) != nil else { return }
        try cache.withLock { cache in
            cache[id] = nil
            let path = path(of: id)
            // The bytes are overwritten before the name goes, for file systems that write in place.
            if let handle = FileHandle(forWritingAtPath: path) {
                try handle.write(contentsOf: Data(repeating: 0, count: AESGCM.keyCount))
                try handle.synchronize()
                try handle.close()
            }
            try FileManager.default.removeItem(atPath: path)
            try Self.synchronise(folder: days)
        }
    }

    private func path(of id: String) -> String { "\(days)/\(id).key" }

    private static func stored(_ path: String, id: String) throws -> DayKey? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let key = try read(path)
        // Zeros are what a crash in the middle of its destruction leaves of a key.
        return key.contains { $0 != 0 } ? DayKey(id: id, key: key) : nil
    }

    /// Reads a 32-byte key, and refuses one that others can read.
    package static func read(_ path: String) throws(StoreError) -> [UInt8] {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let bytes = FileManager.default.contents(atPath: path)
        else { throw .badKey(path: path, reason: "cannot be read") }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        guard mode & 0o077 == 0 else { throw .badKey(path: path, reason: "others can read it; set its mode to 0600") }
        guard bytes.count == 32 else { throw .badKey(path: path, reason: "must hold 32 bytes") }
        return [UInt8](bytes)
    }

    /// Writes a new key file, durable before it returns. Never over an old one.
    package static func write(_ key: [UInt8], to path: String) throws(StoreError) {
        guard
            FileManager.default.createFile(
                atPath: path + ".new", contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path + ".new")
        else { throw .badKey(path: path, reason: "cannot be written") }
        do {
            try handle.write(contentsOf: Data(key))
            try handle.synchronize()
            try handle.close()
            try FileManager.default.moveItem(atPath: path + ".new", toPath: path)
            try synchronise(folder: (path as NSString).deletingLastPathComponent)
        } catch {
            throw .badKey(path: path, reason: "cannot be written")
        }
    }

    /// Makes names that came or went in a folder durable.
    private static func synchronise(folder path: String) throws {
        let folder = FileHandle(forReadingAtPath: path)
        try folder?.synchronize()
        try folder?.close()
    }
}
