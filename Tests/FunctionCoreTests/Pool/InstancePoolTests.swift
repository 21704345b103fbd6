import FunctionCore
import FunctionTypes
import Testing

@Suite("Instance pool")
struct InstancePoolTests {
    private static func makeKey(_ name: String = "f", revision: UInt64 = 1) -> InstanceKey {
        InstanceKey(
            id: FunctionID(
                organization: OrganizationName(unchecked: "o"), service: ServiceName(unchecked: "s"),
                function: FunctionName(unchecked: name)), version: nil, revision: revision)
    }

    private static func makePool(_ body: (inout InstancePool.Limits) -> Void = { _ in }) -> InstancePool {
        var limits = InstancePool.Limits()
        body(&limits)
        return InstancePool(limits: limits, instancePrefix: "i")
    }

    private let key = makeKey()
    private let settings = InstancePool.Settings()
    private let first = InstanceID("i-0")
    private let second = InstanceID("i-1")

    @Test("the first invocation starts an instance and is given to it; the next finds it warm")
    func coldThenWarm() {
        var pool = Self.makePool()
        let (one, starting) = pool.enqueue(key, settings, now: .zero)
        #expect(starting == [.start(first, key)])
        #expect(pool.started(first, now: .zero) == [.assign(one, first)])
        #expect(pool.finished(one, on: first, isUsable: true, now: .zero) == [])
        let (two, warm) = pool.enqueue(key, settings, now: .zero)
        #expect(warm == [.assign(two, first)])
    }

    @Test("an instance takes as many at once as the function allows")
    func concurrency() {
        var pool = Self.makePool { $0.instanceCountMaxPerFunction = 1 }
        let settings = InstancePool.Settings(concurrency: 2)
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        let (two, none) = pool.enqueue(key, settings, now: .zero)
        let (three, _) = pool.enqueue(key, settings, now: .zero)
        #expect(none.isEmpty)
        #expect(pool.started(first, now: .zero) == [.assign(one, first), .assign(two, first)])
        #expect(pool.finished(one, on: first, isUsable: true, now: .zero) == [.assign(three, first)])
    }

    @Test("the maximum of instances makes others wait, and too many waiting are refused")
    func limits() {
        var pool = Self.makePool { $0.waitingCountMax = 2 }
        let settings = InstancePool.Settings(instanceCountMax: 1)
        #expect(pool.enqueue(key, settings, now: .zero).1 == [.start(first, key)])
        #expect(pool.enqueue(key, settings, now: .zero).1 == [])
        let (third, refused) = pool.enqueue(key, settings, now: .zero)
        #expect(refused == [.refuse(third)])
        let (none, atZero) = pool.enqueue(Self.makeKey("g"), .init(instanceCountMax: 0), now: .zero)
        #expect(atZero == [.refuse(none)])
    }

    @Test("an idle instance goes after its time, unless it is kept")
    func scaleToZero() {
        var pool = Self.makePool { $0.idleMax = .seconds(10) }
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        _ = pool.started(first, now: .zero)
        _ = pool.finished(one, on: first, isUsable: true, now: .seconds(5))
        #expect(pool.tick(now: .seconds(14)) == [])
        var kept = pool
        #expect(pool.tick(now: .seconds(15)) == [.end(first, isGraceful: true)])
        _ = pool.ended(first, now: .seconds(15))
        #expect(pool.isEmpty)
        _ = kept.keep(1, key, settings)
        #expect(kept.tick(now: .seconds(99)) == [])
    }

    @Test("an instance that fails to start fails the invocation that waited for it, and only that")
    func startFails() {
        var pool = Self.makePool()
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        let (two, _) = pool.enqueue(key, settings, now: .zero)
        #expect(pool.startFailed(first, now: .zero) == [.fail(one, first)])
        #expect(pool.started(second, now: .zero) == [.assign(two, second)])
    }

    @Test("a kept instance that dies at once is tried once a tick")
    func keptDies() {
        var pool = Self.makePool()
        #expect(pool.keep(1, key, settings) == [.start(first, key)])
        #expect(pool.startFailed(first, now: .zero) == [])
        #expect(pool.tick(now: .seconds(1)) == [.start(second, key)])
    }

    @Test("an instance that cannot go on is ended and replaced for those who wait")
    func unusable() {
        var pool = Self.makePool { $0.instanceCountMaxPerFunction = 1 }
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        let (two, _) = pool.enqueue(key, settings, now: .zero)
        _ = pool.started(first, now: .zero)
        let actions = pool.finished(one, on: first, isUsable: false, now: .zero)
        #expect(actions == [.end(first, isGraceful: false), .start(second, key)])
        #expect(pool.ended(first, now: .zero) == [])
        #expect(pool.started(second, now: .zero) == [.assign(two, second)])
    }

    @Test("after a redeployment busy instances finish their work and nothing waiting is lost")
    func redeployment() {
        var pool = Self.makePool { $0.instanceCountMaxPerFunction = 1 }
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        let (two, _) = pool.enqueue(key, settings, now: .zero)
        _ = pool.started(first, now: .zero)
        let new = Self.makeKey(revision: 2)
        #expect(pool.retire { $0 == new } == [.reroute(two)])
        let (late, rerouted) = pool.enqueue(key, settings, now: .zero)
        #expect(rerouted == [.reroute(late)])
        #expect(pool.finished(one, on: first, isUsable: true, now: .zero) == [.end(first, isGraceful: true)])
        _ = pool.ended(first, now: .zero)
        #expect(pool.isEmpty)
    }

    @Test("an instance still starting when its state is retired is ended when it is up")
    func retiredWhileStarting() {
        var pool = Self.makePool()
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        #expect(pool.retire(key) == [.reroute(one)])
        #expect(pool.started(first, now: .zero) == [.end(first, isGraceful: true)])
        _ = pool.ended(first, now: .zero)
        #expect(pool.isEmpty)
    }

    @Test("the freeze hook runs before an instance is idle, and invocations wait for its end")
    func freeze() {
        var pool = Self.makePool()
        let settings = InstancePool.Settings(hasFreezeHook: true)
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        _ = pool.started(first, now: .zero)
        #expect(pool.finished(one, on: first, isUsable: true, now: .zero) == [.freeze(first)])
        let (two, none) = pool.enqueue(key, settings, now: .zero)
        #expect(none == [])
        #expect(pool.frozen(first, now: .zero) == [.assign(two, first)])
    }

    @Test("at the node's limit the longest idle instance of another function makes room")
    func eviction() {
        var pool = Self.makePool { $0.instanceCountMax = 2 }
        for (index, name) in ["a", "b"].enumerated() {
            let (ticket, _) = pool.enqueue(Self.makeKey(name), settings, now: .zero)
            _ = pool.started(InstanceID("i-\(index)"), now: .zero)
            _ = pool.finished(ticket, on: InstanceID("i-\(index)"), isUsable: true, now: .seconds(index))
        }
        let (ticket, evicting) = pool.enqueue(Self.makeKey("c"), settings, now: .seconds(9))
        #expect(evicting == [.end(first, isGraceful: true)])
        let third = InstanceID("i-2")
        #expect(pool.ended(first, now: .seconds(9)) == [.start(third, Self.makeKey("c"))])
        #expect(pool.started(third, now: .seconds(9)) == [.assign(ticket, third)])
    }

    @Test("a withdrawn invocation is not run")
    func withdraw() {
        var pool = Self.makePool()
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        pool.withdraw(one, key)
        #expect(pool.started(first, now: .zero) == [])
    }

    @Test("closing refuses what waits and ends everything when its work is done")
    func close() {
        var pool = Self.makePool { $0.instanceCountMaxPerFunction = 1 }
        let (one, _) = pool.enqueue(key, settings, now: .zero)
        let (two, _) = pool.enqueue(key, settings, now: .zero)
        _ = pool.started(first, now: .zero)
        #expect(pool.close() == [.refuse(two)])
        let (three, refused) = pool.enqueue(key, settings, now: .zero)
        #expect(refused == [.refuse(three)])
        #expect(pool.finished(one, on: first, isUsable: true, now: .zero) == [.end(first, isGraceful: true)])
        _ = pool.ended(first, now: .zero)
        #expect(pool.isEmpty)
    }

    @Test("whatever happens, each invocation is settled exactly once and limits hold", arguments: 0..<60)
    func random(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var pool = Self.makePool {
            $0.instanceCountMax = 4
            $0.instanceCountMaxPerFunction = 3
            $0.waitingCountMax = 20
            $0.idleMax = .seconds(3)
        }
        var world = PoolWorld(seed: seed)
        for step in 0..<600 {
            let now = Duration.seconds(step)
            let key = Self.makeKey(["a", "b", "c"].randomElement(using: &random) ?? "a", revision: UInt64(step / 200))
            let settings = InstancePool.Settings(
                concurrency: key.id.function.rawValue == "b" ? 3 : 1, hasFreezeHook: key.id.function.rawValue == "c")
            var actions: [InstancePool.Action] = []
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<5:
                let (ticket, more) = pool.enqueue(key, settings, now: now)
                world.waiting[ticket] = key
                actions = more
            case 5, 6:
                guard
                    let id = world.starting.keys.sorted(by: { $0.rawValue < $1.rawValue }).randomElement(using: &random)
                else { continue }
                let fails = Bool.random(using: &random) && Bool.random(using: &random)
                world.starting[id] = nil
                if !fails { world.up.insert(id) }
                actions = fails ? pool.startFailed(id, now: now) : pool.started(id, now: now)
            case 7, 8, 9:
                guard let (ticket, id) = world.running.min(by: { $0.key.number < $1.key.number }) else { continue }
                world.running[ticket] = nil
                actions = pool.finished(ticket, on: id, isUsable: Int.random(in: 0..<8, using: &random) > 0, now: now)
            case 10:
                if let id = world.ending.first {
                    world.ending.remove(id)
                    actions = pool.ended(id, now: now)
                } else if let id = world.freezing.first {
                    world.freezing.remove(id)
                    actions = pool.frozen(id, now: now)
                }
            default:
                actions =
                    Bool.random(using: &random)
                    ? pool.tick(now: now) : pool.retire { $0.revision == UInt64(step / 200) }
            }
            world.carryOut(actions)
            #expect(pool.instanceCount <= 4, "seed \(seed)")
        }
        // Wind down: everything must come to an end.
        for _ in 0..<500 where !(world.isQuiet && pool.isEmpty) {
            let now = Duration.seconds(10_000)
            var actions = pool.close()
            if let id = world.starting.keys.first {
                world.starting[id] = nil; world.up.insert(id); actions += pool.started(id, now: now)
            }
            if let (ticket, id) = world.running.first {
                world.running[ticket] = nil; actions += pool.finished(ticket, on: id, isUsable: true, now: now)
            }
            if let id = world.freezing.popFirst() { actions += pool.frozen(id, now: now) }
            if let id = world.ending.popFirst() { actions += pool.ended(id, now: now) }
            world.carryOut(actions)
        }
        #expect(world.waiting.isEmpty, "seed \(seed)")
        #expect(pool.isEmpty, "seed \(seed)")
    }
}

/// What the pool's owner would see; checks that the pool never contradicts itself.
private struct PoolWorld {
    let seed: Int
    var waiting: [InstancePool.Ticket: InstanceKey] = [:]
    var starting: [InstanceID: InstanceKey] = [:]
    var up: Set<InstanceID> = []
    var running: [InstancePool.Ticket: InstanceID] = [:]
    var freezing: Set<InstanceID> = []
    var ending: Set<InstanceID> = []

    init(seed: Int) {
        self.seed = seed
    }

    var isQuiet: Bool { waiting.isEmpty && starting.isEmpty && running.isEmpty && freezing.isEmpty && ending.isEmpty }

    mutating func carryOut(_ actions: [InstancePool.Action]) {
        for action in actions {
            switch action {
            case .assign(let ticket, let id):
                #expect(waiting.removeValue(forKey: ticket) != nil, "seed \(seed)")
                #expect(up.contains(id) && !ending.contains(id) && !freezing.contains(id), "seed \(seed)")
                running[ticket] = id
            case .start(let id, let key):
                #expect(starting.updateValue(key, forKey: id) == nil, "seed \(seed)")
            case .freeze(let id):
                #expect(!running.values.contains(id), "seed \(seed)")
                freezing.insert(id)
            case .end(let id, _):
                #expect(!running.values.contains(id), "seed \(seed)")
                #expect(up.remove(id) != nil, "seed \(seed)")
                ending.insert(id)
            case .refuse(let ticket), .fail(let ticket, _), .reroute(let ticket):
                #expect(waiting.removeValue(forKey: ticket) != nil, "seed \(seed)")
            }
        }
    }
}
