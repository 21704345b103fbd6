internal import Foundation
package import FunctionCore
internal import FunctionTypes
package import Logging
internal import Synchronization

/// Runs functions in processes: Node.js and Python through our bootstraps, executables through the protocols they speak.
///
/// Slots are started ahead, so that a function that is called finds a runtime waiting for its code. Processes live as child tasks
/// of ``run()``; cancelling it ends them all.
package final class ProcessRuntime: FunctionRuntime {
    package struct Configuration: Sendable {
        /// Names the node in the environment of its processes, so that a later run finds what this one left.
        package var nodeName: String
        package var confinement: Confinement
        /// Where the kernel holds functions to their limits; nil looks at what they hold instead.
        package var cgroups: CgroupTree?
        package var interpreters = Interpreters()
        /// Loading an interpreter and a function's code.
        package var startTimeout: Duration = .seconds(30)
        /// Processes to be started and not yet taken by ``run()``; more are refused.
        package var launchCountMax = 1000
        /// Slots that wait, of each of the shapes used last; 0 starts none ahead.
        package var spareSlotCount = 1
        /// What instances may use besides their runtime.
        package var offers: [any InstanceOffer] = []

        package init(nodeName: String, confinement: Confinement, cgroups: CgroupTree? = nil) {
            self.nodeName = nodeName
            self.confinement = confinement
            self.cgroups = cgroups
        }
    }

    private let configuration: Configuration
    private let folder: RuntimeFolder
    private let logger: Logger
    private let maker: SlotMaker
    private let spares: Mutex<SpareSlots>
    /// What to do when a slot that a function is in has gone, by the slot's name.
    private let endings = Mutex<[String: @Sendable () -> Void]>([:])
    private let launches: AsyncStream<@Sendable () async -> Void>
    private let launcher: AsyncStream<@Sendable () async -> Void>.Continuation

    package init(configuration: Configuration, folder: RuntimeFolder, logger: Logger) {
        self.configuration = configuration
        self.folder = folder
        self.logger = logger
        spares = Mutex(SpareSlots(countMaxPerShape: configuration.spareSlotCount))
        let (launches, launcher) = AsyncStream<@Sendable () async -> Void>.makeStream(
            bufferingPolicy: .bufferingOldest(configuration.launchCountMax))
        (self.launches, self.launcher) = (launches, launcher)
        maker = SlotMaker(configuration: configuration, folder: folder, logger: logger) { work in
            if case .enqueued = launcher.yield(work) { true } else { false }
        }
    }

    /// Ends what an earlier run of this node left behind, then runs processes until cancelled.
    package func run() async {
        await endOrphans()
        await withDiscardingTaskGroup { group in
            for await launch in launches {
                group.addTask { await launch() }
            }
            group.cancelAll()
        }
        let (prefix, cgroups) = (configuration.nodeName + ".", configuration.cgroups)
        _ = await BlockingWork.run {
            cgroups?.remove()
            return ProcessTree.end(nil, name: prefix)
        }
        folder.removeInstanceFolders()
    }

    /// Must be done before the first start.
    private func endOrphans() async {
        let (prefix, cgroups) = (configuration.nodeName + ".", configuration.cgroups)
        let count = await BlockingWork.run {
            let count = ProcessTree.members(of: nil, name: prefix).count
            ProcessTree.end(nil, name: prefix)
            cgroups?.removeStale()
            return count
        }
        if count > 0 {
            logger.warning("Ended function processes of an earlier run", metadata: ["processes.count": "\(count)"])
        }
    }

    // Slots.

    package func expect(_ functions: [ResolvedFunction]) {
        for function in functions.suffix(SpareSlots.shapeCountMax) {
            let specification = InstanceSpecification(
                id: InstanceID(""), function: function, codeFolder: "", region: "")
            // What cannot be started is told to whoever calls it.
            guard let shape = try? makeShape(specification) else { continue }
            want(shape)
        }
    }

    private func makeShape(_ specification: InstanceSpecification) throws(FunctionError) -> SlotShape {
        if case .unavailable(let reason) = configuration.confinement {
            throw FunctionError(.functionNotStarted, "Functions do not run on this node: \(reason).")
        }
        return try SlotShape(
            specification, isNetworkOffered: configuration.confinement.bubblewrap?.networkHelper != nil)
    }

    /// Keeps slots of this shape waiting.
    private func want(_ shape: SlotShape) {
        let (unwanted, count) = spares.withLock { spares in
            let unwanted = spares.want(shape)
            return (unwanted, spares.missingCount(shape))
        }
        for slot in unwanted { end(slot) }
        for _ in 0..<count {
            let taken = launcher.yield { [self] in
                var measurement = ColdStartMeasurement()
                let slot = try? await maker.make(shape, &measurement, onGone: gone)  // the next call tells why not
                let unwanted = spares.withLock { $0.came(slot, shape) }
                if let unwanted { await unwanted.process.end() }
            }
            if case .enqueued = taken { continue }
            _ = spares.withLock { $0.came(nil, shape) }
        }
    }

    private func end(_ slot: Slot) {
        launcher.yield { await slot.process.end() }
    }

    @Sendable private func gone(_ slot: Slot) {
        spares.withLock { $0.forget(slot) }
        let ending = endings.withLock { $0.removeValue(forKey: slot.id) }
        ending?()
    }

    // Instances.

    package func start(
        _ specification: InstanceSpecification, output: @escaping @Sendable (OutputLine) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws(InstanceStartFailure) -> StartedInstance {
        var measurement = ColdStartMeasurement()
        let shape: SlotShape
        let slot: Slot
        do throws(FunctionError) {
            shape = try makeShape(specification)
            if let spare = spares.withLock({ $0.take(shape) }) {
                slot = spare
            } else {
                slot = try await maker.make(shape, &measurement, onGone: gone)
            }
        } catch {
            throw .platform(error)
        }
        slot.output.attach(concurrency: specification.function.configuration.instanceConcurrency, output)
        do throws(InstanceStartFailure) {
            let instance = try await bring(specification, into: slot, &measurement)
            await adopt(slot, specification.id, onEnd)
            // Only now, so that the next slot does not slow this start down.
            want(shape)
            return StartedInstance(instance: instance, measurement: measurement)
        } catch {
            await slot.process.end()
            await close(specification.id)
            want(shape)
            throw error
        }
    }

    /// From a waiting slot to a function that has been initialised.
    private func bring(
        _ specification: InstanceSpecification, into slot: Slot, _ measurement: inout ColdStartMeasurement
    ) async throws(InstanceStartFailure) -> ProcessInstance {
        let clock = ContinuousClock()
        let start = clock.now
        let (own, isConfined) = (slot.own.code, configuration.confinement.bubblewrap != nil)
        // Unconfined code could change what is linked, and so the store; it is loaded from there as it ever could.
        let codeFolder = isConfined ? slot.visible.code : specification.codeFolder
        let failure = await BlockingWork.run { () -> FunctionError? in
            slot.process.hold(
                InstanceLimits(memoryMegabytes: specification.function.configuration.memoryMegabytes))
            guard isConfined else { return nil }
            do {
                try SlotFolder.fill(own, from: specification.codeFolder)
                return nil
            } catch {
                return error as? FunctionError
                    ?? FunctionError(.internalServerError, "The code cannot be put into its sandbox.", cause: error)
            }
        }
        if let failure { throw .platform(failure) }
        var environment = InstanceEnvironment.variables(of: specification, codeFolder: codeFolder)
        for offer in configuration.offers {
            do throws(FunctionError) {
                let offered = try await offer.open(
                    for: specification, folder: slot.own.sockets, visibleFolder: slot.visible.sockets)
                environment.merge(offered) { _, offered in offered }
                // The user inside a sandbox is another; the folders above keep everybody else out.
                SlotMaker.openSockets(in: slot.own.sockets)
            } catch {
                throw .platform(error)
            }
        }
        measurement.sandbox += clock.now - start
        let link: any RuntimeLink =
            slot.shape.program == .executable
            ? ExecutableLink(specification, in: slot, isConfined: isConfined) : slot.connection
        slot.link.withLock { $0 = link }
        let instance = ProcessInstance(specification, process: slot.process, link: link, output: slot.output)
        try await instance.prepare(
            Assignment(specification: specification, codeFolder: codeFolder, environment: environment),
            timeout: configuration.startTimeout, &measurement)
        return instance
    }

    /// From now on the end of the slot is told as that of the instance.
    private func adopt(_ slot: Slot, _ id: InstanceID, _ onEnd: @escaping @Sendable () -> Void) async {
        let offers = configuration.offers
        endings.withLock { endings in
            endings[slot.id] = { [launcher] in
                if !offers.isEmpty {
                    launcher.yield { for offer in offers { await offer.close(for: id) } }
                }
                onEnd()
            }
        }
        // It may have gone before anybody listened.
        if slot.process.isGone {
            await slot.process.end()
            gone(slot)
        }
    }

    private func close(_ id: InstanceID) async {
        for offer in configuration.offers { await offer.close(for: id) }
    }
}
