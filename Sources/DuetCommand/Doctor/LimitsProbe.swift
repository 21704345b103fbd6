internal import Foundation

/// Open files and free disk.
enum LimitsProbe {
    /// Descriptors a development network with its clients, databases and functions stays below.
    static let openFileCountWanted: UInt64 = 4096
    /// Below this a ledger soon stops: a node that cannot write a block ends itself.
    static let freeByteCountMin: UInt64 = 1 << 30
    static let freeByteCountWanted: UInt64 = 5 << 30

    static func openFiles() -> Check {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return openFiles(soft: 0, hard: 0)
        }
        return openFiles(soft: UInt64(limit.rlim_cur), hard: UInt64(limit.rlim_max))
    }

    static func openFiles(soft: UInt64, hard: UInt64) -> Check {
        let found = "\(soft), may be raised to \(hard)"
        guard hard < openFileCountWanted else {
            return .ok("limit.openFiles", "open files", found: found)
        }
        return .lack(
            .limited, "limit.openFiles", "open files", found: found,
            consequence: "Busy nodes refuse connections: \(openFileCountWanted) are wanted.",
            remedy: "Raise `nofile` in /etc/security/limits.conf or `LimitNOFILE` of the service.")
    }

    /// The space free to us on the disk that holds `folder`, or would hold it.
    static func freeDisk(at folder: String) -> Check {
        var place = URL(fileURLWithPath: folder).standardizedFileURL
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
            place.deleteLastPathComponent()
        }
        var status = statvfs()
        guard statvfs(place.path, &status) == 0 else {
            return .lack(
                .missing, "disk.free", "free disk", found: "\(place.path): \(String(cString: strerror(errno)))",
                consequence: "The data folder cannot be used.", remedy: "Name another one with --data.")
        }
        let (byteCount, isHuge) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return freeDisk(byteCount: isHuge ? .max : byteCount, place: place.path)
    }

    static func freeDisk(byteCount: UInt64, place: String) -> Check {
        let found = "\(byteCount >> 20) MiB at \(place)"
        guard byteCount < freeByteCountWanted else {
            return .ok("disk.free", "free disk", found: found)
        }
        return .lack(
            byteCount < freeByteCountMin ? .missing : .limited, "disk.free", "free disk", found: found,
            consequence: "A node stops when it cannot write a block; \(freeByteCountWanted >> 30) GiB are wanted.",
            remedy: "Free some space, or name a folder on another disk with --data.")
    }
}
