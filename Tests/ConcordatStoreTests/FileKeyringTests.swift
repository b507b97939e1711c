import ConcordatCore
import ConcordatStore
import ConcordatTerms
import ConcordatTestSupport
import Foundation
import Testing

@Suite struct FileKeyringTests {
    private let folder: TestFolder
    private let day = CivilDate(year: 2026, month: 6, day: 15)!

    init() throws {
        folder = try TestFolder()
        try FileKeyring.write(Array(repeating: 1, count: 32), to: folder.path + "/register.key")
        try FileKeyring.write(Array(repeating: 2, count: 32), to: folder.path + "/pseudonym.key")
    }

    @Test func aKeyThatOthersCanReadIsRefused() throws {
        let path = folder.path + "/register.key"
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: StoreError.badKey(path: path, reason: "others can read it; set its mode to 0600")) {
            try FileKeyring(folder: folder.path)
        }
    }

    @Test func aMissingOrShortKeyIsRefused() throws {
        let path = folder.path + "/pseudonym.key"
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: StoreError.badKey(path: path, reason: "cannot be read")) {
            try FileKeyring(folder: folder.path)
        }
        try FileKeyring.write([1, 2, 3], to: path)
        #expect(throws: StoreError.badKey(path: path, reason: "must hold 32 bytes")) {
            try FileKeyring(folder: folder.path)
        }
    }

    @Test func aKeyIsNeverWrittenOverAnother() throws {
        let path = folder.path + "/register.key"
        #expect(throws: StoreError.badKey(path: path, reason: "cannot be written")) {
            try FileKeyring.write(Array(repeating: 9, count: 32), to: path)
        }
        #expect(try FileKeyring.read(path) == Array(repeating: 1, count: 32))
    }

    @Test func aDestroyedDayKeyIsGoneForGood() throws {
        let keyring = try FileKeyring(folder: folder.path)
        let key = try keyring.dayKey(for: day)
        #expect(try FileKeyring(folder: folder.path).dayKey(id: key.id)?.key == key.key)
        try keyring.destroyDayKey(id: key.id)
        #expect(try keyring.dayKey(id: key.id) == nil)
        #expect(try keyring.dayKeys().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/days").isEmpty)
    }

    @Test func zerosLeftByACrashAreNoKey() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/days", withIntermediateDirectories: true)
        try FileKeyring.write(Array(repeating: 0, count: 32), to: folder.path + "/days/2026-06-15.key")
        #expect(try FileKeyring(folder: folder.path).dayKey(id: "2026-06-15") == nil)
    }

    @Test func aNameThatIsNoDayIsNoKey() throws {
        #expect(try FileKeyring(folder: folder.path).dayKey(id: "../register") == nil)
    }
}
