internal import Foundation
internal import FunctionCore
package import FunctionTypes
internal import Synchronization

/// Code packages as folders: `<digest>/` with the files, read-only, `<digest>.zip` as it was sent, `<digest>.json` with its reference.
///
/// A package appears under its digest in one step, complete and on disk, or not at all.
package final class FileCodeStore: CodeStore {
    private let root: URL
    private let limits: ZipReader.Limits
    private let known = Mutex<[String: CodeReference]>([:])

    /// Opens the folder, and removes what an interrupted `add` left.
    package init(folder: String, limits: ZipReader.Limits = ZipReader.Limits()) throws {
        root = URL(filePath: folder, directoryHint: .isDirectory)
        self.limits = limits
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            if name.hasPrefix("new-") {
                try Self.remove(root.appending(path: name))
            } else if name.hasSuffix(".json") {
                let reference = try JSONDecoder().decode(
                    CodeReference.self, from: Data(contentsOf: root.appending(path: name)))
                known.withLock { $0[reference.digest] = reference }
            }
        }
    }

    package func add(archive: [UInt8]) throws -> CodeReference {
        let new = root.appending(path: "new-\(UUID().uuidString)", directoryHint: .isDirectory)
        let files = new.appending(path: "files", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        do {
            var list: [CodeFile] = []
            try ZipReader.read(archive, limits: limits) { entry in
                try write(entry, below: files)
                list.append(CodeFile(path: entry.path, isExecutable: entry.isExecutable, content: entry.content))
            }
            let reference = CodeReference(
                digest: CodeFile.packageDigest(of: list), byteCount: list.reduce(0) { $0 + $1.byteCount },
                checksum: String(CRC64.checksum(of: archive)))
            if let kept = self.reference(digest: reference.digest) {
                try Self.remove(new)
                // The same files in another archive: what was sent now is what its sender computes the checksum of.
                return CodeReference(digest: kept.digest, byteCount: kept.byteCount, checksum: reference.checksum)
            }
            try Data(archive).write(to: new.appending(path: "zip"))
            try JSONEncoder().encode(reference).write(to: new.appending(path: "json"))
            try settle(new, as: reference)
            return reference
        } catch {
            try? Self.remove(new)  // else the next start removes it; the error that matters goes on
            throw error
        }
    }

    private func write(_ entry: ZipReader.Entry, below folder: URL) throws {
        let url = folder.appending(path: entry.path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(entry.content).write(to: url, options: .withoutOverwriting)
            try FileManager.default.setAttributes(
                [.posixPermissions: entry.isExecutable ? 0o555 : 0o444], ofItemAtPath: url.path(percentEncoded: false))
        } catch let error as CocoaError where [.fileWriteFileExists, .fileWriteInvalidFileName].contains(error.code) {
            throw FunctionError(
                .invalidArgument,
                "The code package holds \"\(entry.path)\", which another of its files stands in the way of.")
        }
    }

    /// Puts the finished package in its place; the reference comes last, since what has one is complete.
    private func settle(_ new: URL, as reference: CodeReference) throws {
        let place = root.appending(path: reference.digest)
        // One call instead of one per file: packages may have ten thousand.
        sync()
        if FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) { try Self.remove(place) }
        try Self.rename(new.appending(path: "files"), to: place)
        try Self.rename(new.appending(path: "zip"), to: root.appending(path: reference.digest + ".zip"))
        try Self.rename(new.appending(path: "json"), to: root.appending(path: reference.digest + ".json"))
        sync()
        try FileManager.default.removeItem(at: new)
        known.withLock { $0[reference.digest] = reference }
    }

    package func reference(digest: String) -> CodeReference? {
        known.withLock { $0[digest] }
    }

    package func folder(digest: String) -> String {
        root.appending(path: digest, directoryHint: .notDirectory).path(percentEncoded: false)
    }

    package func archive(digest: String) throws -> [UInt8]? {
        guard reference(digest: digest) != nil else { return nil }
        return Array(try Data(contentsOf: root.appending(path: digest + ".zip")))
    }

    package func removeAll(except digests: Set<String>) throws {
        let unused = known.withLock { known in
            let unused = known.keys.filter { !digests.contains($0) }
            for digest in unused { known[digest] = nil }
            return unused
        }
        for digest in unused {
            // The reference goes first: what has none is not there.
            try FileManager.default.removeItem(at: root.appending(path: digest + ".json"))
            try FileManager.default.removeItem(at: root.appending(path: digest + ".zip"))
            try Self.remove(root.appending(path: digest))
        }
    }

    private static func rename(_ from: URL, to: URL) throws {
        guard Foundation.rename(from.path(percentEncoded: false), to.path(percentEncoded: false)) == 0 else {
            throw failure("renamed", from)
        }
    }

    private static func remove(_ url: URL) throws {
        try FileManager.default.removeItem(at: url)
    }

    private static func failure(_ verb: String, _ url: URL) -> FunctionError {
        let reason = String(cString: strerror(errno))
        return FunctionError(
            .internalServerError, "The code folder \"\(url.lastPathComponent)\" cannot be \(verb): \(reason).")
    }
}
