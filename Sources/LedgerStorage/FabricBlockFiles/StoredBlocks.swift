package import Foundation

/// Finds out in which form a path holds blocks.
package enum StoredBlocks {
    /// Opens a folder of `*.block` files, a ledger of ours, a Fabric peer's block files of one channel, or a folder above the
    /// latter.
    ///
    /// - Throws: ``BlockFileError`` with `noBlocks` or `severalChannels` where there is nothing to open, or too much.
    package static func open(_ path: URL) throws(BlockFileError) -> any StoredBlockReader {
        if try !FabricBlockFiles.files(in: path).isEmpty { return try FabricBlockFiles(folder: path) }
        if try !BlockFolder.files(in: path).isEmpty { return try BlockFolder(folder: path) }
        if let files = try StoredBlockFiles.open(path) { return files }
        return try FabricBlockFiles(folder: try channelFolder(under: path))
    }

    /// The one folder of block files at a place where a peer's ledger folder would have it.
    private static func channelFolder(under path: URL) throws(BlockFileError) -> URL {
        // ledgersData/chains/chains/<channel>/blockfile_000000: the path may be any folder on this way.
        for parent in ["", "chains", "chains/chains", "ledgersData/chains/chains"] {
            let folder = parent.isEmpty ? path : path.appending(path: parent)
            guard FolderListing.isFolder(folder) else { continue }
            var channels: [URL] = []
            for channel in try FolderListing.folders(in: folder) where try !FabricBlockFiles.files(in: channel).isEmpty
            {
                channels.append(channel)
            }
            if channels.count > 1 {
                let names = channels.map { "\"\($0.lastPathComponent)\"" }.sorted().joined(separator: ", ")
                throw BlockFileError(
                    .severalChannels,
                    "Folder \"\(folder.path)\" holds the blocks of several channels: \(names). Name one of these folders."
                )
            }
            if let channel = channels.first { return channel }
        }
        throw BlockFileError(
            .noBlocks,
            "Folder \"\(path.path)\" holds no blocks: neither *.block files, nor a ledger, nor a peer's "
                + "blockfile_000000. "
                + "Name a folder that does, for example ledgersData/chains/chains/<channel> of a peer.")
    }
}

/// Lists folders, with errors a person can act on.
enum FolderListing {
    static func files(in folder: URL) throws(BlockFileError) -> [URL] {
        try entries(in: folder).filter(isRegularFile)
    }

    static func folders(in folder: URL) throws(BlockFileError) -> [URL] {
        try entries(in: folder).filter(isFolder)
    }

    static func isFolder(_ url: URL) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Pipes and devices are no files of blocks; reading one might never end.
    private static func isRegularFile(_ url: URL) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)[.type]
        // A file that cannot be looked at is one still: reading it tells why.
        return type.map { $0 as? FileAttributeType == .typeRegular } ?? true
    }

    private static func entries(in folder: URL) throws(BlockFileError) -> [URL] {
        guard isFolder(folder) else {
            let fault = FileManager.default.fileExists(atPath: folder.path) ? "is a file" : "does not exist"
            throw BlockFileError(
                .unreadable, "Folder \"\(folder.path)\" \(fault). Give a folder that holds blocks.")
        }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).map { folder.appending(path: $0) }
        } catch {
            throw BlockFileError(
                .unreadable, "Folder \"\(folder.path)\" cannot be listed: \(error.localizedDescription).")
        }
    }
}
