internal import DuetNode
internal import Foundation
internal import LedgerStorage

/// `duet up --fresh`: removes the network of a data folder; functions and logs stay.
struct NetworkRemoval {
    let dataFolder: String

    func run() throws {
        let paths = NetworkFiles.names.map { "\(dataFolder)/\($0)" }
            .filter { FileManager.default.fileExists(atPath: $0) }
        guard !paths.isEmpty else { return }
        let lock = try heldLock()
        Terminal.standardError.write("Starting over. Deleting:\n")
        for path in paths { Terminal.standardError.write("  \(path)\n") }
        for path in paths {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw CommandError(
                    .failed, "\"\(path)\" cannot be deleted (\(error.localizedDescription)). Check its owner.")
            }
        }
        withExtendedLifetime(lock) {}
    }

    /// Keeps a running node's files from being pulled away under it.
    private func heldLock() throws -> FolderLock? {
        let folder = "\(dataFolder)/\(NetworkFiles.ordererName)"
        guard FileManager.default.fileExists(atPath: folder) else { return nil }
        do {
            return try FolderLock(folder: folder)
        } catch {
            throw CommandError(.failed, "The network cannot be started over: \(error)")
        }
    }
}
