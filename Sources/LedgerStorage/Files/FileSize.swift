internal import Glibc

/// Sizes of files, asked for by path.
enum FileSize {
    /// In bytes; 0 where there is no such file or it cannot be read.
    static func of(_ path: String) -> Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        return max(0, Int(lseek(descriptor, 0, SEEK_END)))
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
