package import FabricTypes
internal import Glibc
package import OrderingCore

/// An orderer's channels on disk: one folder of block files each, named after its channel.
///
/// A folder is made and removed under another name, so that a channel is there whole or not at all, whenever the process
/// ends. Holds the lock that keeps other processes out.
package final class OrderedBlockFolders: OrderedBlockLogs {
    /// What must be left on the disk for more envelopes to be taken: 64 MiB.
    package static let reservedByteCountDefault: UInt64 = 64 << 20

    private static let newPrefix = ".new-"
    private static let removedPrefix = ".removed-"

    private let root: DiskFolder
    private let lock: FolderLock
    private let reservedByteCount: UInt64

    /// - Throws: `StorageError` `locked` if another process uses the folder.
    package init(path: String, reservedByteCount: UInt64 = reservedByteCountDefault) throws {
        root = try DiskFolder(path: path)
        lock = try FolderLock(folder: path)
        self.reservedByteCount = reservedByteCount
        for name in try root.fileNames() where name.hasPrefix(Self.newPrefix) || name.hasPrefix(Self.removedPrefix) {
            try delete(name)
        }
    }

    package func channels() throws -> [ChannelID] {
        // What is no channel's name is no channel, such as the lock file.
        try root.fileNames().compactMap { try? ChannelID(validating: $0) }
    }

    package func open(_ channel: ChannelID) throws -> any OrderedBlockLog {
        let path = path(channel.rawValue)
        return try OrderedBlockFiles(in: DiskFolder(path: path)) { [reservedByteCount] in
            FileSpace.available(at: path) >= reservedByteCount
        }
    }

    package func create(_ channel: ChannelID, genesis: Bytes) throws -> any OrderedBlockLog {
        guard try !channels().contains(channel) else {
            throw StorageError(.misuse, "The folder \"\(path(channel.rawValue))\" exists already.")
        }
        let name = Self.newPrefix + channel.rawValue
        do {
            // Closed again before it gets its own name.
            try OrderedBlockFiles(in: DiskFolder(path: path(name))).append([(0, genesis)])
        }
        try rename(name, to: channel.rawValue)
        return try open(channel)
    }

    package func remove(_ channel: ChannelID) throws {
        let name = Self.removedPrefix + channel.rawValue
        try rename(channel.rawValue, to: name)
        try delete(name)
    }

    private func path(_ name: String) -> String { "\(root.path)/\(name)" }

    private func rename(_ name: String, to newName: String) throws(StorageError) {
        guard Glibc.rename(path(name), path(newName)) == 0 else {
            throw .system("The folder \"\(path(name))\" cannot be renamed to \"\(newName)\"")
        }
        try root.syncNames()
    }

    private func delete(_ name: String) throws(StorageError) {
        let folder = try DiskFolder(path: path(name))
        for file in try folder.fileNames() { try folder.remove(file) }
        guard rmdir(path(name)) == 0 else { throw .system("The folder \"\(path(name))\" cannot be removed") }
    }
}
