internal import FabricTypes
internal import Glibc

/// A folder on disk.
package struct DiskFolder: StorageFolder {
    package let path: String

    /// Opens the folder, creating it and its parents if they are missing.
    package init(path: String) throws(StorageError) {
        self.path = path
        try Self.create(path)
    }

    private static func create(_ path: String) throws(StorageError) {
        if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard errno == ENOENT, !parent.isEmpty else { throw .system("The folder \"\(path)\" cannot be created") }
        try create(parent)
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else {
            throw .system("The folder \"\(path)\" cannot be created")
        }
    }

    package func fileNames() throws(StorageError) -> [String] {
        guard let directory = opendir(path) else { throw .system("The folder \"\(path)\" cannot be read") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    package func open(_ name: String, creating: Bool) throws(StorageError) -> any StorageFile {
        try DiskFile(folder: path, name: name, creating: creating)
    }

    package func remove(_ name: String) throws(StorageError) {
        guard unlink("\(path)/\(name)") == 0 else { throw .system("The file \"\(path)/\(name)\" cannot be removed") }
    }

    /// Gives a file another name, in place of the file that may have it. Durable once ``syncNames()`` has returned.
    func rename(_ name: String, to newName: String) throws(StorageError) {
        guard Glibc.rename("\(path)/\(name)", "\(path)/\(newName)") == 0 else {
            throw .system("The file \"\(path)/\(name)\" cannot be renamed to \"\(newName)\"")
        }
    }

    package func syncNames() throws(StorageError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("The folder \"\(path)\" cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .sync("The folder \"\(path)\"") }
    }
}

/// A file on disk.
final class DiskFile: StorageFile {
    let name: String
    private let path: String
    private let descriptor: Int32

    init(folder: String, name: String, creating: Bool) throws(StorageError) {
        self.name = name
        self.path = "\(folder)/\(name)"
        descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o640)
        guard descriptor >= 0 else { throw .system("The file \"\(path)\" cannot be opened") }
    }

    deinit {
        close(descriptor)
    }

    func byteCount() throws(StorageError) -> UInt64 {
        // Reads and writes name their place, so that nobody minds where the descriptor stands.
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw .system("The size of \"\(path)\" cannot be read") }
        return UInt64(end)
    }

    func read(at offset: UInt64, byteCount: Int) throws(StorageError) -> Bytes {
        var readCount = 0
        var failure: Int32 = 0
        let buffer = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            while readCount < byteCount {
                let result = pread(
                    descriptor, buffer.baseAddress.map { $0 + readCount }, byteCount - readCount,
                    off_t(clamping: offset &+ UInt64(readCount)))
                if result < 0, errno == EINTR { continue }
                if result < 0 { failure = errno }
                if result <= 0 { break }
                readCount += result
            }
            count = readCount
        }
        if failure != 0 { throw .system("The file \"\(path)\" cannot be read at \(offset)", number: failure) }
        return Bytes(buffer)
    }

    func write(_ bytes: Bytes, at offset: UInt64) throws(StorageError) {
        var failure: Int32 = 0
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let result = pwrite(
                    descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written,
                    off_t(clamping: offset &+ UInt64(written)))
                if result < 0, errno == EINTR { continue }
                guard result > 0 else {
                    failure = result < 0 ? errno : EIO
                    return
                }
                written += result
            }
        }
        if failure != 0 { throw .system("The file \"\(path)\" cannot be written at \(offset)", number: failure) }
    }

    func sync() throws(StorageError) {
        while fdatasync(descriptor) != 0 {
            // An interrupted sync may be asked for again; after any other failure the kernel forgets what was dirty.
            guard errno == EINTR else { throw .sync("The file \"\(path)\"") }
        }
    }

    func truncate(to byteCount: UInt64) throws(StorageError) {
        guard ftruncate(descriptor, off_t(clamping: byteCount)) == 0 else {
            throw .system("The file \"\(path)\" cannot be cut to \(byteCount) bytes")
        }
    }
}

extension StorageError {
    /// The error that `errno` stands for.
    static func system(_ what: String, number: Int32 = errno) -> StorageError {
        let reason = String(cString: strerror(number))
        guard number == ENOSPC || number == EDQUOT else {
            return StorageError(.inputOutput, "\(what): \(reason). Check the path, its permissions and the disk.")
        }
        return StorageError(.diskFull, "\(what): \(reason). Free space on the disk, then start the node again.")
    }

    static func sync(_ what: String, number: Int32 = errno) -> StorageError {
        StorageError(
            .syncFailed,
            "\(what) could not be made durable: \(String(cString: strerror(number))). The node stops; check the disk, then start it again: it recovers what was acknowledged."
        )
    }
}
