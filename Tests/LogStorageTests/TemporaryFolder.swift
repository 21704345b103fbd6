import Foundation

/// A folder that is gone with the object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "duet-logs-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // Nothing depends on it; the system clears its temporary folder anyway.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Paths of all files below that end so.
    func files(_ suffix: String) -> [String] {
        (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? [])
            .filter { $0.hasSuffix(suffix) }.sorted().map { "\(path)/\($0)" }
    }
}
