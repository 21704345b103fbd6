internal import FabricTypes
internal import Foundation
internal import Glibc
internal import Membership

extension OrganizationStore {
    /// Writes a tree beside its place and then moves it there, so that a crash leaves no half of it behind.
    static func create(_ tree: CryptoFiles, at path: String) throws(OrganizationStoreError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw OrganizationStoreError(
                .exists, "The folder \"\(path)\" exists already and is left as it is. Remove it to make new keys.")
        }
        let place = URL(filePath: path)
        let parent = place.deletingLastPathComponent().path(percentEncoded: false)
        let staging = "\(parent)/\(unfinishedPrefix)\(place.lastPathComponent)"
        do {
            if FileManager.default.fileExists(atPath: staging) {
                // What an earlier attempt left behind; nobody reads it.
                try FileManager.default.removeItem(atPath: staging)
            }
            for folder in folders(of: tree) {
                try FileManager.default.createDirectory(
                    atPath: "\(staging)/\(folder)", withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o755])
            }
        } catch {
            throw OrganizationStoreError(
                .unwritable, "The folder \"\(staging)\" cannot be created: \(error.localizedDescription)")
        }
        for (name, file) in tree.files {
            try write(file, at: "\(staging)/\(name)")
        }
        guard rename(staging, path) == 0 else { throw failure("The folder \"\(path)\" cannot be created") }
        try syncNames(parent)
    }

    /// Every folder that the tree needs, itself included.
    private static func folders(of tree: CryptoFiles) -> Set<String> {
        var folders = tree.folders
        folders.insert("")
        for path in tree.files.keys {
            folders.insert(path.split(separator: "/").dropLast().joined(separator: "/"))
        }
        return folders
    }

    private static func write(_ file: CryptoFiles.File, at path: String) throws(OrganizationStoreError) {
        // With its mode from the first moment on: nobody else ever sees a key.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw failure("The file \"\(path)\" cannot be created") }
        defer { close(descriptor) }
        var offset = 0
        while offset < file.content.count {
            let written = file.content.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("The file \"\(path)\" cannot be written") }
            offset += written
        }
        guard fsync(descriptor) == 0 else { throw failure("The file \"\(path)\" cannot be made durable") }
    }

    private static func syncNames(_ folder: String) throws(OrganizationStoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("The folder \"\(folder)\" cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("The folder \"\(folder)\" cannot be made durable") }
    }

    private static func failure(_ what: String) -> OrganizationStoreError {
        OrganizationStoreError(.unwritable, "\(what): \(String(cString: strerror(errno))).")
    }
}
