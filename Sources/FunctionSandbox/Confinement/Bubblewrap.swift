internal import Foundation

/// Sandboxes made by bubblewrap: what a process inside sees of the machine, and as whom it runs.
///
/// Inside there are the host's programs and libraries, read-only; a small `/etc`; the function's code at `/code`, read-only; the
/// folder of sockets at `/run/duet`; and `/tmp`, in memory and bounded. There are no other processes, no host network, no System V
/// objects of others, and nothing else of the host's files.
package struct Bubblewrap: Sendable {
    /// As whom functions run.
    package enum User: Sendable, Hashable {
        /// The node is root: every sandbox has a user of its own that owns nothing.
        case own(first: UInt32)
        /// The node's own user, in a user namespace without rights outside.
        case namespace

        package var summary: String {
            switch self {
            case .own: "users of their own"
            case .namespace: "user namespaces"
            }
        }
    }

    /// The way from sandboxes to the outside, as it was found by trying.
    package enum Network: Sendable, Hashable {
        case helper(NetworkHelper)
        case none(reason: String)
    }

    /// Where things lie inside.
    enum Place {
        static let code = "/code"
        static let sockets = "/run/duet"
        static let bootstraps = "/duet/b"
        static let relay = "/duet/relay"
        static let temporary = "/tmp"
    }

    /// What one sandbox is made of, as the node sees it.
    struct Folders: Sendable, Hashable {
        var code: String
        var sockets: String
        var bootstraps: String
    }

    /// Bytes in `/tmp`, as in Function Compute. They lie in memory, and count beside the function's own.
    static let temporaryByteCountMax = 512 << 20
    /// Bytes of shared memory and semaphores in `/dev/shm`.
    private static let sharedByteCountMax = 64 << 20

    package let program: String
    package let relay: String
    package let user: User
    package internal(set) var network: Network
    let hiddenFolder: String

    /// The program that joins sandboxes to the outside; nil if none can.
    var networkHelper: NetworkHelper? {
        if case .helper(let helper) = network { helper } else { nil }
    }

    /// The command that starts the relay in a sandbox.
    ///
    /// - Parameters:
    ///   - number: tells sandboxes apart that run at once; decides the user.
    ///   - programs: full paths of programs that it must be able to run.
    ///   - relayArguments: what the relay is told besides the user.
    func command(
        _ folders: Folders, number: UInt32, programs: [String], relayArguments: [String]
    ) -> (executable: String, arguments: [String]) {
        var arguments = [
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try", "--as-pid-1",
            "--new-session", "--hostname", "function", "--cap-drop", "ALL",
        ]
        var ownUser: [String] = []
        switch user {
        case .own(let first):
            // The relay needs them to give them up.
            arguments += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
            ownUser = ["-u", "\(first + number % Self.userCount)"]
        case .namespace:
            arguments += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
        }
        arguments += HostFiles.arguments(programs: programs)
        for (name, content) in Self.ownFiles { arguments += ["--ro-bind", "\(folders.bootstraps)/\(content)", name] }
        arguments += [
            "--proc", "/proc", "--tmpfs", "/dev", "--symlink", "/proc/self/fd", "/dev/fd",
            "--symlink", "/proc/self/fd/0", "/dev/stdin", "--symlink", "/proc/self/fd/1", "/dev/stdout",
            "--symlink", "/proc/self/fd/2", "/dev/stderr",
            "--perms", "1777", "--size", "\(Self.sharedByteCountMax)", "--tmpfs", "/dev/shm",
            "--perms", "1777", "--size", "\(Self.temporaryByteCountMax)", "--tmpfs", Place.temporary,
            "--symlink", "/tmp", "/var/tmp", "--dir", "/duet", "--dir", "/run",
            "--ro-bind", relay, Place.relay, "--ro-bind", folders.bootstraps, Place.bootstraps,
            "--ro-bind", folders.sockets, Place.sockets, "--ro-bind", folders.code, Place.code,
            "--symlink", Place.code, "/var/task",
        ]
        // Device by device: terminals would need a second user namespace, which no network helper could enter.
        for device in ["null", "zero", "full", "random", "urandom"] {
            arguments += ["--dev-bind", "/dev/\(device)", "/dev/\(device)"]
        }
        if HostFiles.isVisible(hiddenFolder), FileManager.default.fileExists(atPath: hiddenFolder) {
            arguments += ["--tmpfs", hiddenFolder]
        }
        // What bubblewrap itself made is in memory without a bound.
        arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", Place.code]
        return (program, arguments + ["--", Place.relay] + ownUser + relayArguments + [Place.sockets])
    }

    /// Files of ours in `/etc`, and their names among the bootstraps.
    static let ownFiles = [
        ("/etc/passwd", "etc/passwd"), ("/etc/group", "etc/group"), ("/etc/hosts", "etc/hosts"),
        ("/etc/resolv.conf", "etc/resolv.conf"), ("/etc/nsswitch.conf", "etc/nsswitch.conf"),
    ]

    /// Users of sandboxes: numbers beyond those of people, services and containers.
    static let userFirst: UInt32 = 1_900_000_000
    private static let userCount: UInt32 = 60_000
}
