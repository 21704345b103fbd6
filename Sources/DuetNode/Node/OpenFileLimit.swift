internal import Glibc
internal import Logging

/// How many files and connections the process may have open.
struct OpenFileLimit: Hashable, Sendable {
    /// In force.
    let soft: Int
    /// What the soft limit may be raised to without rights.
    let hard: Int

    /// Databases, block files, function processes and the JSON API need about so many.
    static let reservedCount = 512
    /// More is of no use to us, and slows programs that go through all files they might have open.
    private static let countRaisedTo: rlim_t = 65_536
    /// Below it busy nodes refuse connections.
    static let countWanted = 4_096

    static var current: OpenFileLimit {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return OpenFileLimit(soft: 1_024, hard: 1_024)
        }
        return OpenFileLimit(soft: Int(clamping: limit.rlim_cur), hard: Int(clamping: limit.rlim_max))
    }

    /// Raises the soft limit as far as it goes and is of use, and notes in the log where that is little.
    static func raise(_ logger: Logger) {
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < min(limit.rlim_max, countRaisedTo)
        {
            limit.rlim_cur = min(limit.rlim_max, countRaisedTo)
            // What cannot be raised stays, and is noted below if it is too little.
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        let current = current
        if current.soft < countWanted {
            logger.warning(
                """
                Few files may be open: busy peers will refuse connections. Raise `nofile` in /etc/security/limits.conf, or \
                LimitNOFILE of the service.
                """,
                metadata: ["files.limit": "\(current.soft)", "files.wanted": "\(countWanted)"])
        }
    }

    /// How many connections each of several listeners may take.
    func connectionCountMax(listenerCount: Int) -> Int {
        max(16, (soft - Self.reservedCount) / max(1, listenerCount))
    }
}
