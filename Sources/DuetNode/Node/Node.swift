internal import Foundation
internal import LogCore
internal import LogService
internal import LogStorage
package import Logging
package import NodeHTTP
internal import ServiceLifecycle
internal import UnixSignals

/// A running node: its services, started in the order they depend on each other.
package struct Node: Sendable {
    /// What a person or a program needs to use the node.
    package struct Address: Sendable {
        /// With the ports that were chosen.
        package let listening: [ListenerConfiguration.Address]
        package let dataFolder: String
        package let accessKeysPath: String
        /// The first key of the file; its secret stands there.
        package let accessKeyID: String?
    }

    /// Where the node's own log goes, beside standard error.
    static let logProject = "duet-node"
    static let logStore = "node"
    private static let logTTLDays = 7
    /// Time for running requests to finish once the node is told to stop; then they are cancelled.
    private static let drainTimeMax = Duration.seconds(20)

    private let configuration: NodeConfiguration
    private let logger: Logger
    private let store: SQLiteLogStore
    private let logs: LogKeeper
    private let keys: [AccessKey]
    private let accessKeysPath: String

    /// Opens the data folder and reads what is in it. Listens nowhere yet.
    ///
    /// - Parameter logger: The node's own log, for people.
    /// - Throws: ``NodeConfigurationError`` with every problem at once; ``LogStoreError``.
    package static func open(_ configuration: NodeConfiguration, logger: Logger) async throws -> Node {
        let problems = configuration.problems
        guard problems.isEmpty else { throw NodeConfigurationError(problems: problems) }
        let folder = URL(fileURLWithPath: configuration.dataFolder).standardizedFileURL.path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: NSNumber(value: 0o700)])
        } catch {
            throw NodeConfigurationError(problems: [
                "The data folder \"\(folder)\" cannot be made (\(error.localizedDescription)). Check its owner."
            ])
        }
        let accessKeysPath = folder + "/access-keys.json"
        let keys = try AccessKeyFile(path: accessKeysPath).load(organization: configuration.organization)
        let store = try SQLiteLogStore(folder: folder + "/logs")
        let logs = LogKeeper(store: store, logger: logger, now: SQLiteLogStore.systemTime)
        try await logs.start()
        let id = LogstoreID(
            project: try ProjectName(validating: logProject), logstore: try LogstoreName(validating: logStore))
        try await logs.ensureLogstore(
            id, organization: configuration.organization, description: "What the node itself has to say",
            ttlDays: logTTLDays, shardCount: 1)
        return Node(
            configuration: configuration,
            logger: Self.logger(
                logger, also: LogSinkHandler(label: "node", sink: logs, logstore: id, now: SQLiteLogStore.systemTime)),
            store: store, logs: logs, keys: keys, accessKeysPath: accessKeysPath)
    }

    /// Serves until it is told to stop by SIGTERM or SIGINT, then finishes what was begun.
    ///
    /// - Parameter onListening: Called once, when every address is bound.
    package func run(onListening: @escaping @Sendable (Address) async -> Void) async throws {
        let access = AccessControl(
            keys: InMemoryAccessKeys(keys),
            anonymousOrganization: configuration.needsKey ? nil : configuration.organization)
        let now = SQLiteLogStore.systemTime
        let listener = HTTPListener(
            configuration: configuration.listener, hostRule: HostRule(names: configuration.hostNames),
            surfaces: [
                // The log service is told by a header, before any path is looked at.
                SLSSurface(service: logs, access: access, logger: logger, now: now),
                APISurface(access: access, groups: [LogAPI(service: logs, now: now).group]),
                HealthSurface(problems: { [] }),
                MetricsSurface(families: { [logs] in logs.metrics().map(Self.family) }),
            ], logger: logger
        ) { listening in
            await onListening(
                Address(
                    listening: listening, dataFolder: configuration.dataFolder, accessKeysPath: accessKeysPath,
                    accessKeyID: keys.first?.id))
        }
        var services = ServiceGroupConfiguration(
            services: [.init(service: logs), .init(service: listener)], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        services.maximumGracefulShutdownDuration = Self.drainTimeMax
        let group = ServiceGroup(configuration: services)
        defer { logger.info("Node stopped") }
        do {
            try await group.run()
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private static func family(_ metric: LogMetric) -> MetricFamily {
        MetricFamily(
            name: metric.name, help: metric.help, kind: metric.kind == .counter ? .counter : .gauge,
            label: metric.label,
            values: metric.values)
    }

    /// The same log, also kept in a logstore.
    private static func logger(_ logger: Logger, also handler: LogSinkHandler) -> Logger {
        Logger(label: logger.label) { _ in MultiplexLogHandler([logger.handler, handler]) }
    }
}
