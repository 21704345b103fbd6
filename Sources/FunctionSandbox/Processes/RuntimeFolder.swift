internal import Foundation
package import FunctionTypes

/// The folders with what every instance needs: the bootstraps; a folder of sockets per instance; a folder per instance that its
/// code is put into.
///
/// The path of the first is short, since the address of a Unix socket has 107 bytes; the last lies where the code is stored, since
/// code is put there by hard links.
package struct RuntimeFolder: Sendable {
    package let path: String
    let slots: String

    package static let pathByteCountMax = 60

    /// Makes the folders, writes the bootstraps, and removes what instances of an earlier run left.
    ///
    /// - Parameter slots: the folder for code; nil puts it beside the sockets.
    /// - Throws: ``FunctionError`` if the path is too long or cannot be written.
    package init(path: String, slots: String? = nil) throws(FunctionError) {
        guard path.utf8.count <= Self.pathByteCountMax else {
            throw FunctionError(
                .internalServerError,
                "The folder for function processes, \"\(path)\", has \(path.utf8.count) bytes; \(Self.pathByteCountMax) are the most, since sockets lie in it. Choose a shorter one."
            )
        }
        self.path = path
        self.slots = slots ?? path + "/s"
        do {
            try Self.make(path)
            for folder in [path + "/i", self.slots] {
                if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
                try Self.make(folder)
            }
            // Sandboxes show this one to users of their own.
            for folder in ["/b", "/b/node_modules", "/b/node_modules/raw-body"] {
                try Self.make(path + folder, mode: 0o755)
            }
            try Self.write(PackageResources.bootstrap_js, to: path + "/b/bootstrap.js")
            try Self.write(PackageResources.bootstrap_py, to: path + "/b/bootstrap.py")
            try Self.write(PackageResources.raw_body_js, to: path + "/b/node_modules/raw-body/index.js")
            try Self.writeSettings(into: path + "/b")
        } catch {
            throw FunctionError(
                .internalServerError, "The folder for function processes, \"\(path)\", cannot be written: \(error).",
                cause: error)
        }
    }

    /// Writes the files that sandboxes show in `/etc`.
    static func writeSettings(into folder: String) throws {
        try make(folder + "/etc", mode: 0o755)
        let users = "root:x:0:0:root:/:/bin/false\nfunction:x:1000:1000:function:/tmp:/bin/sh\n"
        let groups = "root:x:0:\nfunction:x:1000:\n"
        for (name, text) in [
            ("passwd", users), ("group", groups), ("hosts", "127.0.0.1 localhost function\n::1 localhost\n"),
            ("resolv.conf", "nameserver \(NetworkHelper.Address.names)\n"), ("nsswitch.conf", "hosts: files dns\n"),
        ] {
            try write(Array(text.utf8), to: "\(folder)/etc/\(name)")
        }
    }

    var bootstrapFolder: String { path + "/b" }

    /// An instance's folder of sockets.
    func folder(of id: String) -> String { "\(path)/i/\(id)" }

    /// An instance's folder of code.
    func codeFolder(of id: String) -> String { "\(slots)/\(id)" }

    func makeFolders(of id: String) throws {
        // The user of a sandbox passes through, and is kept out by the folders above.
        try Self.make(folder(of: id), mode: 0o711)
        try Self.make(codeFolder(of: id), mode: 0o755)
    }

    func removeFolders(of id: String) {
        // What stays behind is removed at the next start.
        try? FileManager.default.removeItem(atPath: folder(of: id))
        try? FileManager.default.removeItem(atPath: codeFolder(of: id))
    }

    /// Removes the folders of all instances, after the last one has ended.
    func removeInstanceFolders() {
        // The next start removes them, or says why not.
        try? FileManager.default.removeItem(atPath: path + "/i")
        try? FileManager.default.removeItem(atPath: slots)
    }

    private static func make(_ path: String, mode: Int = 0o700) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        // Whatever the mask of this process.
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    }
}
