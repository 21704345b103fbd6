internal import Foundation
internal import FunctionCore
internal import FunctionTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// An executable that a function brings, named `bootstrap`: found out by what it does first is which protocol it speaks.
///
/// Whatever the runtime's name, it may ask the Lambda Runtime API for work or speak as our own bootstraps do; under `custom` it may
/// also be a server on Function Compute's port.
final class ExecutableLink: RuntimeLink {
    private enum Beginning: Sendable {
        case bootstrap
        case lambda(FunctionFailure?)
        case server
        case gone
        case timedOut
    }

    private static let serverPortDefault = 9000
    /// Connections to a server that wait for requests beyond those that are in use.
    private static let spareConnectionCount: UInt16 = 2

    private let slot: Slot
    private let specification: InstanceSpecification
    private let isConfined: Bool
    private let api: LambdaRuntimeAPI
    private let connections: ServerConnections
    private let eventLoop: any EventLoop
    private let beginnings: AsyncStream<Beginning>
    private let begin: AsyncStream<Beginning>.Continuation
    private let chosen = Mutex<(any RuntimeLink)?>(nil)
    private let listeners = Mutex<[any Channel]>([])

    init(_ specification: InstanceSpecification, in slot: Slot, isConfined: Bool) {
        self.specification = specification
        self.slot = slot
        self.isConfined = isConfined
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let (beginnings, begin) = AsyncStream<Beginning>.makeStream(bufferingPolicy: .bufferingOldest(1))
        (self.beginnings, self.begin) = (beginnings, begin)
        api = LambdaRuntimeAPI(eventLoop: eventLoop) { begin.yield(.lambda($0)) }
        connections = ServerConnections(eventLoop: eventLoop)
    }

    func load(_ assignment: Assignment, timeout: Duration) async -> LinkReply<FunctionFailure?> {
        let executable = assignment.codeFolder + "/bootstrap"
        guard FileManager.default.isExecutableFile(atPath: specification.codeFolder + "/bootstrap") else {
            return .value(
                FunctionFailure(
                    .unhandledInitialization, errorType: "HandlerNotFound",
                    message:
                        "The code package has no executable file \"bootstrap\". Put it at the top of the package, and make it executable (chmod +x)."
                ))
        }
        let begin = begin
        do {
            try await listen()
        } catch {
            return .closed(reason: "its sockets cannot be made: \(error)")
        }
        guard
            let lambdaPort = await slot.relay.listen(
                port: isConfined ? UInt16(FunctionLimits.lambdaRuntimePort) : 0, socket: "l")
        else {
            return .closed(reason: "its sandbox ended")
        }
        let isServer = specification.function.configuration.runtime.hasPrefix("custom")
        let serverPort =
            isConfined
            ? UInt16(clamping: specification.function.configuration.customRuntimePort ?? Self.serverPortDefault)
            : Self.freePort()
        slot.connection.whenIntroduced { begin.yield($0 ? .bootstrap : .gone) }
        slot.relay.whenServerIsUp { begin.yield($0 ? .server : .gone) }
        if isServer { slot.relay.serve(port: serverPort, socket: "p", spareCount: Self.spareConnectionCount) }
        var environment = slot.environment
        environment.merge(assignment.environment) { _, own in own }
        environment.merge(facts(codeFolder: assignment.codeFolder, lambdaPort: lambdaPort, serverPort: serverPort)) {
            _, platform in platform
        }
        slot.relay.execute(executable, [], environment: environment, folder: assignment.codeFolder)
        let timer = eventLoop.scheduleTask(in: TimeAmount(timeout)) { _ = begin.yield(.timedOut) }
        defer { timer.cancel() }
        for await beginning in beginnings {
            switch beginning {
            case .bootstrap:
                chosen.withLock { $0 = slot.connection }
                return await slot.connection.load(assignment, timeout: timeout)
            case .lambda(let failure):
                chosen.withLock { $0 = LambdaLink(api: api, specification: specification) }
                return .value(failure)
            case .server:
                chosen.withLock { $0 = ServerLink(connections: connections, specification: specification) }
                return .value(nil)
            case .gone: return .closed(reason: "it ended before it asked for work")
            case .timedOut: return .timedOut
            }
        }
        return .closed(reason: "it was given up")
    }

    func initialize(id: String, timeout: Duration) async -> LinkReply<FunctionFailure?> {
        await chosen.withLock({ $0 })?.initialize(id: id, timeout: timeout) ?? .closed(reason: "it is not up")
    }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> LinkReply<LinkAnswer> {
        await chosen.withLock({ $0 })?.invoke(invocation, timeout: timeout) ?? .closed(reason: "it is not up")
    }

    func run(_ hook: LifecycleHook, _ kind: HookKind, id: String, timeout: Duration) async -> LinkReply<Void> {
        await chosen.withLock({ $0 })?.run(hook, kind, id: id, timeout: timeout) ?? .closed(reason: "it is not up")
    }

    func close(reason: String) {
        api.close(reason: reason)
        connections.close(reason: reason)
        begin.yield(.gone)
        for listener in listeners.withLock({ $0 }) { listener.close(promise: nil) }
    }

    private func listen() async throws {
        let (api, connections) = (api, connections)
        let lambda = try await SlotMaker.listen(slot.own.sockets + "/l", eventLoop) { channel in
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: true)
            try channel.pipeline.syncOperations.addHandler(LambdaRuntimeHandler(api: api))
        }
        listeners.withLock { $0.append(lambda) }
        let server = try await SlotMaker.listen(slot.own.sockets + "/p", eventLoop) { channel in
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(ServerResponseHandler(connections: connections))
        }
        listeners.withLock { $0.append(server) }
    }

    /// What runtimes of Lambda and servers of Function Compute read.
    private func facts(codeFolder: String, lambdaPort: UInt16, serverPort: UInt16) -> [String: String] {
        let function = specification.function
        let name = "\(function.id.service)/\(function.id.function)"
        return [
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(lambdaPort)", "_HANDLER": function.configuration.handler,
            "LAMBDA_TASK_ROOT": codeFolder, "LAMBDA_RUNTIME_DIR": codeFolder, "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version.map { "\($0)" } ?? "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "\(function.configuration.memoryMegabytes)",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.service.logging?.project ?? "/duet/\(name)",
            "AWS_LAMBDA_LOG_STREAM_NAME": specification.id.rawValue, "AWS_REGION": specification.region,
            "AWS_DEFAULT_REGION": specification.region, "FC_SERVER_PORT": "\(serverPort)",
        ]
    }

    /// A port that is free now, for servers without a network of their own.
    private static func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Foundation.close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : UInt16(Self.serverPortDefault)
    }
}
