internal import Foundation
internal import Glibc

/// Small files that are there whole or not at all.
enum DurableFile {
    /// Writes beside the place, syncs, and renames.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(NodeConfigurationError) {
        let staging = path + ".new"
        let descriptor = open(staging, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(staging) }
        var isWhole = bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
        isWhole = isWhole && fsync(descriptor) == 0
        close(descriptor)
        guard isWhole, rename(staging, path) == 0 else { throw failure(path) }
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> NodeConfigurationError {
        NodeConfigurationError(problems: ["\"\(path)\" cannot be written (\(String(cString: strerror(errno))))."])
    }
}
