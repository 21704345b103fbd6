internal import Glibc

/// Space on disks, asked for by path.
enum FileSpace {
    /// In bytes, as far as this process may use them; all there is where the question fails, since a write then tells.
    static func available(at path: String) -> UInt64 {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return .max }
        return UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue
    }
}
