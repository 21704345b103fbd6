/// What an instance may hold at once.
struct InstanceLimits: Sendable, Hashable {
    /// Bytes of its own, all its processes together: what `MemorySize` says.
    var memoryByteCountMax: Int
    /// Processes. An instance with more is ended: what forks without end would leave the machine little time for anything else.
    var processCountMax = Self.processCountMax

    static let processCountMax = 256
    /// Processes and threads together; the kernel refuses more, where it counts. Lambda: 1024 threads.
    static let threadCountMax = 1024

    init(memoryMegabytes: Int) {
        memoryByteCountMax = memoryMegabytes << 20
    }

    /// What the kernel is told: memory and a full `/tmp`, whose files lie in memory as well. The memory alone is held to its limit
    /// by looking, within moments.
    var heldByteCountMax: Int { memoryByteCountMax + Bubblewrap.temporaryByteCountMax }
}

/// What an instance holds now.
struct InstanceUsage: Sendable, Hashable {
    /// Bytes of its own in all its processes.
    var memoryByteCount: Int
    var processCount: Int
    /// Whether the kernel ended a process of it for want of memory.
    var wasKilledByKernel = false
}

/// Which limit an instance was ended for.
enum LimitBreach: Sendable, Hashable {
    case memory(byteCount: Int)
    case processes(count: Int)
}

/// Judges what is measured of one instance. Pure: its owner measures and ends.
struct LimitJudge: Sendable {
    /// Nil as long as no function is in the instance.
    var limits: InstanceLimits?
    private(set) var memoryByteCountPeak = 0
    private(set) var breach: LimitBreach?

    /// - Returns: whether the instance must end now.
    mutating func note(_ usage: InstanceUsage) -> Bool {
        memoryByteCountPeak = max(memoryByteCountPeak, usage.memoryByteCount)
        guard breach == nil, let limits else { return false }
        if usage.wasKilledByKernel || usage.memoryByteCount > limits.memoryByteCountMax {
            breach = .memory(byteCount: max(usage.memoryByteCount, memoryByteCountPeak))
        } else if usage.processCount > limits.processCountMax {
            breach = .processes(count: usage.processCount)
        }
        return breach != nil
    }
}
