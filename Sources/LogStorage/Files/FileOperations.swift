internal import FoundationEssentials
internal import GRDBSQLite

/// The few things done to files as a whole.
enum FileOperations {
    /// The names in a folder; empty when there is no folder.
    static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    static func createFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Deletes a database with its side files. A file that is not there is no error: expiry may run twice.
    static func deleteDatabase(_ path: String) throws {
        for suffix in [""] + sideSuffixes where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    /// What SQLite appends to a database's name for the files that belong to it.
    private static let sideSuffixes = ["-wal", "-shm"]

    /// Whether a name is a database's own, not that of a side file.
    static func isDatabase(_ name: String) -> Bool {
        !sideSuffixes.contains(where: name.hasSuffix)
    }

    /// Renames a damaged database with its side files, so that nothing opens it again and a person can look at it.
    /// - Returns: The new path.
    static func setAside(_ path: String) throws -> String {
        var target = path + ".damaged"
        var count = 1
        while FileManager.default.fileExists(atPath: target) {
            count += 1
            target = path + ".damaged\(count)"
        }
        try FileManager.default.moveItem(atPath: path, toPath: target)
        for suffix in sideSuffixes where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.moveItem(atPath: path + suffix, toPath: target + suffix)
        }
        return target
    }

    static func deleteFolder(_ path: String) throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// When a database was last changed, in microseconds since 1970.
    static func changeTime(ofDatabase path: String) -> Int64 {
        ["", "-wal"].reduce(0) { latest, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            let time = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return max(latest, (time * 1_000_000).clamped)
        }
    }

    /// Bytes of a database and its side files on disk.
    static func byteCount(ofDatabase path: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + ((attributes?[.size] as? Int) ?? 0)
        }
    }
}
