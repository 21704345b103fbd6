internal import Logging
internal import NodeHTTP
internal import ServiceLifecycle
internal import TriggerCore
internal import TriggerService

/// The way from a transaction to everything that belongs to it, over all parts of a node that know something of it.
enum TracePart {
    static func make(
        _ base: NodeBase, _ sources: TraceSources, functions: FunctionPart, ledgers: NetworkLedgers
    ) -> NodePart {
        var services: [any Service] = []
        if let spans = functions.spans {
            services.append(CommitSpans(directory: ledgers, sink: spans, time: .system, logger: base.logger))
        }
        let journal = functions.journal
        return NodePart(
            services: services, apiGroups: [TraceAPI(sources: sources).group], metrics: { metrics(journal) })
    }

    /// What sends spans to a collector, where one is configured.
    static func exporter(_ base: NodeBase, node: String, network: NetworkPart?) -> SpanExporter? {
        guard let configuration = base.configuration.tracing else { return nil }
        return SpanExporter(
            resource: .init(
                serviceName: configuration.serviceName, serviceVersion: configuration.serviceVersion, node: node,
                network: network?.view.name),
            collector: HTTPSpanCollector(
                url: configuration.url, encoding: configuration.encoding, headers: configuration.headers),
            time: .system, logger: base.logger)
    }

    private static func metrics(_ journal: InvocationJournal) -> [MetricFamily] {
        let counts = journal.counts
        return [
            counter(
                "duet_trace_records_total", "Invocations and submissions recorded for the traces of transactions.",
                counts.recorded),
            counter(
                "duet_trace_records_dropped_total", "Records that were given up since the disk did not keep up.",
                counts.dropped),
        ]
    }

    /// All zero where no spans are exported.
    static func metrics(_ exporter: SpanExporter?) -> [MetricFamily] {
        let counts = exporter?.counts ?? SpanExporter.Counts()
        return [
            counter("duet_spans_exported_total", "Spans that the collector took.", counts.exported),
            MetricFamily(
                name: "duet_spans_dropped_total",
                help: "Spans that were given up: the queue was full, or the collector did not take them.",
                kind: .counter, label: "reason",
                values: ["overflow": Double(counts.overflowed), "refused": Double(counts.refused)]),
            counter(
                "duet_span_requests_failed_total", "Requests to the collector that failed, repeated ones too.",
                counts.failedRequests),
            MetricFamily(
                name: "duet_spans_waiting", help: "Spans that wait to be sent.", kind: .gauge,
                values: ["": Double(counts.waiting)]),
        ]
    }

    private static func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: .counter, values: ["": Double(value)])
    }
}
