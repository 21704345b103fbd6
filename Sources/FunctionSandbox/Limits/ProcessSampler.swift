internal import Foundation

/// Adds up what a process and everything that descends from it hold, as the kernel tells it in `/proc`.
///
/// For machines where no control group can be made. Memory is what belongs to a process alone: programs and libraries in memory
/// are shared by all that run them. What processes of one tree share among them after a fork is counted once, by looking closer
/// where the quick sum is over the limit.
enum ProcessSampler {
    /// - Parameters:
    ///   - processID: the first process.
    ///   - limits: beyond these nothing more need be known.
    static func measure(_ processID: Int32, limits: InstanceLimits?) -> InstanceUsage {
        let processIDs = descendants(of: processID, countMax: limits.map { $0.processCountMax + 1 } ?? 4096)
        var usage = InstanceUsage(memoryByteCount: 0, processCount: processIDs.count)
        // What forks without end must not be given the time that a closer look takes.
        if let limits, processIDs.count > limits.processCountMax { return usage }
        usage.memoryByteCount = processIDs.reduce(0) { $0 + residentByteCount(of: $1) }
        if let limits, processIDs.count > 1, usage.memoryByteCount > limits.memoryByteCountMax {
            usage.memoryByteCount = processIDs.reduce(0) { $0 + proportionalByteCount(of: $1) }
        }
        return usage
    }

    /// The process and its descendants. One that left its tree by outliving its parent belongs to the first process of its
    /// sandbox, which is `processID` itself.
    static func descendants(of processID: Int32, countMax: Int) -> [Int32] {
        var found = [processID]
        var index = 0
        while index < found.count, found.count < countMax {
            let tasks = "/proc/\(found[index])/task"
            for task in (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? [] {
                let children = ControlFile.read("\(tasks)/\(task)/children") ?? ""
                found += children.split(separator: " ").compactMap { Int32($0) }
            }
            index += 1
        }
        return Array(found.prefix(countMax))
    }

    private static func residentByteCount(of processID: Int32) -> Int {
        guard let text = ControlFile.read("/proc/\(processID)/status") else { return 0 }
        return kilobytes("RssAnon:", in: text) + kilobytes("RssShmem:", in: text)
    }

    private static func proportionalByteCount(of processID: Int32) -> Int {
        guard let text = ControlFile.read("/proc/\(processID)/smaps_rollup") else { return 0 }
        return kilobytes("Pss_Anon:", in: text) + kilobytes("Pss_Shmem:", in: text)
    }

    /// A process's share of memory that several may use, mapped files of `/tmp` among it.
    static func sharedByteCount(of processID: Int32) -> Int {
        ControlFile.read("/proc/\(processID)/smaps_rollup").map { kilobytes("Pss_Shmem:", in: $0) } ?? 0
    }

    private static func kilobytes(_ name: String, in text: String) -> Int {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) << 10
        }
        return 0
    }
}
