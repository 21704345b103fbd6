internal import Crypto
internal import Foundation

/// The pages' files, held in memory.
struct PageFiles: Sendable {
    struct File: Sendable {
        let type: String
        let content: [UInt8]
        let tag: String
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml", "json": "application/json", "webmanifest": "application/manifest+json",
    ]

    /// By path, such as `/view/chain.js`.
    private let files: [String: File]

    /// Reads a folder; nothing outside it can ever be asked for.
    ///
    /// - Throws: ``Missing``.
    init(folder: URL) throws {
        var files: [String: File] = [:]
        let root = folder.path(percentEncoded: false)
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: root) else {
            throw Missing(description: "The pages are not at \"\(root)\": give their folder with --pages.")
        }
        for name in names {
            guard let type = Self.types[URL(filePath: name).pathExtension],
                let data = try? Data(contentsOf: folder.appending(path: name))
            else { continue }
            let digest = SHA256.hash(data: data).prefix(8).map { String($0, radix: 16) }.joined()
            files["/\(name)"] = File(type: type, content: [UInt8](data), tag: "\"\(digest)\"")
        }
        guard let index = files["/index.html"] else {
            throw Missing(description: "The folder \"\(root)\" has no index.html: give the pages' folder with --pages.")
        }
        files["/"] = index
        self.files = files
    }

    subscript(path: String) -> File? { files[path] }
}
