package import FunctionCore
package import FunctionTypes
package import LogCore
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// The function half of a node: registry, code, synchronous and asynchronous invocation, timers, usage.
///
/// Everything may be called at once from any task. ``run()`` must run; a graceful shutdown lets running invocations end, and what was
/// accepted for later waits on disk for the next start.
package final class FunctionPlatform: Service {
    package struct Configuration: Sendable {
        package var region = "local"
        package var pool = InstancePool.Limits()
        package var asyncRules = AsyncRules()
        /// Asynchronous invocations under way at once.
        package var asyncRunningCountMax = 64
        /// Names this run of the node in the ids of its instances.
        package var instancePrefix: String

        package init(instancePrefix: String) {
            self.instancePrefix = instancePrefix
        }
    }

    /// Where the function half keeps its data.
    package struct Stores: Sendable {
        package var registry: any RegistryStore
        package var async: any AsyncStore
        package var usage: any UsageStore
        package var code: any CodeStore

        package init(
            registry: any RegistryStore, async: any AsyncStore, usage: any UsageStore, code: any CodeStore
        ) {
            self.registry = registry
            self.async = async
            self.usage = usage
            self.code = code
        }
    }

    package let registry: RegistryKeeper
    package let region: String
    /// Events besides HTTP and timers, which another part of the node serves.
    package let eventSources: (any EventSources)?
    let asyncStorage: AsyncStorage
    let queue: AsyncQueue
    let code: any CodeStore
    let codeQueue = BlockingQueue(label: "duet.functions.code")
    let logResources: (any LogResources)?
    private let ledger = Mutex<(any LedgerResources)?>(nil)
    let time: ServiceTime
    private let runtime: any FunctionRuntime
    private let dispatcher: InvocationDispatcher
    private let timers: TimerKeeper
    private let usage: UsageMeter
    private let observer: (any InvocationObserver)?
    private let logger: Logger

    /// Reads the registry, and removes code that nothing needs any more. Blocks.
    ///
    /// - Parameters:
    ///   - logSink: where functions' output goes; nil keeps only the end of each invocation's.
    ///   - logResources: where templates' log projects are made; nil refuses templates that have some.
    ///   - observer: told of every invocation that is over.
    package init(
        configuration: Configuration, stores: Stores, runtime: any FunctionRuntime, logSink: (any LogSink)?,
        logResources: (any LogResources)?, eventSources: (any EventSources)? = nil,
        observer: (any InvocationObserver)? = nil, time: ServiceTime = .system, logger: Logger
    ) throws {
        self.observer = observer
        region = configuration.region
        code = stores.code
        self.runtime = runtime
        self.logResources = logResources
        self.time = time
        self.logger = logger
        self.eventSources = eventSources
        let registry = try RegistryKeeper(store: stores.registry, eventSources: eventSources, time: time)
        self.registry = registry
        try code.removeAll(except: registry.read { $0.codeDigests })
        var settings = InvocationDispatcher.Configuration(instancePrefix: configuration.instancePrefix)
        settings.pool = configuration.pool
        settings.region = configuration.region
        let store = stores.code
        let dispatcher = InvocationDispatcher(
            configuration: settings, runtime: runtime, codeFolder: { store.folder(digest: $0) },
            output: OutputRouter(sink: logSink, time: time), time: time)
        self.dispatcher = dispatcher
        let usage = UsageMeter(store: stores.usage, time: time, logger: logger)
        self.usage = usage
        asyncStorage = AsyncStorage(store: stores.async)
        var queueSettings = AsyncQueue.Configuration()
        queueSettings.rules = configuration.asyncRules
        queueSettings.runningCountMax = configuration.asyncRunningCountMax
        queue = AsyncQueue(
            configuration: queueSettings, storage: asyncStorage, registry: registry, dispatcher: dispatcher, time: time,
            logger: logger
        ) { invocation throws(FunctionError) in
            try await Self.invoke(invocation, registry, dispatcher, usage, observer, time)
        }
        timers = TimerKeeper(registry: registry, storage: asyncStorage, queue: queue, time: time, logger: logger)
        registry.onChange { [timers] registry in
            dispatcher.retire { registry.isCurrent($0) }
            runtime.expect(registry.newestFunctions)
            Self.keepProvisioned(registry, dispatcher)
            timers.registryChanged()
        }
    }

    /// Where templates' contracts are defined; nil refuses templates that have some.
    var ledgerResources: (any LedgerResources)? { ledger.withLock { $0 } }

    /// To be called once, before anything is deployed: a node's ledger is opened after its functions.
    package func defineContracts(through resources: any LedgerResources) {
        ledger.withLock { $0 = resources }
    }

    /// Runs until a graceful shutdown has let everything end, or until cancelled.
    package func run() async throws {
        registry.read { registry in
            runtime.expect(registry.newestFunctions)
            Self.keepProvisioned(registry, dispatcher)
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.dispatcher.run() }
            group.addTask { await self.queue.run() }
            group.addTask { await self.timers.run() }
            group.addTask { await self.usage.run() }
            group.addTask { await self.sweep() }
            // Ends by itself on a graceful shutdown, and when cancelled.
            try? await gracefulShutdown()
            queue.close()
            await dispatcher.close()
            await usage.flush()
            group.cancelAll()
        }
    }

    // Invoking.

    /// Runs a function and waits for its end.
    ///
    /// - Throws: ``FunctionError`` if the platform could not run it; a function that fails is an outcome.
    package func invoke(_ invocation: Invocation) async throws(FunctionError) -> InvocationReport {
        try await Self.invoke(invocation, registry, dispatcher, usage, observer, time)
    }

    private static func invoke(
        _ call: Invocation, _ registry: RegistryKeeper, _ dispatcher: InvocationDispatcher, _ usage: UsageMeter,
        _ observer: (any InvocationObserver)?, _ time: ServiceTime
    ) async throws(FunctionError) -> InvocationReport {
        var invocation = call
        // Each attempt is a span of its own: whatever its function calls belongs below it.
        let parent = call.traceparent.flatMap { TraceParent($0) }
        invocation.traceparent =
            (parent ?? TraceParent(beginning: [call.requestID]))
            .child(["invocation", call.requestID, "\(call.retryCount)"]).description
        let (startedAt, start) = (time.now(), time.uptime())
        var found: ResolvedFunction?
        let result: Result<InvocationReport, FunctionError>
        do throws(FunctionError) {
            let report = try await dispatcher.invoke(invocation) { () throws(FunctionError) in
                let function = try registry.read { registry throws(FunctionError) in
                    try registry.resolve(invocation.target, draw: .random(in: 0..<1))
                }
                found = function
                return function
            }
            usage.add(report, invocation, memoryMegabytes: found?.configuration.memoryMegabytes ?? 0)
            result = .success(report)
        } catch {
            result = .failure(error)
        }
        observer?.ended(
            InvocationEnd(
                invocation: invocation, parent: parent, startedAt: startedAt, elapsed: time.uptime() - start,
                function: found, result: result))
        return try result.get()
    }

    /// Instances of a function that are up.
    package func instanceIDs(of id: FunctionID) -> [InstanceID] {
        dispatcher.instanceIDs(of: id)
    }

    /// Instances of one state of a function that are up.
    package func instanceIDs(of target: FunctionTarget) throws(FunctionError) -> [InstanceID] {
        let key = try registry.read { registry throws(FunctionError) in
            try registry.resolve(target, draw: 0).instanceKey
        }
        return dispatcher.instanceIDs(of: key)
    }

    /// An invocation that runs on an instance now.
    ///
    /// - Parameter requestID: which one; nil where there can be only one.
    package func running(_ requestID: String?, on id: InstanceID) -> Invocation? {
        dispatcher.running(requestID, on: id)
    }

    /// Where the time of cold starts went.
    package var coldStarts: ColdStartMeter { usage.coldStarts }

    /// What functions used, by month.
    package func usage(of organization: OrganizationName?, month: String?) async throws -> [UsageRecord] {
        try await usage.usage(of: organization, month: month)
    }

    // Housekeeping.

    private static func keepProvisioned(_ registry: Registry, _ dispatcher: InvocationDispatcher) {
        for (target, count) in registry.provisionedCounts {
            // A qualifier that names nothing any more has nothing to keep.
            guard let function = try? registry.resolve(target, draw: 1) else { continue }
            dispatcher.keep(count, function)
        }
    }

    /// Forgets finished asynchronous invocations whose time is over.
    private func sweep() async {
        while true {
            do {
                let moment = time.now().adding(milliseconds: -Int64(queue.recordSecondsKept) * 1000)
                try await asyncStorage.read { try $0.removeFinished(before: moment) }
            } catch {
                logger.error("Finished invocations cannot be removed", metadata: ["error": "\(error)"])
            }
            do {
                try await time.sleep(.seconds(3600))
            } catch {
                return
            }
        }
    }
}
