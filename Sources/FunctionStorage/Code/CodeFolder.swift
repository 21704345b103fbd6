internal import CArchive
internal import Foundation
internal import FunctionCore
internal import FunctionTypes

/// A user's code before it is sent: a folder, a single file, or an archive that is ready.
package struct CodeFolder: Sendable {
    /// Never part of a package: version control, the node's own data, and the tools' leftovers.
    private static let namesSkipped: Set<String> = [".git", ".svn", ".hg", ".duet", ".fun", ".DS_Store", "__pycache__"]

    package let files: [CodeFile]
    package let digest: String
    private let contents: [String: [UInt8]]

    /// Reads everything at `path`.
    ///
    /// - Throws: ``FunctionError`` if something there cannot be packed, such as a link out of the folder.
    package init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FunctionError(
                .invalidArgument, "There is no code at \"\(path)\". Mend CodeUri, which is relative to the template.")
        }
        var contents: [String: [UInt8]] = [:]
        var executables: Set<String> = []
        if !isFolder.boolValue, path.hasSuffix(".zip") || path.hasSuffix(".jar") {
            try ZipReader.read(Array(try Data(contentsOf: URL(filePath: path)))) { entry in
                contents[entry.path] = entry.content
                if entry.isExecutable { executables.insert(entry.path) }
            }
        } else if !isFolder.boolValue {
            let name = URL(filePath: path).lastPathComponent
            contents[name] = Array(try Data(contentsOf: URL(filePath: path)))
        } else {
            try Self.read(path, into: &contents, &executables)
        }
        guard !contents.isEmpty else { throw FunctionError(.invalidArgument, "There is no file in \"\(path)\".") }
        self.contents = contents
        files = contents.map { CodeFile(path: $0.key, isExecutable: executables.contains($0.key), content: $0.value) }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        digest = CodeFile.packageDigest(of: files)
    }

    /// Whoever could read a node's keys in a function's code would be every member of its network.
    private static func refuseDataFolder(_ path: String, _ names: [String]) throws(FunctionError) {
        guard names.contains("access-keys.json"), names.contains("functions") else { return }
        throw FunctionError(
            .invalidArgument,
            "\"\(path)\" is the data folder of a node, with its keys. Keep it out of the code's folder, or call it \".duet\"."
        )
    }

    private static func read(
        _ root: String, into contents: inout [String: [UInt8]], _ executables: inout Set<String>
    ) throws {
        let realRoot = URL(filePath: root).resolvingSymlinksInPath().path()
        var byteCount = 0
        var folders = [""]
        while let folder = folders.popLast() {
            let full = folder.isEmpty ? root : "\(root)/\(folder)"
            let names = try FileManager.default.contentsOfDirectory(atPath: full)
            try refuseDataFolder(full, names)
            for name in names where !namesSkipped.contains(name) {
                let path = try CodePath.check(folder.isEmpty ? name : "\(folder)/\(name)")
                let url = URL(filePath: "\(root)/\(path)")
                let values = try FileManager.default.attributesOfItem(atPath: url.path(percentEncoded: false))
                var type = values[.type] as? FileAttributeType
                if type == .typeSymbolicLink {
                    let target = url.resolvingSymlinksInPath()
                    guard target.path(percentEncoded: false).hasPrefix(realRoot) else {
                        throw FunctionError(
                            .invalidArgument,
                            "\"\(path)\" links out of the code folder. Copy what it points to into the folder.")
                    }
                    type =
                        (try FileManager.default.attributesOfItem(atPath: target.path(percentEncoded: false)))[.type]
                        as? FileAttributeType
                    // A linked folder stands in the package under its own name already.
                    if type == .typeDirectory { continue }
                }
                switch type {
                case .some(.typeDirectory):
                    folders.append(path)
                case .some(.typeRegular):
                    let content = Array(try Data(contentsOf: url))
                    byteCount += content.count
                    guard byteCount <= FunctionLimits.codeByteCountMax, contents.count < FunctionLimits.codeFileCountMax
                    else {
                        throw FunctionError(
                            .entityTooLarge,
                            "The code folder has more than \(FunctionLimits.codeByteCountMax >> 20) MB or \(FunctionLimits.codeFileCountMax) files."
                        )
                    }
                    contents[path] = content
                    if FileManager.default.isExecutableFile(atPath: url.path(percentEncoded: false)) {
                        executables.insert(path)
                    }
                default:
                    throw FunctionError(.invalidArgument, "\"\(path)\" in the code folder is no file. Remove it.")
                }
            }
        }
    }

    /// The files as a zip archive.
    package func zip() throws -> [UInt8] {
        guard let writer = archive_write_new() else {
            throw FunctionError(.internalServerError, "There is no memory to pack the code.")
        }
        defer { archive_write_free(writer) }
        archive_write_set_format_zip(writer)
        let path = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString).zip")
            .path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: path) }  // it is in the folder for such things
        guard archive_write_open_filename(writer, path) == ARCHIVE_OK else { throw Self.failed(writer) }
        for file in files {
            guard let entry = archive_entry_new() else { throw Self.failed(writer) }
            defer { archive_entry_free(entry) }
            let content = contents[file.path] ?? []
            archive_entry_set_pathname_utf8(entry, file.path)
            archive_entry_set_size(entry, Int64(content.count))
            archive_entry_set_filetype(entry, 0o100000)
            archive_entry_set_perm(entry, file.isExecutable ? 0o755 : 0o644)
            guard archive_write_header(writer, entry) == ARCHIVE_OK else { throw Self.failed(writer) }
            var offset = 0
            while offset < content.count {
                let count = content.withUnsafeBytes { bytes in
                    archive_write_data(writer, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
                }
                guard count > 0 else { throw Self.failed(writer) }
                offset += count
            }
        }
        guard archive_write_close(writer) == ARCHIVE_OK else { throw Self.failed(writer) }
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    private static func failed(_ writer: OpaquePointer) -> FunctionError {
        let reason = archive_error_string(writer).map { String(cString: $0) } ?? "unknown"
        return FunctionError(.internalServerError, "The code cannot be packed: \(reason).")
    }
}
