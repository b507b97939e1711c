import Foundation

/// Runs a program of the system and waits for it.
enum Subprocess {
    /// Runs `program` found on the PATH.
    ///
    /// - Throws: ``Complaint`` with what it wrote to stderr when it ends with anything but 0.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw Complaint("`\(program)` cannot be run") }
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Complaint("`\(program)` failed: \(String(decoding: complained, as: UTF8.self))")
        }
        return String(decoding: said, as: UTF8.self)
    }
}
