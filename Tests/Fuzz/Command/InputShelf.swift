import Foundation

/// The folder of one target under `Tests/FailCases`: the input at hand, and those that broke a claim.
///
/// The input at hand is one file, written over for each input: what is in it when the process traps is what did it.
final class InputShelf {
    private let directory: String
    private let atHand: FileHandle

    private var atHandPath: String { directory + "/at-hand" }

    /// Opens the folder, and makes it where it is missing.
    init(directory: String) throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let path = directory + "/at-hand"
        // A trap of an earlier run has left its input here.
        if FileManager.default.fileExists(atPath: path), let left = FileManager.default.contents(atPath: path) {
            _ = try Self.keep([UInt8](left), in: directory)
        }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forUpdatingAtPath: path)
        else { throw CocoaError(.fileWriteUnknown) }
        atHand = handle
    }

    /// Makes `input` the one at hand. It survives this process, not a power cut.
    func putAtHand(_ input: [UInt8]) throws {
        try atHand.truncate(atOffset: 0)
        try atHand.seek(toOffset: 0)
        try atHand.write(contentsOf: input)
    }

    /// Keeps `input` for good and answers its path.
    func keep(_ input: [UInt8]) throws -> String { try Self.keep(input, in: directory) }

    /// Nothing is at hand any more.
    func clear() throws {
        try atHand.close()
        try FileManager.default.removeItem(atPath: atHandPath)
    }

    private static func keep(_ input: [UInt8], in directory: String) throws -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in input { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let path = "\(directory)/\(String(hash, radix: 16)).input"
        try Data(input).write(to: URL(fileURLWithPath: path))
        return path
    }
}
