internal import FabricTypes
internal import Foundation
internal import FunctionSandbox

/// Where the sockets of functions' processes lie: in the data folder, or, where its path is too long for the address of a
/// socket, in a folder of our own among the system's temporary files.
enum RuntimeFolderPath {
    /// Removes what lies among the system's temporary files, once no process of a function runs any more.
    static func release(_ path: String, dataFolder: String) {
        guard !path.hasPrefix(dataFolder + "/") else { return }
        // What cannot be removed is used again by the next start.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// - Throws: ``NodeConfigurationError`` if somebody else holds the place among the temporary files.
    static func choose(dataFolder: String) throws -> String {
        let own = dataFolder + "/run"
        if own.utf8.count <= RuntimeFolder.pathByteCountMax { return own }
        let path = "/tmp/duet-\(PathDigest.text(of: dataFolder))"
        guard mkdir(path, 0o700) != 0 else { return path }
        // It stands already: by us from an earlier run, or by somebody who waits for us there.
        var status = stat()
        guard errno == EEXIST, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            throw NodeConfigurationError(problems: [
                "\"\(path)\", where functions' sockets would lie, is not a folder of this user alone. Remove it, or choose a data "
                    + "folder with a path of at most \(RuntimeFolder.pathByteCountMax - 4) bytes."
            ])
        }
        return path
    }
}

/// A short name for a path.
enum PathDigest {
    /// 16 hexadecimal digits.
    static func text(of path: String) -> String {
        String(Digest(of: Bytes(path.utf8)).hex.prefix(16))
    }
}
