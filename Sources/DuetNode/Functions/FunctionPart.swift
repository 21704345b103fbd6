internal import Foundation
internal import FunctionCore
internal import FunctionSandbox
internal import FunctionService
internal import FunctionStorage
internal import FunctionTypes
internal import LogCore
internal import LogService
internal import Logging
internal import NodeHTTP
internal import ServiceLifecycle
internal import TriggerService

/// The functions of a node: registry, code, processes, and their APIs.
struct FunctionPart: Sendable {
    let platform: FunctionPlatform
    /// Nil on a node without a network.
    let ledger: FunctionLedger?
    /// Nil on a node without a network.
    let asking: FunctionLedger.Asking?
    /// What became of invocations that belong to a ledger.
    let journal: InvocationJournal
    /// Nil where no spans are exported.
    let spans: SpanExporter?
    /// For parts that keep what belongs to functions.
    let database: FunctionDatabase
    let part: NodePart

    /// Opens `functions/` in the data folder, and tries a sandbox. Blocks for as long as the disk takes.
    ///
    /// - Throws: ``FunctionError`` naming the file, or ``NodeConfigurationError`` for a name of an organisation that no function
    ///   can have.
    static func open(_ base: NodeBase, logs: LogKeeper, network: NetworkPart?) async throws -> FunctionPart {
        let organization: OrganizationName
        do throws(InvalidResourceName) {
            organization = try OrganizationName(validating: base.configuration.organization)
        } catch {
            throw NodeConfigurationError(problems: [error.description])
        }
        let folder = base.folder + "/functions"
        let database = try FunctionDatabase(path: try made(folder) + "/functions.db")
        let identity = try NodeName.load(folder: folder)
        let runtimePath = try RuntimeFolderPath.choose(dataFolder: base.folder)
        let journal = InvocationJournal(
            store: try TraceDatabase(path: folder + "/traces.db"), logger: base.logger)
        let spans = TracePart.exporter(base, node: identity, network: network)
        let ledger = network.map {
            FunctionLedger(base, $0, database: database, logs: logs, journal: journal, spans: spans)
        }
        let confinement = await Confinement.establish(base.configuration.sandbox, hiddenFolder: base.folder)
        let cgroups = CgroupTree.establish(nodeName: identity)
        var runtimeConfiguration = ProcessRuntime.Configuration(
            nodeName: identity, confinement: confinement, cgroups: cgroups)
        if let ledger { runtimeConfiguration.offers = [ledger.sockets] }
        let runtime = ProcessRuntime(
            configuration: runtimeConfiguration,
            folder: try RuntimeFolder(path: runtimePath, slots: folder + "/slots"), logger: base.logger)
        let platform = try FunctionPlatform(
            configuration: FunctionPlatform.Configuration(instancePrefix: NodeName.random(byteCount: 4)),
            stores: FunctionPlatform.Stores(
                registry: database, async: database, usage: database,
                code: try FileCodeStore(folder: folder + "/code")),
            runtime: runtime, logSink: FunctionLogSink(keeper: logs), logResources: FunctionLogResources(keeper: logs),
            eventSources: LedgerEventSources(),
            observer: InvocationObservers([journal] + (spans.map { [InvocationSpans(sink: $0)] } ?? [])),
            logger: base.logger)
        let inForce = [
            "  Functions   sandbox: \(confinement.summary)",
            "              limits: \(cgroups?.summary ?? "by looking at processes now and then (no cgroup can be made)")",
        ]
        if case .bubblewrap = confinement {
        } else {
            base.logger.warning("Functions are not confined", metadata: ["sandbox": "\(confinement.summary)"])
        }
        var ledgerServices: [any Service] = []
        var ledgerGroups: [APIGroup] = []
        let asking = ledger?.serve(platform)
        if let ledger, let asking {
            ledgerServices = [ledger.sockets, asking.checker, asking.caller]
            ledgerGroups = [
                ServiceIdentityAPI(platform: platform, keeper: ledger.identities).group,
                EndorsementCheckAPI(platform: platform, checker: asking.checker).group,
                ContractFunctionCallAPI(platform: platform, caller: asking.caller).group,
            ]
        }
        logs.callFunctions(through: PlatformAlarmFunctions(platform: platform))
        return FunctionPart(
            platform: platform, ledger: ledger, asking: asking, journal: journal, spans: spans,
            database: database,
            part: NodePart(
                // Stopped in reverse: the platform lets invocations end, then the processes go.
                services: (spans.map { [$0] } ?? []) + [ProcessService(runtime: runtime)] + ledgerServices + [platform],
                surfaces: [
                    FunctionSurface(platform: platform, access: base.access, defaultOrganization: organization),
                    LambdaSurface(platform: platform, access: base.access, defaultOrganization: organization),
                ],
                apiGroups: [FunctionAPI(platform: platform).group] + ledgerGroups,
                isCustomDomain: { name in
                    platform.registry.read { $0.domains[CustomDomainName(unchecked: name)] != nil }
                },
                metrics: {
                    await metrics(platform) + (asking.flatMap { ledger?.metrics($0) } ?? []) + TracePart.metrics(spans)
                },
                readiness: { inForce },
                close: { RuntimeFolderPath.release(runtimePath, dataFolder: base.folder) }))
    }

    private static func made(_ folder: String) throws -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: NSNumber(value: 0o700)])
            return folder
        } catch {
            throw NodeConfigurationError(problems: ["\"\(folder)\" cannot be made (\(error.localizedDescription))."])
        }
    }

    private static func metrics(_ platform: FunctionPlatform) async -> [MetricFamily] {
        let functions = platform.registry.read { registry in
            registry.organizations.flatMap { organization in
                registry.services(of: organization).flatMap { service in
                    service.functions.keys.map {
                        FunctionID(organization: organization, service: service.name, function: $0)
                    }
                }
            }
        }
        let instances = functions.map { ($0.description, Double(platform.instanceIDs(of: $0).count)) }
        return [
            MetricFamily(
                name: "duet_function_instances", help: "Instances of functions that are up.", kind: .gauge,
                label: "function", values: Dictionary(instances, uniquingKeysWith: { first, _ in first })),
            MetricFamily(
                name: "duet_function_async_waiting", help: "Asynchronous invocations accepted and not ended.",
                kind: .gauge,
                values: ["": Double(platform.asyncWaitingCount)]),
            MetricFamily(
                name: "duet_function_cold_starts_total", help: "Invocations that had to wait for a new instance.",
                kind: .counter, values: ["": Double(platform.coldStarts.count)]),
            MetricFamily(
                name: "duet_function_cold_start_seconds_total", help: "Where the time of cold starts went.",
                kind: .counter, label: "part",
                values: Dictionary(
                    platform.coldStarts.seconds.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: +)),
        ]
    }
}

/// Keeps processes of functions running until everything that uses them has stopped.
private struct ProcessService: Service {
    let runtime: ProcessRuntime

    func run() async throws {
        await cancelWhenGracefulShutdown { await runtime.run() }
    }
}
