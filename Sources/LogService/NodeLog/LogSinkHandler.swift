package import LogCore
package import Logging

/// Sends the node's own log into a logstore, beside wherever else it goes.
///
/// Level, label, message and metadata become fields; metadata's dotted keys are kept. The log service's own logger must not
/// lead here.
package struct LogSinkHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let label: String
    private let sink: any LogSink
    private let logstore: LogstoreID
    private let now: @Sendable () -> LogTime

    package init(
        label: String, sink: any LogSink, logstore: LogstoreID, logLevel: Logger.Level = .info,
        now: @escaping @Sendable () -> LogTime
    ) {
        self.label = label
        self.sink = sink
        self.logstore = logstore
        self.logLevel = logLevel
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        var fields = [
            LogField("level", event.level.rawValue.uppercased()), LogField("logger", label),
            LogField("message", event.message.description),
        ]
        if let error = event.error { fields.append(LogField("error", "\(error)")) }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) { fields.append(LogField(name, "\(value)")) }
        sink.write([LogEntry(time: now(), topic: "node", source: event.source, fields: fields)], to: logstore)
    }
}
