import Foundation
import FunctionCore
import FunctionTypes
import Logging
import Synchronization
import Testing

@testable import FunctionSandbox

/// A runtime with a folder of its own, and functions written for one test.
///
/// Functions are confined wherever bubblewrap is installed.
final class SandboxWorld: Sendable {
    let folder: URL
    let runtime: ProcessRuntime
    let nodeName: String
    let confinement: Confinement
    private let lines = Mutex<[OutputLine]>([])
    private let endCounts = Mutex(0)

    private init(
        startTimeout: Duration, confinement: Confinement, hasCgroups: Bool, spareSlotCount: Int,
        offers: [any InstanceOffer]
    ) throws {
        nodeName = "test-\(UUID().uuidString.prefix(8))"
        self.confinement = confinement
        folder = URL(filePath: "/tmp/\(nodeName)")
        let runtimeFolder = try RuntimeFolder(path: folder.path() + "/r")
        var configuration = ProcessRuntime.Configuration(
            nodeName: nodeName, confinement: confinement,
            cgroups: hasCgroups ? CgroupTree.establish(nodeName: nodeName) : nil)
        configuration.startTimeout = startTimeout
        configuration.spareSlotCount = spareSlotCount
        configuration.offers = offers
        runtime = ProcessRuntime(
            configuration: configuration, folder: runtimeFolder,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Whether the machine has the program that confines; where it does, a test that is not confined fails.
    static let hasBubblewrap = ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let bubblewrap = Task {
        await Confinement.establish(.bubblewrap, hiddenFolder: "/tmp")
    }

    /// What functions run in here.
    static func confinement() async throws -> Confinement {
        guard hasBubblewrap else { return .none }
        let confinement = await bubblewrap.value
        guard case .bubblewrap = confinement else { throw NotConfined(summary: confinement.summary) }
        return confinement
    }

    struct NotConfined: Error {
        let summary: String
    }

    /// Runs `body` while the runtime runs; ends every process afterwards.
    static func run(
        startTimeout: Duration = .seconds(60), isConfined: Bool = true, hasCgroups: Bool = true,
        network: Bubblewrap.Network? = nil, spareSlotCount: Int = 0, offers: [any InstanceOffer] = [],
        _ body: @escaping @Sendable (SandboxWorld) async throws -> Void
    ) async throws {
        var confinement = isConfined ? try await confinement() : .none
        if let network, case .bubblewrap(var bubblewrap) = confinement {
            bubblewrap.network = network
            confinement = .bubblewrap(bubblewrap)
        }
        let world = try SandboxWorld(
            startTimeout: startTimeout, confinement: confinement,
            hasCgroups: hasCgroups, spareSlotCount: spareSlotCount, offers: offers)
        defer { try? FileManager.default.removeItem(at: world.folder) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await world.runtime.run() }
            do {
                try await body(world)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    var output: [OutputLine] { lines.withLock { $0 } }
    var endCount: Int { endCounts.withLock { $0 } }

    func start(
        _ files: [String: String], runtime: String = "nodejs20", handler: String = "index.handler",
        allowsInternetAccess: Bool = false, copying programs: [String: URL] = [:],
        _ change: (inout FunctionConfiguration) -> Void = { _ in }
    ) async throws -> StartedInstance {
        let code = folder.appending(path: "code-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: code, withIntermediateDirectories: true)
        for (name, text) in files {
            let file = code.appending(path: name).path()
            try Data(text.utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes(
                [.posixPermissions: name == "bootstrap" ? 0o555 : 0o444], ofItemAtPath: file)
        }
        for (name, program) in programs {
            // A text of the same name only stands for it.
            try? FileManager.default.removeItem(at: code.appending(path: name))
            try FileManager.default.copyItem(at: program, to: code.appending(path: name))
        }
        var configuration = FunctionConfiguration(runtime: runtime, handler: handler)
        change(&configuration)
        var service = ServiceConfiguration()
        service.allowsInternetAccess = allowsInternetAccess
        let function = ResolvedFunction(
            id: FunctionID(
                organization: OrganizationName(unchecked: "Org1MSP"), service: ServiceName(unchecked: "shop"),
                function: FunctionName(unchecked: "list")), qualifier: .latest, version: nil,
            service: service, configuration: configuration, revision: 1, instanceCountMax: nil,
            asyncConfiguration: AsyncConfiguration())
        return try await self.runtime.start(
            InstanceSpecification(
                id: InstanceID(String(UUID().uuidString.prefix(8))), function: function, codeFolder: code.path(),
                region: "local"),
            output: { line in self.lines.withLock { $0.append(line) } },
            onEnd: { self.endCounts.withLock { $0 += 1 } })
    }

    func node(_ handler: String, _ change: (inout FunctionConfiguration) -> Void = { _ in }) async throws
        -> any FunctionInstance
    {
        try await start(["index.js": handler], change).instance
    }

    func python(_ code: String, _ change: (inout FunctionConfiguration) -> Void = { _ in }) async throws
        -> any FunctionInstance
    {
        try await start(["index.py": code], runtime: "python3", change).instance
    }

    /// How many processes carry this runtime's name.
    func processCount() -> Int {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int($0) != nil }
        #expect(!names.isEmpty, "this test reads /proc")
        return names.filter { name in
            let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ") ?? Data()
            return environment.split(separator: 0).contains {
                $0.starts(with: Array("DUET_INSTANCE=\(nodeName).".utf8))
            }
        }.count
    }
}

extension SandboxWorld {
    /// How many processes of the machine were started by this command.
    func processCount(of command: String) -> Int {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int($0) != nil }
        return names.filter { name in
            let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            return line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
                == command
        }.count
    }
}

extension FunctionInstance {
    func event(_ text: String, id: String = "r1", timeout: Duration = .seconds(20)) async -> InstanceAnswer {
        await invoke(Self.makeInvocation(.event(Array(text.utf8)), id: id), timeout: timeout)
    }

    func http(
        _ method: String = "GET", _ path: String = "/", query: [NamedValue] = [], headers: [NamedValue] = [],
        body: String = ""
    ) async -> InstanceAnswer {
        let queryText = query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let request = HTTPInvocation(
            method: method, path: path, requestURI: queryText.isEmpty ? path : "\(path)?\(queryText)", query: queryText,
            queryItems: query, headers: headers, clientAddress: "192.0.2.7", host: "localhost:8080",
            body: Array(body.utf8))
        return await invoke(Self.makeInvocation(.http(request), id: "h1"), timeout: .seconds(20))
    }

    private static func makeInvocation(_ payload: InvocationPayload, id: String) -> Invocation {
        Invocation(
            requestID: id,
            target: FunctionTarget(
                FunctionID(
                    organization: OrganizationName(unchecked: "Org1MSP"), service: ServiceName(unchecked: "shop"),
                    function: FunctionName(unchecked: "list"))), payload: payload, origin: .api)
    }
}

extension InstanceAnswer {
    var text: String? {
        switch outcome {
        case .event(let bytes): String(decoding: bytes, as: UTF8.self)
        case .http(let answer): String(decoding: answer.body, as: UTF8.self)
        case .failure: nil
        }
    }

    var failure: FunctionFailure? { outcome.failure }
}
