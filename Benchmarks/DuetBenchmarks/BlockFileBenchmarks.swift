internal import FabricTypes
internal import Foundation
internal import LedgerStorage

/// Appending to block files on this machine's disk, synced as in service.
enum BlockFileBenchmarks {
    static let cases = [
        appending(count: 1, byteCount: 4 << 10, name: "BlockFiles/append 1 × 4 KiB, one sync"),
        appending(count: 10, byteCount: 4 << 10, name: "BlockFiles/append 10 × 4 KiB, one sync"),
        appending(count: 1, byteCount: 2 << 20, name: "BlockFiles/append 1 × 2 MiB, one sync"),
    ]

    private static func appending(count: Int, byteCount: Int, name: String) -> Benchmark {
        Benchmark(name: name, unit: "blocks") {
            let files = try TemporaryBlockFiles()
            let content = Bytes([UInt8](repeating: 0x5A, count: byteCount))
            return (
                count,
                {
                    let first = files.blockFiles.nextNumber ?? 0
                    keep(try files.blockFiles.append((0..<UInt64(count)).map { (first + $0, content) }))
                }
            )
        }
    }
}

/// Block files in a new folder, removed with this object.
private final class TemporaryBlockFiles {
    let blockFiles: BlockFiles
    private let folder: URL

    init() throws {
        // In the working folder: the system's temporary folder often is memory, where a sync costs nothing.
        folder = URL(filePath: FileManager.default.currentDirectoryPath)
            .appending(path: ".build/benchmarks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let diskFolder = try DiskFolder(path: folder.path(percentEncoded: false))
        blockFiles = try BlockFiles.open(in: diskFolder, after: nil) { _, _, _ in }
    }

    deinit {
        // A folder left behind in the build folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }
}
