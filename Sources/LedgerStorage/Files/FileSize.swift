internal import Glibc

/// Sizes of files, asked for by path.
enum FileSize {
    /// In bytes; 0 where there is no such file.
    static func of(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
