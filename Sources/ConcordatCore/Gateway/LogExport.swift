import ConcordatLog
import ConcordatTerms

/// A bundle of the log at one size, file by file, in the layout of C2SP tlog-tiles as one ustar archive.
///
/// Never more than one tile is in memory.
package struct LogExport: Sendable {
    private let driver: any LedgerDriver
    private let checkpoint: [UInt8]
    package let size: UInt64

    init(driver: any LedgerDriver, checkpoint: [UInt8], size: UInt64) {
        (self.driver, self.checkpoint, self.size) = (driver, checkpoint, size)
    }

    /// Hands every block of the archive to `write`, in order.
    package func write(to write: (_ bytes: [UInt8]) async throws -> Void) async throws {
        try await write(try TarWriter.file("checkpoint", checkpoint))
        for path in TileLayout(size: size).paths {
            try await write(try TarWriter.file(path.path, try content(of: path)))
        }
        try await write(TarWriter.trailer)
    }

    private func content(of path: TilePath) throws -> [UInt8] {
        switch path {
        case .entries(let index, let width):
            return try EntryPage.encode(
                try driver.entries(from: index * UInt64(TilePath.widthMax), count: width))
        case .hashes(let level, let index, let width):
            let first = index * UInt64(TilePath.widthMax)
            let addresses = (0..<UInt64(width)).map { SubtreeAddress(level: level * 8, index: first + $0) }
            return HashTile.encode(try driver.hashes(at: addresses))
        }
    }
}
