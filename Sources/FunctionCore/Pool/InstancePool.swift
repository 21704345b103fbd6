package import FunctionTypes

/// Decides which instance takes an invocation, and when instances are started, kept and ended.
///
/// Pure: no clock, no processes, no locking. Its owner feeds it events with the time and carries out the actions it returns, in
/// order. Every invocation that was enqueued ends in exactly one of `assign`, `refuse`, `fail` or `reroute`, unless its owner withdraws it.
package struct InstancePool: Sendable {
    package typealias Time = Duration

    package struct Limits: Sendable {
        /// Instances of the node at once, starting ones included.
        package var instanceCountMax = 64
        /// Instances of one function's state, unless the function says otherwise.
        package var instanceCountMaxPerFunction = 8
        /// Invocations waiting for one function's state; more are refused.
        package var waitingCountMax = 2000
        /// How long an instance without work is kept; Function Compute: three to five minutes.
        package var idleMax: Duration = .seconds(180)

        package init() {}
    }

    /// An invocation in the pool's books.
    package struct Ticket: Hashable, Sendable {
        package let number: UInt64
    }

    package enum Action: Sendable, Hashable {
        /// Run the ticket's invocation on this instance.
        case assign(Ticket, InstanceID)
        /// Start an instance for this state; answer with `started` or `startFailed`.
        case start(InstanceID, InstanceKey)
        /// Run the freeze hook; answer with `frozen`.
        case freeze(InstanceID)
        /// End the instance; answer with `ended`.
        case end(InstanceID, isGraceful: Bool)
        /// Too many wait already.
        case refuse(Ticket)
        /// The instance that was to take it did not start.
        case fail(Ticket, InstanceID)
        /// The function's state moved on while it waited: resolve again and enqueue anew.
        case reroute(Ticket)
    }

    /// What the pool must know of a function's state.
    package struct Settings: Hashable, Sendable {
        package var concurrency: Int
        package var instanceCountMax: Int?
        package var hasFreezeHook: Bool

        package init(concurrency: Int = 1, instanceCountMax: Int? = nil, hasFreezeHook: Bool = false) {
            precondition(concurrency > 0, "an instance takes at least one invocation")
            self.concurrency = concurrency
            self.instanceCountMax = instanceCountMax
            self.hasFreezeHook = hasFreezeHook
        }
    }

    private enum Phase: Hashable {
        case starting
        /// Takes invocations; without any it is idle since `idleSince`.
        case ready
        case freezing
        /// Takes nothing more, and is ended when its last invocation is done.
        case draining
        case ending
    }

    private struct Instance {
        let id: InstanceID
        let key: InstanceKey
        let settings: Settings
        var phase: Phase = .starting
        var running: Set<Ticket> = []
        var idleSince: Time = .zero

        var hasRoom: Bool { phase == .ready && running.count < settings.concurrency }
        var isIdle: Bool { phase == .ready && running.isEmpty }
    }

    private struct Group {
        var settings: Settings
        var waiting: [Ticket] = []
        var instances: Set<InstanceID> = []
        /// Instances to keep whatever the load.
        var keptCount = 0
        var isRetired = false
    }

    private let limits: Limits
    private var groups: [InstanceKey: Group] = [:]
    private var instances: [InstanceID: Instance] = [:]
    private var ticketNext: UInt64 = 0
    private var instanceNext: UInt64 = 0
    private let instancePrefix: String
    /// A start had to wait for the node's limit.
    private var isBlocked = false
    /// Draining for shutdown: nothing new starts.
    private var isClosing = false

    /// - Parameter instancePrefix: makes instance ids unique across restarts of the node.
    package init(limits: Limits, instancePrefix: String) {
        self.limits = limits
        self.instancePrefix = instancePrefix
    }

    // Reading.

    package var instanceCount: Int { instances.count }

    package func contains(_ id: InstanceID) -> Bool { instances[id] != nil }

    package func count(of key: InstanceKey) -> Int { groups[key]?.instances.count ?? 0 }

    package func runningCount(of key: InstanceKey) -> Int {
        (groups[key]?.instances ?? []).reduce(0) { $0 + (instances[$1]?.running.count ?? 0) }
    }

    /// Those of one state of a function that are up.
    package func instanceIDs(of key: InstanceKey) -> [InstanceID] {
        (groups[key]?.instances ?? []).filter { instances[$0]?.phase != .starting }.sorted { $0.rawValue < $1.rawValue }
    }

    package func instanceIDs(of id: FunctionID) -> [InstanceID] {
        instances.values.filter { $0.key.id == id && $0.phase != .starting }.map(\.id).sorted {
            $0.rawValue < $1.rawValue
        }
    }

    /// Nothing runs, waits or exists any more.
    package var isEmpty: Bool { instances.isEmpty && groups.values.allSatisfy(\.waiting.isEmpty) }

    // Events.

    package mutating func enqueue(_ key: InstanceKey, _ settings: Settings, now: Time) -> (Ticket, [Action]) {
        let ticket = Ticket(number: ticketNext)
        ticketNext += 1
        guard !isClosing else { return (ticket, [.refuse(ticket)]) }
        var group = groups[key] ?? Group(settings: settings)
        guard !group.isRetired else { return (ticket, [.reroute(ticket)]) }
        group.settings = settings
        guard group.waiting.count < limits.waitingCountMax, settings.instanceCountMax != 0 else {
            return (ticket, [.refuse(ticket)])
        }
        group.waiting.append(ticket)
        groups[key] = group
        return (ticket, serve(key))
    }

    /// The caller no longer waits. Nothing happens if the ticket was assigned already.
    package mutating func withdraw(_ ticket: Ticket, _ key: InstanceKey) {
        groups[key]?.waiting.removeAll { $0 == ticket }
        forgetIfEmpty(key)
    }

    package mutating func started(_ id: InstanceID, now: Time) -> [Action] {
        guard var instance = instances[id], instance.phase == .starting else { return [] }
        let isRetired = groups[instance.key]?.isRetired ?? true
        if isRetired || isClosing {
            instance.phase = .ending
            instances[id] = instance
            return [.end(id, isGraceful: true)] + serve(instance.key)
        }
        instance.phase = .ready
        instance.idleSince = now
        instances[id] = instance
        return serve(instance.key)
    }

    /// The instance never came up: as many of the oldest waiting invocations as it would have taken fail with it.
    package mutating func startFailed(_ id: InstanceID, now: Time) -> [Action] {
        guard let instance = instances.removeValue(forKey: id), var group = groups[instance.key] else { return [] }
        group.instances.remove(id)
        let failed = group.waiting.prefix(instance.settings.concurrency)
        group.waiting.removeFirst(failed.count)
        groups[instance.key] = group
        return failed.map { .fail($0, id) } + serve(instance.key) + serveOthers(than: instance.key)
    }

    /// The invocation is done.
    ///
    /// - Parameter isUsable: whether the instance can take another; if not it is ended, or is gone already.
    package mutating func finished(_ ticket: Ticket, on id: InstanceID, isUsable: Bool, now: Time) -> [Action] {
        guard var instance = instances[id], instance.running.remove(ticket) != nil else { return [] }
        instance.idleSince = now
        if !isUsable, instance.phase == .ready { instance.phase = .draining }
        guard instance.running.isEmpty else {
            instances[id] = instance
            return serve(instance.key)
        }
        if instance.phase == .draining {
            instance.phase = .ending
            instances[id] = instance
            return [.end(id, isGraceful: isUsable)] + serve(instance.key)
        }
        instances[id] = instance
        var actions = serve(instance.key)
        if instances[id]?.isIdle == true {
            if instance.settings.hasFreezeHook {
                instances[id]?.phase = .freezing
                actions.append(.freeze(id))
            } else {
                actions += serveOthers(than: instance.key)
            }
        }
        return actions
    }

    package mutating func frozen(_ id: InstanceID, now: Time) -> [Action] {
        guard let instance = instances[id], instance.phase == .freezing else { return [] }
        instances[id]?.phase = .ready
        instances[id]?.idleSince = now
        if groups[instance.key]?.isRetired ?? true || isClosing {
            instances[id]?.phase = .ending
            return [.end(id, isGraceful: true)]
        }
        return serve(instance.key) + serveOthers(than: instance.key)
    }

    /// The instance is gone, expected or not. Its invocations were told by whoever ran them and are reported with `finished` no more.
    package mutating func ended(_ id: InstanceID, now: Time) -> [Action] {
        guard let instance = instances.removeValue(forKey: id) else { return [] }
        groups[instance.key]?.instances.remove(id)
        let actions = serve(instance.key) + serveOthers(than: instance.key)
        forgetIfEmpty(instance.key)
        return actions
    }

    /// The state is no longer current: what waits is resolved again, idle instances end now, busy ones when they are done.
    package mutating func retire(_ key: InstanceKey) -> [Action] {
        guard var group = groups[key] else { return [] }
        group.isRetired = true
        group.keptCount = 0
        let waiting = group.waiting
        group.waiting = []
        groups[key] = group
        let actions =
            waiting.map(Action.reroute) + group.instances.sorted { $0.rawValue < $1.rawValue }.compactMap { drain($0) }
        forgetIfEmpty(key)
        return actions
    }

    /// Retires every state for which `isCurrent` is false.
    package mutating func retire(unless isCurrent: (InstanceKey) -> Bool) -> [Action] {
        groups.keys.filter { !isCurrent($0) }.sorted { $0.description < $1.description }.flatMap { retire($0) }
    }

    /// Keeps `count` instances of a state warm.
    package mutating func keep(_ count: Int, _ key: InstanceKey, _ settings: Settings) -> [Action] {
        guard count > 0 || groups[key] != nil, !isClosing else { return [] }
        groups[key, default: Group(settings: settings)].keptCount = count
        forgetIfEmpty(key)
        return startForWaiting(key, countsKept: true)
    }

    /// Ends what has been idle for too long, and starts what should be kept warm and is not: here and not at the moment an
    /// instance dies, so that one that dies at once is tried once a tick.
    package mutating func tick(now: Time) -> [Action] {
        var actions: [Action] = []
        for (key, group) in groups.sorted(by: { $0.key.description < $1.key.description }) {
            var spareCount = group.instances.count - group.keptCount
            for id in group.instances.sorted(by: { $0.rawValue < $1.rawValue }) {
                guard spareCount > 0, let instance = instances[id], instance.isIdle,
                    now - instance.idleSince >= limits.idleMax
                else { continue }
                spareCount -= 1
                if let action = drain(id) { actions.append(action) }
            }
            if group.keptCount > 0, !group.isRetired { actions += startForWaiting(key, countsKept: true) }
            forgetIfEmpty(key)
        }
        return actions
    }

    /// Takes no more invocations, and ends every instance when its work is done.
    package mutating func close() -> [Action] {
        isClosing = true
        var actions: [Action] = []
        for key in groups.keys.sorted(by: { $0.description < $1.description }) {
            let waiting = groups[key]?.waiting ?? []
            groups[key]?.waiting = []
            actions += waiting.map(Action.refuse)
            actions += (groups[key]?.instances ?? []).sorted { $0.rawValue < $1.rawValue }.compactMap { drain($0) }
        }
        return actions
    }

    // Decisions.

    /// Gives waiting invocations to instances with room, then starts instances for the rest.
    private mutating func serve(_ key: InstanceKey) -> [Action] {
        guard var group = groups[key], !group.isRetired else { return [] }
        var actions: [Action] = []
        let candidates = group.instances.compactMap { instances[$0] }.filter(\.hasRoom)
        // The busiest with room first, so that the others can go idle; then the one used last, which is warmest.
        let sorted = candidates.sorted {
            ($0.running.count, $0.idleSince, $1.id.rawValue) > ($1.running.count, $1.idleSince, $0.id.rawValue)
        }
        for candidate in sorted {
            var instance = candidate
            while instance.hasRoom, !group.waiting.isEmpty {
                let ticket = group.waiting.removeFirst()
                instance.running.insert(ticket)
                actions.append(.assign(ticket, instance.id))
            }
            instances[instance.id] = instance
        }
        groups[key] = group
        return actions + startForWaiting(key)
    }

    private mutating func startForWaiting(_ key: InstanceKey, countsKept: Bool = false) -> [Action] {
        guard let group = groups[key], !isClosing else { return [] }
        var actions: [Action] = []
        let settings = group.settings
        let limit = min(settings.instanceCountMax ?? limits.instanceCountMaxPerFunction, limits.instanceCountMax)
        var coming = group.instances.compactMap { instances[$0] }.filter {
            $0.phase == .starting || $0.phase == .freezing
        }.count
        var usable = group.instances.compactMap { instances[$0] }.filter {
            $0.phase != .draining && $0.phase != .ending
        }.count
        let keptCount = countsKept ? group.keptCount : 0
        while coming * settings.concurrency < group.waiting.count || usable < keptCount, usable < limit {
            if instances.count >= limits.instanceCountMax {
                // Someone else's idle instance makes room; the start follows when it is gone.
                isBlocked = true
                if let action = evictIdle(sparing: key) { actions.append(action) }
                break
            }
            let id = InstanceID("\(instancePrefix)-\(instanceNext)")
            instanceNext += 1
            instances[id] = Instance(id: id, key: key, settings: settings)
            groups[key]?.instances.insert(id)
            actions.append(.start(id, key))
            coming += 1
            usable += 1
        }
        return actions
    }

    /// After something became free: others that wait for the node's limit.
    private mutating func serveOthers(than key: InstanceKey) -> [Action] {
        guard isBlocked else { return [] }
        isBlocked = false
        let waiting = groups.filter { $0.key != key && !$0.value.waiting.isEmpty }
            .sorted { ($0.value.waiting.first?.number ?? 0) < ($1.value.waiting.first?.number ?? 0) }.map(\.key)
        return waiting.flatMap { startForWaiting($0) }
    }

    private mutating func evictIdle(sparing key: InstanceKey) -> Action? {
        // One that is going already will do.
        guard !instances.values.contains(where: { $0.phase == .ending }) else { return nil }
        let idle = instances.values.filter { $0.isIdle && $0.key != key }
        guard let oldest = idle.min(by: { ($0.idleSince, $0.id.rawValue) < ($1.idleSince, $1.id.rawValue) }) else {
            return nil
        }
        return drain(oldest.id)
    }

    /// Ends an instance now if it is idle, else when its last invocation is done.
    private mutating func drain(_ id: InstanceID) -> Action? {
        guard var instance = instances[id] else { return nil }
        switch instance.phase {
        case .ready where instance.running.isEmpty:
            instance.phase = .ending
            instances[id] = instance
            return .end(id, isGraceful: true)
        case .ready:
            instance.phase = .draining
            instances[id] = instance
            return nil
        case .starting, .freezing, .draining, .ending:
            // These end when they report, since the state is retired or the pool closing.
            return nil
        }
    }

    private mutating func forgetIfEmpty(_ key: InstanceKey) {
        if let group = groups[key], group.waiting.isEmpty, group.instances.isEmpty, group.keptCount == 0 {
            groups[key] = nil
        }
    }
}
