internal import Foundation
package import FunctionTypes

/// The folder with what every instance needs: the bootstraps, and a folder per instance with its socket and temporary files.
///
/// Its path is short, since the address of a Unix socket has 107 bytes.
package struct RuntimeFolder: Sendable {
    package let path: String

    package static let pathByteCountMax = 60

    /// Makes the folder, writes the bootstraps into it, and removes what instances of an earlier run left.
    ///
    /// - Throws: ``FunctionError`` if the path is too long or cannot be written.
    package init(path: String) throws(FunctionError) {
        guard path.utf8.count <= Self.pathByteCountMax else {
            throw FunctionError(
                .internalServerError,
                "The folder for function processes, \"\(path)\", has \(path.utf8.count) bytes; \(Self.pathByteCountMax) are the most, since sockets lie in it. Choose a shorter one."
            )
        }
        self.path = path
        do {
            try Self.make(path)
            if FileManager.default.fileExists(atPath: path + "/i") {
                try FileManager.default.removeItem(atPath: path + "/i")
            }
            try Self.make(path + "/i")
            try Self.make(path + "/b/node_modules/raw-body")
            try Data(PackageResources.bootstrap_js).write(to: URL(filePath: path + "/b/bootstrap.js"))
            try Data(PackageResources.bootstrap_py).write(to: URL(filePath: path + "/b/bootstrap.py"))
            try Data(PackageResources.raw_body_js).write(to: URL(filePath: path + "/b/node_modules/raw-body/index.js"))
        } catch {
            throw FunctionError(
                .internalServerError, "The folder for function processes, \"\(path)\", cannot be written: \(error).",
                cause: error)
        }
    }

    var bootstrapFolder: String { path + "/b" }

    func folder(of id: String) -> String { "\(path)/i/\(id)" }

    func makeFolder(of id: String) throws {
        try Self.make(folder(of: id) + "/tmp")
    }

    func removeFolder(of id: String) {
        // What stays behind is removed at the next start.
        try? FileManager.default.removeItem(atPath: folder(of: id))
    }

    /// Removes the folders of all instances, after the last one has ended.
    func removeInstanceFolders() {
        try? FileManager.default.removeItem(atPath: path + "/i")  // the next start removes it, or says why not
    }

    private static func make(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
