internal import Foundation

/// The control group of one instance: the kernel counts and bounds what is in it.
struct Cgroup: Sendable, Hashable {
    let version: CgroupTree.Version
    /// One in version 2; memory, then processes in version 1.
    let folders: [String]

    private var memory: String { folders[0] }
    private var processes: String { folders[folders.count - 1] }

    func make() -> Bool {
        for folder in folders where mkdir(folder, 0o755) != 0 && errno != EEXIST {
            remove()
            return false
        }
        let limit = version == .two ? "memory.max" : "memory.limit_in_bytes"
        guard FileManager.default.fileExists(atPath: "\(memory)/\(limit)"),
            FileManager.default.fileExists(atPath: processes + "/pids.max")
        else {
            remove()
            return false
        }
        return true
    }

    /// What the kernel does not take is seen to by looking.
    func set(_ limits: InstanceLimits) {
        let byteCount = limits.heldByteCountMax
        switch version {
        case .two:
            _ = ControlFile.write("\(byteCount)", to: memory + "/memory.max")
            // Without swap the limit is one of memory; where there is none the file may be missing.
            _ = ControlFile.write("0", to: memory + "/memory.swap.max")
            _ = ControlFile.write("1", to: memory + "/memory.oom.group")
        case .one:
            _ = ControlFile.write("\(byteCount)", to: memory + "/memory.limit_in_bytes")
            _ = ControlFile.write("\(byteCount)", to: memory + "/memory.memsw.limit_in_bytes")
        }
        _ = ControlFile.write("\(InstanceLimits.threadCountMax)", to: processes + "/pids.max")
    }

    /// What the instance holds now, files and caches aside.
    ///
    /// The kernel counts memory that processes share with the files in `/tmp`, which are allowed besides; so where both together are
    /// beyond the limit, what is shared is added up from the processes.
    func measure(limits: InstanceLimits? = nil) -> InstanceUsage {
        let isVersionTwo = version == .two
        let statistics = ControlFile.read(memory + "/memory.stat") ?? ""
        let events = ControlFile.read(memory + (isVersionTwo ? "/memory.events" : "/memory.oom_control")) ?? ""
        var memoryByteCount = ControlFile.number(isVersionTwo ? "anon" : "total_rss", in: statistics) ?? 0
        let sharedByteCount = ControlFile.number(isVersionTwo ? "shmem" : "total_shmem", in: statistics) ?? 0
        if let limits, memoryByteCount + sharedByteCount > limits.memoryByteCountMax {
            memoryByteCount += processIDs.prefix(InstanceLimits.processCountMax).reduce(0) {
                $0 + ProcessSampler.sharedByteCount(of: $1)
            }
        }
        return InstanceUsage(
            memoryByteCount: memoryByteCount,
            processCount: processCount,
            wasKilledByKernel: (ControlFile.number("oom_kill", in: events) ?? 0) > 0)
    }

    /// The kernel's own count has threads in it; only where that is high are processes told from them.
    private var processCount: Int {
        let count = ControlFile.number(processes + "/pids.current") ?? 0
        return count > InstanceLimits.processCountMax ? processIDs.count : count
    }

    /// The most that was held at once, caches included; for what died before it was measured.
    var memoryByteCountPeak: Int {
        ControlFile.number(memory + (version == .two ? "/memory.peak" : "/memory.max_usage_in_bytes")) ?? 0
    }

    var processIDs: [Int32] {
        (ControlFile.read(processes + "/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
    }

    /// Kills everything in it. New processes of what is being killed are met by the next call.
    func kill() {
        if version == .two, ControlFile.write("1", to: memory + "/cgroup.kill") { return }
        for processID in processIDs where processID > 1 { Foundation.kill(processID, SIGKILL) }
    }

    /// The kernel takes a moment to let go of a group whose last process has ended.
    func remove() {
        for folder in folders {
            for _ in 0..<50 {
                guard rmdir(folder) != 0, errno == EBUSY else { break }
                usleep(2_000)
            }
        }
    }

    /// Puts a shell in front of a command, which enters the group before it becomes the command.
    func entered(by executable: String, _ arguments: [String]) -> (executable: String, arguments: [String]) {
        let script = #"echo 0 > "$1/cgroup.procs" && echo 0 > "$2/cgroup.procs" && shift 2 && exec "$@""#
        return ("/bin/sh", ["-c", script, "sh", memory, processes, executable] + arguments)
    }
}
