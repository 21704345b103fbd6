import Foundation
import FunctionCore
import FunctionService
import FunctionTypes
import LogCore
import Logging
import Synchronization
import Testing

/// A function platform with closures as functions and a clock that the test moves.
final class PlatformWorld: Sendable {
    let time: VirtualTime
    let runtime: MemoryRuntime
    let sink = InMemoryLogSink()
    let platform: FunctionPlatform
    let stores: FunctionPlatform.Stores
    let target: FunctionTarget

    static let organization = OrganizationName(unchecked: "Org1MSP")

    init(
        stores: FunctionPlatform.Stores? = nil, time: VirtualTime = VirtualTime(),
        startFailure: @escaping @Sendable (InstanceSpecification) -> InstanceStartFailure? = { _ in nil },
        limits: InstancePool.Limits = InstancePool.Limits(), observer: (any InvocationObserver)? = nil,
        runtime other: (any FunctionRuntime)? = nil,
        handler: @escaping MemoryRuntime.Handler
    ) throws {
        self.time = time
        runtime = MemoryRuntime(startFailure: startFailure, handler: handler)
        self.stores =
            stores
            ?? FunctionPlatform.Stores(
                registry: MemoryRegistryStore(), async: MemoryAsyncStore(), usage: MemoryUsageStore(),
                code: NoCodeStore())
        var configuration = FunctionPlatform.Configuration(instancePrefix: "i")
        configuration.pool = limits
        platform = try FunctionPlatform(
            configuration: configuration, stores: self.stores, runtime: other ?? runtime, logSink: sink,
            logResources: nil,
            observer: observer, time: time.service, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        target = FunctionTarget(
            FunctionID(
                organization: Self.organization, service: ServiceName(unchecked: "shop"),
                function: FunctionName(unchecked: "list")))
    }

    /// Runs `body` while the platform runs.
    func run(_ body: @escaping @Sendable (PlatformWorld) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.platform.run() }
            try await body(self)
            group.cancelAll()
        }
    }

    func makeFunction(
        requestMetrics: Bool = true, _ change: @escaping @Sendable (inout FunctionConfiguration) -> Void = { _ in }
    ) async throws {
        let target = target
        try await platform.registry.change { registry, occasion in
            var service = ServiceConfiguration()
            service.logging = LogConfiguration(project: "logs", logstore: "functions", requestMetrics: requestMetrics)
            _ = try registry.createService(Self.organization, target.id.service, service, occasion)
            var configuration = FunctionConfiguration(runtime: "nodejs20", handler: "index.handler")
            configuration.code = CodeReference(digest: "d", byteCount: 1, checksum: "7")
            change(&configuration)
            _ = try registry.createFunction(target.id, configuration, occasion)
        }
    }

    func invoke(_ text: String = "", id: String = RequestID.make()) async throws -> InvocationReport {
        try await platform.invoke(
            Invocation(requestID: id, target: target, payload: .event(Array(text.utf8)), origin: .api))
    }

    func enqueue(_ text: String = "", id: String? = nil, isStateful: Bool = true) async throws -> InvocationID {
        try await platform.enqueue(
            target, payload: Array(text.utf8), requestID: RequestID.make(), id: id.map(InvocationID.init(unchecked:)),
            isStateful: isStateful)
    }

    func status(_ id: InvocationID) async throws -> AsyncInvocation.Status {
        try await platform.asyncInvocation(AsyncInvocationKey(function: target.id, id: id)).0.status
    }

    func filter() -> AsyncFilter { AsyncFilter(organization: Self.organization) }
}

/// Functions in memory need no code.
struct NoCodeStore: CodeStore {
    func add(archive: [UInt8]) throws -> CodeReference { CodeReference(digest: "d", byteCount: 1, checksum: "7") }
    func reference(digest: String) -> CodeReference? { nil }
    func folder(digest: String) -> String { "" }
    func archive(digest: String) throws -> [UInt8]? { nil }
    func removeAll(except digests: Set<String>) throws {}
}

func failing(_ message: String = "no") -> InvocationOutcome {
    .failure(FunctionFailure(.unhandled, errorType: "Error", message: message))
}
