internal import Glibc
internal import Synchronization

/// Keeps a second process out of a folder for as long as it lives.
///
/// An advisory lock on the file `LOCK`, which the operating system releases when the process ends, however it ends.
package final class FolderLock: Sendable {
    /// Nil once released.
    private let descriptor: Mutex<Int32?>

    /// - Throws: ``StorageError/Code/locked`` with the other process's number.
    package init(folder: String) throws(StorageError) {
        let path = "\(folder)/LOCK"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .system("The lock file \"\(path)\" cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = Self.owner(descriptor)
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw .system("The folder \"\(folder)\" cannot be locked", number: reason)
            }
            throw StorageError(
                .locked,
                "The folder \"\(folder)\" is in use by process \(owner). Stop that process first, or use another folder."
            )
        }
        // The number only helps people; the lock does not depend on it.
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    /// Lets other processes have the folder. May be called more than once.
    package func release() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            // A child process that is being started holds a copy of the descriptor for a moment, and with it the lock.
            flock(open, LOCK_UN)
            close(open)
            descriptor = nil
        }
    }

    private static func owner(_ descriptor: Int32) -> String {
        let buffer = [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        let digits = String(decoding: buffer.prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self)
        return digits.isEmpty ? "(unknown)" : digits
    }
}
