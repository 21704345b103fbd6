internal import Foundation
package import FunctionCore
internal import FunctionTypes
package import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Runs functions in processes of Node.js and Python through our bootstraps.
///
/// Processes live as child tasks of ``run()``; cancelling it ends them all.
package final class ProcessRuntime: FunctionRuntime {
    package struct Configuration: Sendable {
        /// Names the node in the environment of its processes, so that a later run finds what this one left.
        package var nodeName: String
        package var interpreters = Interpreters()
        /// Loading an interpreter and a function's code.
        package var startTimeout: Duration = .seconds(30)
        /// Processes to be started and not yet taken by ``run()``; more are refused.
        package var launchCountMax = 1000
        /// What instances may use besides their runtime.
        package var offers: [any InstanceOffer] = []

        package init(nodeName: String) {
            self.nodeName = nodeName
        }
    }

    private let configuration: Configuration
    private let folder: RuntimeFolder
    private let sandbox: any Sandbox
    private let logger: Logger
    private let launches: AsyncStream<@Sendable () async -> Void>
    private let launcher: AsyncStream<@Sendable () async -> Void>.Continuation

    package init(configuration: Configuration, folder: RuntimeFolder, sandbox: any Sandbox, logger: Logger) {
        self.configuration = configuration
        self.folder = folder
        self.sandbox = sandbox
        self.logger = logger
        (launches, launcher) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(configuration.launchCountMax))
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
        let prefix = configuration.nodeName + "."
        _ = await BlockingWork.run { ProcessTree.end(nil, name: prefix) }
        folder.removeInstanceFolders()
    }

    /// Must be done before the first start.
    private func endOrphans() async {
        let prefix = configuration.nodeName + "."
        let count = await BlockingWork.run {
            let count = ProcessTree.members(of: nil, name: prefix).count
            ProcessTree.end(nil, name: prefix)
            return count
        }
        if count > 0 {
            logger.warning("Ended function processes of an earlier run", metadata: ["processes.count": "\(count)"])
        }
    }

    package func start(
        _ specification: InstanceSpecification, output: @escaping @Sendable (OutputLine) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws(InstanceStartFailure) -> StartedInstance {
        let id = specification.id.rawValue
        let token = Self.makeToken()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let connection = InstanceConnection(token: token, eventLoop: eventLoop, output: output)
        let process: ProcessInstance
        let listener: any Channel
        do throws(FunctionError) {
            listener = try await listen(id, connection, eventLoop)
            var offered: [String: String] = [:]
            let path = folder.folder(of: id)
            for offer in configuration.offers {
                let variables = try await offer.open(for: specification, folder: path, visibleFolder: path)
                offered.merge(variables) { _, new in new }
            }
            let command = try makeCommand(specification, token: token, offered: offered)
            process = ProcessInstance(
                specification, command: command, connection: connection, name: "\(configuration.nodeName).\(id)",
                output: output)
        } catch {
            await close(specification.id)
            folder.removeFolder(of: id)
            throw .platform(error)
        }
        let folder = folder
        // `onEnd` is for instances that were handed out; one that failed to start is told by the error alone.
        let wasStarted = Mutex(false)
        let taken = launcher.yield {
            await process.run { [self] in
                listener.close(promise: nil)
                await close(specification.id)
                folder.removeFolder(of: id)
                if wasStarted.withLock({ $0 }) { onEnd() }
            }
        }
        guard case .enqueued = taken else {
            listener.close(promise: nil)
            await close(specification.id)
            folder.removeFolder(of: id)
            throw .platform(
                FunctionError(
                    .resourceThrottled, "The node is stopping, or starts too many processes at once. Repeat later."))
        }
        do throws(InstanceStartFailure) {
            let measurement = try await process.prepare(timeout: configuration.startTimeout)
            listener.close(promise: nil)
            wasStarted.withLock { $0 = true }
            return StartedInstance(instance: process, measurement: measurement)
        } catch {
            await process.end(isGraceful: false)
            throw error
        }
    }

    /// Binds the instance's own socket; only its first connection is taken.
    private func listen(
        _ id: String, _ connection: InstanceConnection, _ eventLoop: any EventLoop
    ) async throws(FunctionError) -> any Channel {
        do {
            try folder.makeFolder(of: id)
            return try await ServerBootstrap(group: eventLoop)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard connection.accept(channel) else {
                            throw InvalidRuntimeMessage(reason: "it is not the first")
                        }
                        try channel.pipeline.syncOperations.addHandlers(
                            ByteToMessageHandler(RuntimeMessageDecoder()),
                            InstanceMessageHandler(connection: connection))
                    }
                }
                .bind(unixDomainSocketPath: folder.folder(of: id) + "/s").get()
        } catch {
            throw FunctionError(
                .internalServerError, "The socket for instance \(id) cannot be made: \(error).", cause: error)
        }
    }

    private func close(_ id: InstanceID) async {
        for offer in configuration.offers { await offer.close(for: id) }
    }

    private func makeCommand(
        _ specification: InstanceSpecification, token: String, offered: [String: String]
    ) throws(FunctionError)
        -> SandboxCommand
    {
        let function = specification.function
        guard let runtime = RuntimeName(function.configuration.runtime) else {
            throw FunctionError(.functionNotStarted, "Runtime \"\(function.configuration.runtime)\" is not known.")
        }
        let instanceFolder = folder.folder(of: specification.id.rawValue)
        var environment = InstanceEnvironment.variables(of: specification)
        environment.merge(offered) { _, offered in offered }
        environment["DUET_SOCKET"] = instanceFolder + "/s"
        environment["DUET_TOKEN"] = token
        environment["TMPDIR"] = instanceFolder + "/tmp"
        environment["HOME"] = instanceFolder + "/tmp"
        environment[ProcessTree.marker] = "\(configuration.nodeName).\(specification.id)"
        let arguments: [String]
        switch runtime.family {
        case .python:
            // The user's files may lie where nothing can be written.
            arguments = ["-B", folder.bootstrapFolder + "/bootstrap.py"]
        default:
            environment["NODE_PATH"] = folder.bootstrapFolder + "/node_modules"
            arguments = [
                "--max-old-space-size=\(max(64, function.configuration.memoryMegabytes * 3 / 4))",
                folder.bootstrapFolder + "/bootstrap.js",
            ]
        }
        return sandbox.command(
            for: SandboxedProcess(
                executable: try configuration.interpreters.path(for: runtime), arguments: arguments,
                environment: environment, workingFolder: specification.codeFolder,
                readableFolders: [specification.codeFolder, folder.bootstrapFolder], writableFolders: [instanceFolder],
                allowsInternetAccess: function.service.allowsInternetAccess,
                memoryMegabytesMax: function.configuration.memoryMegabytes))
    }

    private static func makeToken() -> String {
        var random = SystemRandomNumberGenerator()
        return String(random.next() as UInt64, radix: 16) + String(random.next() as UInt64, radix: 16)
    }
}
