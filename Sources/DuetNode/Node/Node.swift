internal import ConsoleSite
internal import FunctionService
package import FunctionTypes
package import Logging
package import NodeHTTP
internal import ServiceLifecycle
internal import TriggerCore
internal import UnixSignals

/// A running node: its parts, opened in the order they depend on each other, behind one HTTP listener.
package struct Node: Sendable {
    /// What a person or a program needs to use the node.
    package struct Address: Sendable {
        /// With the ports that were chosen.
        package let listening: [ListenerConfiguration.Address]
        package let dataFolder: String
        package let accessKeysPath: String
        /// A key of the default organisation; its secret stands in the file.
        package let accessKeyID: String?
        /// What the parts say of themselves, line by line.
        package let notes: [String]
    }

    /// Time for running requests to finish once the node is told to stop; then they are cancelled.
    private static let drainTimeMax = Duration.seconds(20)

    private let base: NodeBase
    private let parts: [NodePart]

    /// Opens the data folder and everything that is in it. Listens nowhere yet.
    ///
    /// - Parameter logger: The node's own log, for people.
    /// - Throws: ``NodeConfigurationError`` with every problem at once, or the error of the part that cannot be opened.
    package static func open(_ configuration: NodeConfiguration, logger: Logger) async throws -> Node {
        OpenFileLimit.raise(logger)
        var base = try NodeBase.open(configuration, logger: logger)
        var parts: [NodePart] = []
        do {
            if let mirror = configuration.mirror {
                parts.append(try MirrorPart.open(base, mirror).part)
                return Node(base: base, parts: parts)
            }
            let logs = try await LogPart.open(base)
            parts.append(logs.part)
            base.logger = logs.logger
            let network = try configuration.network.map { try NetworkPart.open(base, $0) }
            if let network { parts.append(network.part) }
            let functions = try await FunctionPart.open(base, logs: logs.keeper, network: network)
            parts.append(functions.part)
            if let network { functions.platform.defineContracts(through: network.ledger) }
            let triggers = TriggerPart.open(
                base, functions: functions, logs: logs.keeper,
                ledgers: network?.triggerLedgers ?? NetworkLedgers(network: "", peers: [], orderer: nil),
                answers: functions.ledger.map { $0.answers as any AnswerHandler } ?? NoAnswers())
            parts.append(triggers.part)
            if let network, let asking = functions.asking {
                let sources = TraceSources(
                    network: network.view, journal: functions.journal, checker: asking.checker, caller: asking.caller,
                    triggers: triggers.keeper, logs: logs.keeper)
                parts.append(TracePart.make(base, sources, functions: functions, ledgers: network.triggerLedgers))
            }
            return Node(base: base, parts: parts)
        } catch {
            await close(parts)
            throw error
        }
    }

    /// Serves until it is told to stop by SIGTERM or SIGINT, then finishes what was begun. To be called once.
    ///
    /// - Parameter onListening: Called once, when every address is bound and every part can be used.
    package func run(onListening: @escaping @Sendable (Address) async -> Void) async throws {
        let (base, parts) = (base, parts)
        let surfaces: [any HTTPSurface] =
            parts.flatMap(\.surfaces) + [
                APISurface(access: base.access, groups: apiGroups),
                SiteSurface(
                    files: ConsoleFiles.all.map {
                        SiteSurface.File(path: $0.path, mediaType: $0.mediaType, content: $0.content)
                    }),
                HealthSurface(problems: { await Self.joined(parts) { await $0.problems() } }),
                MetricsSurface(families: { await Self.metrics(of: parts) }),
            ]
        let listening = OneShot<[ListenerConfiguration.Address]>()
        let listener = HTTPListener(
            configuration: base.configuration.listener,
            hostRule: HostRule(
                names: base.configuration.hostNames,
                isCustomDomain: { name in parts.contains { $0.isCustomDomain(name) } }),
            surfaces: surfaces, logger: base.logger
        ) { listening.fulfil($0) }
        let announcement = StartAnnouncement(listening: listening, parts: parts) { listening, notes in
            await onListening(
                Address(
                    listening: listening, dataFolder: base.configuration.dataFolder,
                    accessKeysPath: base.accessKeysPath, accessKeyID: base.firstAccessKeyID, notes: notes))
        }
        var services = ServiceGroupConfiguration(
            services: (parts.flatMap(\.services) + [listener, announcement]).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: base.logger)
        services.maximumGracefulShutdownDuration = Self.drainTimeMax
        let group = ServiceGroup(configuration: services)
        do {
            try await group.run()
        } catch {
            await Self.close(parts)
            throw error
        }
        await Self.close(parts)
        base.logger.info("Node stopped")
    }

    private var apiGroups: [APIGroup] {
        [SessionAPI(access: base.access).group, AccessKeyAPI(keys: base.keys).group] + parts.flatMap(\.apiGroups)
    }

    private static func metrics(of parts: [NodePart]) async -> [MetricFamily] {
        await joined(parts) { await $0.metrics() }
    }

    /// What the node tells of itself to programs, without being run; for the reference pages.
    ///
    /// Closes the node: it cannot be run afterwards.
    package func describe() async -> (api: JSONValue, metrics: [MetricFamily]) {
        let description = (OpenAPIDocument.build(apiGroups), await Self.metrics(of: parts))
        await Self.close(parts)
        return description
    }

    private static func joined<Item>(_ parts: [NodePart], _ items: (NodePart) async -> [Item]) async -> [Item] {
        var all: [Item] = []
        for part in parts { all += await items(part) }
        return all
    }

    private static func close(_ parts: [NodePart]) async {
        for part in parts.reversed() { await part.close() }
    }
}
