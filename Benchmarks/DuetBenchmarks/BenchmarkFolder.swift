internal import Foundation
internal import Synchronization

/// Folders that go when all cases are measured.
enum BenchmarkFolder {
    private static let paths = Mutex<[URL]>([])

    static func make() throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "duet-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        paths.withLock { $0.append(url) }
        return url.path
    }

    static func removeAll() {
        paths.withLock { paths in
            // What cannot be removed stays among the temporary files.
            for url in paths { try? FileManager.default.removeItem(at: url) }
            paths = []
        }
    }

    /// Of all files below a folder.
    static func byteCount(_ path: String) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: path).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            return sum + (attributes[.type] as? FileAttributeType == .typeRegular ? attributes[.size] as? Int ?? 0 : 0)
        }
    }
}
