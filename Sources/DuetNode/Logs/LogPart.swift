internal import LogCore
internal import LogService
internal import LogStorage
internal import Logging
internal import NodeHTTP

/// The log service of a node: store, keeper, its two APIs, and the node's own log in it.
struct LogPart: Sendable {
    /// Where the node's own log goes, beside standard error.
    static let nodeProject = "duet-node"
    static let nodeLogstore = "node"
    private static let nodeTTLDays = 7

    /// Functions write here, and it calls functions for alarms once ``LogKeeper/callFunctions(through:)`` was told how.
    let keeper: LogKeeper
    let part: NodePart
    /// What parts that start later log with: to where the base's logger leads, and into the log service.
    let logger: Logger

    /// - Throws: ``LogStoreError``, ``LogServiceError``.
    static func open(_ base: NodeBase) async throws -> LogPart {
        let now = SQLiteLogStore.systemTime
        let store = try SQLiteLogStore(folder: base.folder + "/logs")
        do {
            let keeper = LogKeeper(store: store, logger: base.logger, now: now)
            try await keeper.start()
            let id = LogstoreID(
                project: try ProjectName(validating: nodeProject),
                logstore: try LogstoreName(validating: nodeLogstore))
            // A node that another network was founded in keeps its log where it is.
            try await keeper.ensureLogstore(
                id, organization: keeper.owner(of: id.project) ?? base.configuration.organization,
                description: "What the node itself has to say",
                ttlDays: nodeTTLDays, shardCount: 1)
            let handler = LogSinkHandler(label: "node", sink: keeper, logstore: id, now: now)
            return LogPart(
                keeper: keeper,
                part: NodePart(
                    services: [keeper],
                    // The log service is told by a header, before any path is looked at.
                    surfaces: [SLSSurface(service: keeper, access: base.access, logger: base.logger, now: now)],
                    apiGroups: [LogAPI(service: keeper, now: now).group],
                    metrics: { keeper.metrics().map(family) },
                    close: { await store.close() }),
                logger: Logger(label: base.logger.label) { _ in MultiplexLogHandler([base.logger.handler, handler]) })
        } catch {
            await store.close()
            throw error
        }
    }

    private static func family(_ metric: LogMetric) -> MetricFamily {
        MetricFamily(
            name: metric.name, help: metric.help, kind: metric.kind == .counter ? .counter : .gauge,
            label: metric.label, values: metric.values)
    }
}
