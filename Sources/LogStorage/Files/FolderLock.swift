internal import LogCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Keeps a second process out of the log folder. The system lets go of it when the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Mutex<Int32>

    init(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LogStoreError(
                code: .storageFailed,
                message: "The lock file \"\(path)\" cannot be opened (error \(errno)). Check the folder's owner.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw LogStoreError(
                code: .storageFailed,
                message:
                    "The log folder of \"\(path)\" is in use by another process. Stop it, or choose another data folder."
            )
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // A child process that is being started holds a copy of the descriptor for a moment, and with it the lock.
            flock(descriptor, LOCK_UN)
            close(descriptor)
            descriptor = -1
        }
    }
}
