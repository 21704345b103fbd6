internal import Foundation

/// What a sandbox shows of the host's files: programs, libraries, and the few settings they read.
enum HostFiles {
    /// Links to parts of `/usr` on most systems, folders of their own on some.
    private static let programFolders = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

    /// None of them holds a secret on any distribution we know.
    private static let settings = [
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types",
        "/etc/protocols", "/etc/services", "/etc/alternatives", "/etc/ssl/openssl.cnf", "/etc/ssl/certs",
        "/etc/ca-certificates", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted", "/etc/crypto-policies",
    ]

    /// The arguments of bubblewrap that show them.
    static func arguments(programs: [String]) -> [String] {
        var arguments = ["--ro-bind", "/usr", "/usr", "--dir", "/etc", "--dir", "/var"]
        for folder in programFolders {
            if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder) {
                arguments += ["--symlink", target, folder]
            } else if FileManager.default.fileExists(atPath: folder) {
                arguments += ["--ro-bind", folder, folder]
            }
        }
        for path in settings where FileManager.default.fileExists(atPath: path) {
            arguments += bind(path)
        }
        for root in programs.compactMap(root) { arguments += bind(root) }
        return arguments
    }

    /// Whether a path of the host lies in what every sandbox shows.
    static func isVisible(_ path: String) -> Bool {
        (["/usr"] + programFolders).contains { path.hasPrefix($0 + "/") }
    }

    /// The folder with everything that belongs to a program outside the system's folders: that above its `bin`.
    private static func root(of program: String) -> String? {
        let real = URL(fileURLWithPath: program).resolvingSymlinksInPath().path
        guard !isVisible(real) else { return nil }
        let folder = URL(fileURLWithPath: real).deletingLastPathComponent()
        guard folder.lastPathComponent == "bin", folder.pathComponents.count > 3 else { return real }
        return folder.deletingLastPathComponent().path
    }

    /// Every folder on the way is made readable: those that bubblewrap makes by itself are for root alone.
    private static func bind(_ path: String) -> [String] {
        var arguments: [String] = []
        var way = ""
        for step in path.split(separator: "/").dropLast() {
            way += "/\(step)"
            arguments += ["--dir", way]
        }
        return arguments + ["--ro-bind", path, path]
    }
}
