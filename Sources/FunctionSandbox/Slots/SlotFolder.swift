internal import Foundation
internal import FunctionTypes

/// Puts a function's code into the folder of an instance.
enum SlotFolder {
    /// Links every file of `source` into `folder`; copies where the file system allows no link. Blocks.
    ///
    /// What appears in the folder appears in the sandbox, where none of it can be changed.
    static func fill(_ folder: String, from source: String) throws {
        var steps = [""]
        while let step = steps.popLast() {
            for name in try FileManager.default.contentsOfDirectory(atPath: source + step) {
                let (from, to) = ("\(source)\(step)/\(name)", "\(folder)\(step)/\(name)")
                if link(from, to) == 0 { continue }
                var status = stat()
                guard lstat(from, &status) == 0 else { throw failure(from) }
                if status.st_mode & S_IFMT == S_IFDIR {
                    guard mkdir(to, 0o755) == 0, chmod(to, 0o755) == 0 else { throw failure(to) }
                    steps.append("\(step)/\(name)")
                } else {
                    try FileManager.default.copyItem(atPath: from, toPath: to)
                }
            }
        }
    }

    private static func failure(_ path: String) -> FunctionError {
        FunctionError(
            .internalServerError,
            "The code cannot be put into its sandbox: \(path): \(String(cString: strerror(errno))).")
    }
}
