internal import Foundation

/// Whether the kernel can hold a function to its memory and process limits.
enum CgroupProbe {
    private static let root = "/sys/fs/cgroup"

    static func check() -> Check {
        let isVersion2 = FileManager.default.fileExists(atPath: "\(root)/cgroup.controllers")
        let own = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let reason =
            isVersion2
            ? trial(in: folder(of: "", in: own), files: ["memory.max", "pids.max"])
            : trial(in: folder(of: "memory", in: own), files: ["memory.limit_in_bytes"])
                ?? trial(in: folder(of: "pids", in: own), files: ["pids.max"])
        let version = isVersion2 ? "v2" : "v1"
        guard let reason else {
            return .ok("sandbox.cgroup", "cgroups", found: "\(version), can be created")
        }
        return .lack(
            .limited, "sandbox.cgroup", "cgroups", found: "\(version), cannot be used: \(reason)",
            consequence:
                "A function's memory and processes are counted now and then, and it is ended when above its limit.",
            remedy: "Start Duet as root or in a delegated cgroup: `systemd-run --user --scope -p Delegate=yes duet …`.")
    }

    /// The folder of this process's cgroup under `controller`; the empty name stands for the one tree of version 2.
    ///
    /// `membership` is `/proc/self/cgroup`: lines `<number>:<controllers>:<path>`.
    static func folder(of controller: String, in membership: String) -> String? {
        for line in membership.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isMatch =
                controller.isEmpty
                ? parts[1].isEmpty : parts[1].split(separator: ",").contains { $0 == controller }
            guard isMatch else { continue }
            let path = parts[2] == "/" ? "" : String(parts[2])
            return controller.isEmpty ? root + path : "\(root)/\(controller)\(path)"
        }
        return nil
    }

    /// Makes and removes a cgroup in `folder`. Answers with why that is of no use, or nil if all is well.
    private static func trial(in folder: String?, files: [String]) -> String? {
        guard let folder else { return "this process is in none" }
        let child = "\(folder)/duet-doctor-\(getpid())"
        guard mkdir(child, 0o755) == 0 else { return "\(folder): \(String(cString: strerror(errno)))" }
        defer { rmdir(child) }
        let missing = files.first { !FileManager.default.fileExists(atPath: "\(child)/\($0)") }
        return missing.map { "\(folder) has no \($0)" }
    }
}
