internal import Foundation
internal import FunctionCore
internal import FunctionTypes
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Starts slots: the folders, the sockets, the sandbox, its network, and the runtime in it.
final class SlotMaker: Sendable {
    private let nodeName: String
    private let interpreters: Interpreters
    private let startTimeout: Duration
    private let folder: RuntimeFolder
    private let confinement: Confinement
    private let cgroups: CgroupTree?
    /// Names slots and, when the node is root, decides their users.
    private let number = Atomic<UInt32>(0)
    private let wasNetworkMissed = Atomic<Bool>(false)
    private let logger: Logger
    /// Runs a process for as long as it lives; false if no more can be.
    private let launch: @Sendable (@escaping @Sendable () async -> Void) -> Bool

    init(
        configuration: ProcessRuntime.Configuration, folder: RuntimeFolder, logger: Logger,
        launch: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Bool
    ) {
        nodeName = configuration.nodeName
        interpreters = configuration.interpreters
        startTimeout = configuration.startTimeout
        confinement = configuration.confinement
        cgroups = configuration.cgroups
        self.folder = folder
        self.logger = logger
        self.launch = launch
    }

    /// Starts a slot; returns when its runtime waits for code.
    ///
    /// - Parameters:
    ///   - onGone: called once when everything of the slot is gone, if this returned it.
    ///   - measurement: gets what each part took.
    func make(
        _ shape: SlotShape, _ measurement: inout ColdStartMeasurement, onGone: @escaping @Sendable (Slot) -> Void
    ) async throws(FunctionError) -> Slot {
        let clock = ContinuousClock()
        let start = clock.now
        let slotNumber = number.wrappingAdd(1, ordering: .relaxed).newValue
        let id = String(slotNumber, radix: 36)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let relay = RelayConnection()
        let output = InstanceOutput()
        let token = Self.makeToken()
        let connection = InstanceConnection(token: token, eventLoop: eventLoop, output: output)
        let program = try self.program(of: shape)
        let listeners: [any Channel]
        do {
            try folder.makeFolders(of: id)
            listeners = [
                try await Self.listen(folder.folder(of: id) + "/c", eventLoop) { channel in
                    guard relay.accept(channel) else { throw InvalidRuntimeMessage(reason: "it is not the first") }
                    try channel.pipeline.syncOperations.addHandler(RelayMessageHandler(connection: relay))
                },
                try await Self.listen(folder.folder(of: id) + "/s", eventLoop) { channel in
                    guard connection.accept(channel) else { throw InvalidRuntimeMessage(reason: "it is not the first") }
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(RuntimeMessageDecoder()), InstanceMessageHandler(connection: connection))
                },
            ]
        } catch {
            folder.removeFolders(of: id)
            throw FunctionError(
                .internalServerError, "The sockets of an instance cannot be made: \(error).", cause: error)
        }
        let slot = assemble(id, slotNumber, shape, program, relay, connection, output, token: token)
        let isHandedOut = Mutex(false)
        let folder = folder
        let isLaunched = launch {
            await slot.process.run { reason in
                slot.close(reason: reason)
                for listener in listeners { listener.close(promise: nil) }
                folder.removeFolders(of: id)
                if isHandedOut.withLock({ $0 }) { onGone(slot) }
            }
        }
        guard isLaunched else {
            for listener in listeners { listener.close(promise: nil) }
            folder.removeFolders(of: id)
            throw FunctionError(
                .resourceThrottled, "The node is stopping, or starts too many processes at once. Repeat later.")
        }
        do throws(FunctionError) {
            try await bringUp(slot, program, eventLoop, start: start, &measurement)
            isHandedOut.withLock { $0 = true }
            return slot
        } catch {
            await slot.process.end()
            throw error
        }
    }

    /// From the start of the process to a runtime that waits for code.
    private func bringUp(
        _ slot: Slot, _ program: (executable: String, arguments: [String])?, _ eventLoop: any EventLoop,
        start: ContinuousClock.Instant, _ measurement: inout ColdStartMeasurement
    ) async throws(FunctionError) {
        let clock = ContinuousClock()
        let timer = eventLoop.scheduleTask(in: TimeAmount(startTimeout)) {
            slot.close(reason: "it did not answer in time")
        }
        defer { timer.cancel() }
        guard await slot.relay.waitForHello(), let processID = await slot.relay.processID() else {
            throw FunctionError(
                .functionNotStarted,
                "A sandbox cannot be started: its first process ended or did not answer. See the node's log and \"duet doctor\"."
            )
        }
        slot.process.set(firstProcessID: processID)
        if let network = slot.network {
            guard launch({ await network.run(into: processID) }) else {
                throw FunctionError(.resourceThrottled, "The node is stopping. Repeat later.")
            }
        }
        let sandboxed = clock.now
        measurement.sandbox += sandboxed - start
        if let program {
            slot.relay.execute(
                program.executable, program.arguments,
                environment: slot.environment.merging(slot.shape.environment) { platform, _ in platform },
                folder: slot.visible.code)
            switch await slot.connection.waitForHello(timeout: startTimeout) {
            case .message: break
            case .timedOut, .closed:
                throw FunctionError(
                    .functionNotStarted,
                    "\(program.executable) was started in a sandbox, and ended or did not answer. Try it by hand.")
            }
        }
        let running = clock.now
        measurement.runtimeStart += running - sandboxed
        if let network = slot.network, await !network.waitUntilReady() {
            // As where there is no helper: most functions ask for the network, and few need it.
            if !wasNetworkMissed.exchange(true, ordering: .relaxed) {
                logger.warning(
                    "A sandbox got no network, though one did when the node started",
                    metadata: ["sandbox": "\(confinement.summary)"])
            }
        }
        measurement.sandbox += clock.now - running
    }

    private func assemble(
        _ id: String, _ number: UInt32, _ shape: SlotShape, _ program: (executable: String, arguments: [String])?,
        _ relay: RelayConnection, _ connection: InstanceConnection, _ output: InstanceOutput, token: String
    ) -> Slot {
        let marker = [ProcessTree.marker: "\(nodeName).\(id)"]
        let own = Slot.Folders(
            code: folder.codeFolder(of: id), sockets: folder.folder(of: id), bootstraps: folder.bootstrapFolder,
            temporary: folder.folder(of: id) + "/tmp")
        var visible = own
        var command: (executable: String, arguments: [String])
        var network: SandboxNetwork?
        if let bubblewrap = confinement.bubblewrap {
            visible = Slot.Folders(
                code: Bubblewrap.Place.code, sockets: Bubblewrap.Place.sockets,
                bootstraps: Bubblewrap.Place.bootstraps, temporary: Bubblewrap.Place.temporary)
            // Root's own users are bound by no count of processes unless a group counts; others by this one.
            command = bubblewrap.command(
                Bubblewrap.Folders(code: own.code, sockets: own.sockets, bootstraps: own.bootstraps), number: number,
                programs: program.map { [$0.executable] } ?? [],
                relayArguments: ["-p", "\(InstanceLimits.threadCountMax)"])
            if shape.hasNetwork, let helper = bubblewrap.networkHelper {
                network = SandboxNetwork(helper: helper, user: bubblewrap.user, marker: marker)
            }
        } else {
            command = (Bubblewrap.relayPath() ?? "duet-relay", [own.sockets])
            // Nothing else would make it; what is in it goes with the folder.
            mkdir(own.temporary, 0o700)
        }
        let cgroup = cgroups?.makeGroup(id)
        if let cgroup { command = cgroup.entered(by: command.executable, command.arguments) }
        var environment = marker
        environment["PATH"] = InstanceEnvironment.searchPath
        environment["LANG"] = "C.UTF-8"
        environment["HOME"] = visible.temporary
        environment["TMPDIR"] = visible.temporary
        environment["NODE_PATH"] = visible.bootstraps + "/node_modules"
        environment["DUET_SOCKET"] = visible.sockets + "/s"
        environment["DUET_TOKEN"] = token
        let process = SandboxProcess(
            command: SandboxCommand(
                executable: command.executable, arguments: command.arguments,
                environment: marker.merging(["PATH": InstanceEnvironment.searchPath]) { own, _ in own }),
            name: "\(nodeName).\(id)", cgroup: cgroup, output: output)
        return Slot(
            id: id, shape: shape, process: process, relay: relay, connection: connection, output: output,
            network: network, own: own, visible: visible, environment: environment)
    }

    /// The runtime that a slot of this shape starts; nil for executables, which come with their functions.
    private func program(of shape: SlotShape) throws(FunctionError) -> (executable: String, arguments: [String])? {
        let bootstraps = confinement.bubblewrap == nil ? folder.bootstrapFolder : Bubblewrap.Place.bootstraps
        switch shape.program {
        case .node(let heapMegabytes):
            return (
                try interpreters.nodePath(), ["--max-old-space-size=\(heapMegabytes)", bootstraps + "/bootstrap.js"]
            )
        case .python:
            // The user's files may lie where nothing can be written.
            return (try interpreters.pythonPath(), ["-B", bootstraps + "/bootstrap.py"])
        case .executable:
            return nil
        }
    }

    /// Binds a socket in an instance's folder, for as many connections as ``InstanceBounds`` admits.
    static func listen(
        _ path: String, _ eventLoop: any EventLoop, _ initialize: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> any Channel {
        let bounds = InstanceBounds()
        let listener = try await ServerBootstrap(group: eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try bounds.admit(channel)
                    try initialize(channel)
                }
            }
            .bind(unixDomainSocketPath: path).get()
        // The user inside a sandbox is another; the folders above keep everybody else out.
        chmod(path, 0o666)
        return listener
    }

    /// Lets the user inside connect to every socket of an instance's folder.
    static func openSockets(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { continue }
            chmod("\(folder)/\(name)", 0o666)
        }
    }

    private static func makeToken() -> String {
        var random = SystemRandomNumberGenerator()
        return String(random.next() as UInt64, radix: 16) + String(random.next() as UInt64, radix: 16)
    }
}
