internal import Foundation

/// Sees changes of files by looking again and again; cheap for the folders that functions are made of.
enum FileWatch {
    /// Between two looks; longer where a look itself takes long.
    private static let pause = Duration.milliseconds(60)
    private static let namesSkipped: Set<String> = [".git", ".svn", ".hg", ".duet", "__pycache__"]

    struct Entry: Hashable, Sendable {
        var modifiedAt: Date
        var byteCount: Int
    }

    /// What tells one state of files and folders from another: names, sizes and times of everything in them.
    static func fingerprint(of paths: [String]) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var folders = paths
        while let path = folders.popLast() {
            // What vanished while we looked is a change that the next look finds.
            guard let values = try? FileManager.default.attributesOfItem(atPath: path) else { continue }
            entries[path] = Entry(
                modifiedAt: values[.modificationDate] as? Date ?? .distantPast, byteCount: values[.size] as? Int ?? 0)
            guard values[.type] as? FileAttributeType == .typeDirectory,
                let names = try? FileManager.default.contentsOfDirectory(atPath: path)
            else { continue }
            folders += names.filter { !namesSkipped.contains($0) }.map { "\(path)/\($0)" }
        }
        return entries
    }

    /// Returns when the files differ from `before`.
    static func change(of paths: [String], since before: [String: Entry]) async throws {
        let clock = ContinuousClock()
        while true {
            let start = clock.now
            guard fingerprint(of: paths) == before else { return }
            try await Task.sleep(for: max(pause, (clock.now - start) * 4))
        }
    }
}
