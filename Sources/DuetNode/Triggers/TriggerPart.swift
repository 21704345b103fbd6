internal import FunctionCore
internal import FunctionService
internal import FunctionStorage
internal import FunctionTypes
internal import LogService
internal import NodeHTTP
internal import TriggerCore
internal import TriggerService

/// The joint of a node's two halves: triggers that read its ledgers and run its functions.
struct TriggerPart: Sendable {
    let keeper: TriggerKeeper
    let part: NodePart

    static func open(
        _ base: NodeBase, functions: FunctionPart, logs: LogKeeper, ledgers: NetworkLedgers,
        answers: any AnswerHandler
    ) -> TriggerPart {
        let platform = functions.platform
        let keeper = TriggerKeeper(
            store: TriggerDatabase(functions.database), directory: ledgers,
            places: DeliveryPlaces(
                functions: PlatformFunctions(platform: platform), answers: answers,
                sinks: HTTPEventSink(time: .system), spans: functions.spans),
            time: .system, logger: base.logger, entries: { platform.registry.read { $0.ledgerTriggers } },
            isKnown: { id in platform.registry.read { $0.hasTrigger(id: id) } })
        let logTriggers = LogTriggerKeeper(
            logs: LogShards(keeper: logs), functions: PlatformFunctions(platform: platform), saver: keeper.saver,
            time: .system, endpoint: "http://localhost", logger: base.logger,
            entries: { platform.registry.read { $0.logTriggers } })
        platform.registry.onChange { _ in
            keeper.registryChanged()
            logTriggers.registryChanged()
        }
        return TriggerPart(
            keeper: keeper,
            part: NodePart(
                services: [keeper, logTriggers],
                apiGroups: [TriggerAPI(keeper: keeper, logTriggers: logTriggers).group],
                metrics: { metrics(keeper.views(of: nil)) + logMetrics(logTriggers.views(of: nil)) }))
    }

    private static func logMetrics(_ views: [LogTriggerView]) -> [MetricFamily] {
        func family(
            _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ value: (LogTriggerStatus) -> Double
        ) -> MetricFamily {
            let values = views.map { ("\($0.entry.target.id)/\($0.entry.name)", value($0.status)) }
            return MetricFamily(
                name: name, help: help, kind: kind, label: "trigger",
                values: Dictionary(values, uniquingKeysWith: { first, _ in first }))
        }
        return [
            family("duet_log_trigger_lag_seconds", "How far a trigger is behind its logstore.", .gauge) {
                $0.lagSeconds
            },
            family("duet_log_trigger_slices_handled_total", "Slices handled since the node started.", .counter) {
                Double($0.handledCount)
            },
            family("duet_log_trigger_deliveries_failed_total", "Deliveries failed since the node started.", .counter) {
                Double($0.failedCount)
            },
        ]
    }

    private static func metrics(_ views: [TriggerView]) -> [MetricFamily] {
        func family(
            _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ value: (TriggerStatus) -> Double?
        ) -> MetricFamily {
            let values = views.compactMap { view in
                value(view.status).map { ("\(view.entry.target.id)/\(view.entry.name)", $0) }
            }
            return MetricFamily(
                name: name, help: help, kind: kind, label: "trigger",
                values: Dictionary(values, uniquingKeysWith: { first, _ in first }))
        }
        let now = TriggerTime.system.now()
        return [
            family("duet_trigger_lag_blocks", "Blocks between a trigger's position and its ledger's end.", .gauge) {
                $0.lagBlocks.map { Double($0) }
            },
            family("duet_trigger_lag_events", "Events that passed a trigger's filter and are not settled.", .gauge) {
                Double($0.waitingCount)
            },
            family("duet_trigger_lag_seconds", "Age of a trigger's first unsettled event.", .gauge) { status in
                status.oldestWaiting.map { max(0, Double(now.milliseconds - $0.milliseconds) / 1000) } ?? 0
            },
            family("duet_trigger_events_handled_total", "Events handled since the node started.", .counter) {
                Double($0.handledCount)
            },
            family("duet_trigger_deliveries_failed_total", "Deliveries that failed since the node started.", .counter) {
                Double($0.failedCount)
            },
            family("duet_trigger_stopped", "Whether a trigger stopped before an event.", .gauge) { status in
                if case .stopped = status.condition { 1 } else { 0 }
            },
        ]
    }
}

extension Registry {
    fileprivate func hasTrigger(id: String) -> Bool {
        organizations.contains { organization in
            services(of: organization).contains { service in
                service.functions.values.contains { $0.triggers.values.contains { $0.stamp.id == id } }
            }
        }
    }

    /// Every trigger on a logstore.
    fileprivate var logTriggers: [LogTriggerEntry] {
        organizations.flatMap { services(of: $0) }.flatMap { service in
            service.functions.values.flatMap { function in
                function.triggers.values.compactMap { record in
                    let configuration = record.configuration
                    guard
                        let trigger = LedgerEventSources.logTrigger(
                            configuration.source, sourceARN: configuration.sourceARN)
                    else { return nil }
                    let id = FunctionID(
                        organization: service.organization, service: service.name, function: function.name)
                    return LogTriggerEntry(
                        id: record.stamp.id, name: record.name,
                        target: FunctionTarget(id, qualifier: configuration.qualifier), trigger: trigger,
                        createdAt: record.stamp.createdAt)
                }
            }
        }
    }

    /// Every trigger on a ledger.
    fileprivate var ledgerTriggers: [TriggerEntry] {
        organizations.flatMap { services(of: $0) }.flatMap { service in
            service.functions.values.flatMap { function in
                function.triggers.values.compactMap { record in
                    guard let trigger = LedgerEventSources.trigger(record.configuration.source) else { return nil }
                    let id = FunctionID(
                        organization: service.organization, service: service.name, function: function.name)
                    return TriggerEntry(
                        id: record.stamp.id, name: record.name,
                        target: FunctionTarget(id, qualifier: record.configuration.qualifier), trigger: trigger)
                }
            }
        }
    }
}
