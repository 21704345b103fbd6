internal import FunctionCore
internal import FunctionTypes
internal import LogCore
internal import Synchronization

/// The log of one invocation: every line goes to the function's logstore, the end of it is kept for the caller.
final class InvocationLog: Sendable {
    private let origin: LogOrigin
    private let extraFields: [LogField]
    private let logstore: LogstoreID?
    private let sink: (any LogSink)?
    private let time: ServiceTime
    private let tailBytes = Mutex<[UInt8]>([])

    init(
        _ function: ResolvedFunction, requestID: String, instanceID: InstanceID?, invocation: Invocation?,
        sink: (any LogSink)?,
        time: ServiceTime
    ) {
        var origin = LogOrigin(
            organization: function.id.organization.rawValue, service: function.id.service.rawValue,
            function: function.id.function.rawValue, qualifier: function.qualifier.description,
            version: function.version?.description, requestID: requestID, instanceID: instanceID?.rawValue)
        switch invocation?.origin {
        case .timer(let name), .trigger(let name), .endorsement(let name, _): origin.trigger = name.rawValue
        default: break
        }
        origin.traceID = invocation?.traceparent.flatMap { TraceParent($0) }?.traceID
        self.origin = origin
        extraFields = (invocation?.logFields ?? [:]).sorted { $0.key < $1.key }.map { LogField($0.key, $0.value) }
        logstore = Self.logstore(of: function)
        self.sink = sink
        self.time = time
    }

    /// Writes one or several lines as a function printed them.
    ///
    /// - Parameter fields: Carried by each line besides those of its origin.
    func write(_ text: String, level: String? = nil, fields: [LogField] = []) {
        let now = time.now()
        let logTime = LogTime(nanoseconds: now.milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
        var entries: [LogEntry] = []
        var lines: [UInt8] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            // What went through a logger gets Function Compute's prefix; what was printed stays as it is.
            let message =
                level.map { "\(now.iso8601Milliseconds) \(origin.requestID ?? "") [\($0)] \(line)" } ?? String(line)
            lines += message.utf8
            lines.append(UInt8(ascii: "\n"))
            if logstore != nil {
                entries.append(origin.entry(at: logTime, message: message, level: level, fields: extraFields + fields))
            }
        }
        tailBytes.withLock { tail in
            tail += lines
            if tail.count > 4 * FunctionLimits.logTailByteCountMax {
                tail.removeFirst(tail.count - FunctionLimits.logTailByteCountMax)
            }
        }
        if let logstore { sink?.write(entries, to: logstore) }
    }

    /// Writes an entry with fields of its own besides the origin's: the metrics of an invocation.
    func write(metrics: [LogField]) {
        guard let logstore else { return }
        let now = LogTime(nanoseconds: time.now().milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
        sink?.write(
            [LogEntry(time: now, topic: origin.service ?? "", fields: origin.fields + extraFields + metrics)],
            to: logstore)
    }

    /// The last 4 KiB.
    var tail: [UInt8] {
        tailBytes.withLock { Array($0.suffix(FunctionLimits.logTailByteCountMax)) }
    }

    /// A service may name a project that the log service would not take: its lines go nowhere.
    private static func logstore(of function: ResolvedFunction) -> LogstoreID? {
        guard let logging = function.service.logging, let project = try? ProjectName(validating: logging.project),
            let logstore = try? LogstoreName(validating: logging.logstore)
        else { return nil }
        return LogstoreID(project: project, logstore: logstore)
    }
}
