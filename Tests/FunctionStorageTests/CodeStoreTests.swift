import CArchive
import Foundation
import FunctionCore
import FunctionStorage
import FunctionTypes
import Testing

/// An archive written entry by entry, with what no packer would write.
struct ArchiveWriter {
    enum Entry {
        case file(String, [UInt8], permissions: UInt32 = 0o644)
        case folder(String)
        case link(String, to: String)
    }

    static func zip(_ entries: [Entry], format: (OpaquePointer?) -> Void = { _ = archive_write_set_format_zip($0) })
        -> [UInt8]
    {
        let path = FileManager.default.temporaryDirectory.appending(path: "duet-test-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = archive_write_new()
        format(writer)
        archive_write_open_filename(writer, path)
        for entry in entries {
            let header = archive_entry_new()
            switch entry {
            case .file(let name, let content, let permissions):
                archive_entry_set_pathname_utf8(header, name)
                archive_entry_set_filetype(header, 0o100000)
                archive_entry_set_perm(header, mode_t(permissions))
                archive_entry_set_size(header, Int64(content.count))
                archive_write_header(writer, header)
                _ = content.withUnsafeBytes { archive_write_data(writer, $0.baseAddress, $0.count) }
            case .folder(let name):
                archive_entry_set_pathname_utf8(header, name)
                archive_entry_set_filetype(header, 0o040000)
                archive_entry_set_perm(header, 0o755)
                archive_write_header(writer, header)
            case .link(let name, let target):
                archive_entry_set_pathname_utf8(header, name)
                archive_entry_set_filetype(header, 0o120000)
                archive_entry_set_symlink_utf8(header, target)
                archive_write_header(writer, header)
            }
            archive_entry_free(header)
        }
        archive_write_close(writer)
        archive_write_free(writer)
        return Array((try? Data(contentsOf: URL(filePath: path))) ?? Data())
    }
}

@Suite("Code packages")
struct CodeStoreTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "duet-code-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func error(_ body: () throws -> Void) -> FunctionError? {
        do {
            try body()
            return nil
        } catch {
            return error as? FunctionError
        }
    }

    @Test("a package is unpacked once, whatever archive its files come in, and read again after a restart")
    func keeps() throws {
        try withFolder { folder in
            let store = try FileCodeStore(folder: folder.path())
            let first = ArchiveWriter.zip([.file("index.js", [1, 2]), .file("lib/run", [3], permissions: 0o755)])
            let second = ArchiveWriter.zip([
                .folder("lib"), .file("./lib/run", [3], permissions: 0o755), .file("index.js", [1, 2]),
            ])
            #expect(first != second)
            let reference = try store.add(archive: first)
            #expect(reference.byteCount == 3)
            #expect(reference.checksum == String(CRC64.checksum(of: first)))
            #expect(try store.add(archive: second).digest == reference.digest)
            let path = store.folder(digest: reference.digest)
            #expect(FileManager.default.contents(atPath: path + "/index.js") == Data([1, 2]))
            #expect(FileManager.default.isExecutableFile(atPath: path + "/lib/run"))
            let again = try FileCodeStore(folder: folder.path())
            #expect(again.reference(digest: reference.digest) == reference)
            #expect(try again.archive(digest: reference.digest) == first)
            try again.removeAll(except: [])
            #expect(again.reference(digest: reference.digest) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).isEmpty)
        }
    }

    @Test(
        "paths that lead out, links, and files that stand in each other's way are refused, and nothing stays",
        arguments: [
            ("../evil", "leads upwards"), ("a/../../evil", "leads upwards"), ("/etc/evil", "absolute"),
            (String(repeating: "x", count: 300), "too long"),
        ])
    func refusesPaths(path: String, reason: String) throws {
        try withFolder { folder in
            let store = try FileCodeStore(folder: folder.path())
            let archive = ArchiveWriter.zip([.file("good", [1]), .file(path, [1])])
            #expect(error { _ = try store.add(archive: archive) }?.message.contains(reason) == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).isEmpty)
        }
    }

    @Test("links, doubles, files as folders, and what is no archive are refused")
    func refusesContent() throws {
        try withFolder { folder in
            let store = try FileCodeStore(folder: folder.path())
            let archives: [(String, [UInt8])] = [
                ("link", ArchiveWriter.zip([.link("passwd", to: "/etc/passwd")])),
                ("twice", ArchiveWriter.zip([.file("a", [1]), .file("./a", [2])])),
                ("stands in the way", ArchiveWriter.zip([.file("a", [1]), .file("a/b", [2])])),
                ("no file", ArchiveWriter.zip([.folder("a")])),
                ("zip", Array("not an archive".utf8)), ("zip", []),
                (
                    "zip",
                    Array(
                        ArchiveWriter.zip([.file("a", (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) })])
                            .prefix(300))
                ),
            ]
            for (reason, archive) in archives {
                let found = error { _ = try store.add(archive: archive) }
                #expect(found?.code == .invalidArgument)
                #expect(found?.message.contains(reason) == true, "\(found?.message ?? "taken")")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).isEmpty)
        }
    }

    @Test("an archive that unpacks to more than the limit is cut off while it does")
    func bombs() throws {
        try withFolder { folder in
            var limits = ZipReader.Limits()
            limits.byteCountMax = 1 << 20
            limits.fileCountMax = 10
            let store = try FileCodeStore(folder: folder.path(), limits: limits)
            let bomb = ArchiveWriter.zip([.file("zeros", [UInt8](repeating: 0, count: 50 << 20))])
            #expect(bomb.count < 1 << 20)
            #expect(error { _ = try store.add(archive: bomb) }?.code == .entityTooLarge)
            let many = ArchiveWriter.zip((0..<11).map { .file("f\($0)", []) })
            #expect(error { _ = try store.add(archive: many) }?.code == .entityTooLarge)
            limits.archiveByteCountMax = 10
            let small = try FileCodeStore(folder: folder.path(), limits: limits)
            #expect(error { _ = try small.add(archive: many) }?.code == .entityTooLarge)
        }
    }

    @Test("damaged archives are read or refused, never worse", arguments: 0..<20)
    func damaged(seed: Int) throws {
        try withFolder { folder in
            var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
            func draw(_ bound: Int) -> Int {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Int(state % UInt64(bound))
            }
            let store = try FileCodeStore(folder: folder.path())
            let original = ArchiveWriter.zip([
                .file("index.js", Array("exports.handler = 1".utf8)), .file("a/b", [1, 2, 3]),
            ])
            for _ in 0..<20 {
                var archive = original
                for _ in 0...draw(4) { archive[draw(archive.count)] = UInt8(draw(256)) }
                let found = error { _ = try store.add(archive: archive) }
                #expect(
                    found == nil || [.invalidArgument, .entityTooLarge].contains(found?.code),
                    "seed \(seed): \(String(describing: found))")
            }
            let parent = folder.deletingLastPathComponent()
            #expect(!FileManager.default.fileExists(atPath: parent.appending(path: "evil").path()))
        }
    }

    @Test("a folder is packed without version control and links out, and unpacks to the same digest")
    func folders() throws {
        try withFolder { folder in
            let code = folder.appending(path: "code")
            try FileManager.default.createDirectory(at: code.appending(path: ".git"), withIntermediateDirectories: true)
            try FileManager.default.createDirectory(at: code.appending(path: "lib"), withIntermediateDirectories: true)
            try Data("x".utf8).write(to: code.appending(path: ".git/config"))
            try Data("exports.handler = 1".utf8).write(to: code.appending(path: "index.js"))
            try Data("lib".utf8).write(to: code.appending(path: "lib/é.js"))
            try FileManager.default.createSymbolicLink(
                at: code.appending(path: "same.js"), withDestinationURL: code.appending(path: "index.js"))
            let packed = try CodeFolder(path: code.path())
            #expect(packed.files.map(\.path) == ["index.js", "lib/é.js", "same.js"])
            let store = try FileCodeStore(folder: folder.appending(path: "store").path())
            #expect(try store.add(archive: packed.zip()).digest == packed.digest)
            #expect(try CodeFolder(path: code.appending(path: "index.js").path()).files.map(\.path) == ["index.js"])
            let archive = folder.appending(path: "code.zip")
            try Data(packed.zip()).write(to: archive)
            #expect(try CodeFolder(path: archive.path()).digest == packed.digest)

            try FileManager.default.createSymbolicLink(
                at: code.appending(path: "out"), withDestinationURL: URL(filePath: "/etc/hostname"))
            #expect(error { _ = try CodeFolder(path: code.path()) }?.message.contains("links out") == true)
            #expect(error { _ = try CodeFolder(path: folder.path() + "/nowhere") }?.message.contains("CodeUri") == true)
        }
    }

    @Test("a node's data folder is never packed: it holds keys")
    func dataFolder() throws {
        try withFolder { folder in
            let code = folder.appending(path: "code")
            for name in ["data/functions", ".duet/functions"] {
                try FileManager.default.createDirectory(
                    at: code.appending(path: name), withIntermediateDirectories: true)
            }
            try Data("exports.handler = 1".utf8).write(to: code.appending(path: "index.js"))
            try Data("{}".utf8).write(to: code.appending(path: ".duet/access-keys.json"))
            #expect(try CodeFolder(path: code.path()).files.map(\.path) == ["index.js"])

            try Data("{}".utf8).write(to: code.appending(path: "data/access-keys.json"))
            #expect(error { _ = try CodeFolder(path: code.path()) }?.message.contains("data folder of a node") == true)
        }
    }
}
