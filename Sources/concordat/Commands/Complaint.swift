import ArgumentParser
import ConcordatProtocols
import Foundation

/// A reason to end with exit 1, told on stderr in one line and without usage text, after the findings it rests on.
struct Complaint: Error, CustomStringConvertible {
    let description: String
    let problems: [ProtocolProblem]

    init(_ description: String, problems: [ProtocolProblem] = []) {
        (self.description, self.problems) = (description, problems)
    }
}

/// Files given on the command line.
enum InputFile {
    /// Reads a file, or standard input for `-`; one byte over the bound is a complaint.
    static func read(_ path: String, bytesMax: Int) throws -> [UInt8] {
        let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let handle else { throw Complaint("`\(path)` cannot be read") }
        let data: Data
        do { data = try handle.read(upToCount: bytesMax + 1) ?? Data() } catch {
            throw Complaint("`\(path)` cannot be read")
        }
        guard data.count <= bytesMax else { throw Complaint("`\(path)` is longer than \(bytesMax) bytes") }
        return [UInt8](data)
    }
}

/// Loads a protocol directory for a command; a complaint names every error.
enum LoadedDirectory {
    /// - Parameter parties: a directory of a deployment's own parties, when it has one.
    static func files(_ directory: String, parties: String? = nil) throws -> ProtocolFiles {
        do { return try ProtocolDirectory.read(directory, parties: parties) } catch {
            throw Complaint("`\(directory)`: \(error)")
        }
    }

    static func load(_ directory: String, parties: String? = nil) throws -> LoadedProtocol {
        switch ProtocolDirectory.load(try files(directory, parties: parties)) {
        case .success(let loaded): return loaded
        case .failure(let problems):
            throw Complaint("`\(directory)` does not load; see its errors", problems: problems.errors)
        }
    }
}

enum StandardError {
    static func write(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) }
}
