/// Where a line comes from: what leads from a log line to the invocation, the block and the transaction, and back.
///
/// Becomes fields under Function Compute's own names, so that queries written for it keep working; the ledger's names are
/// additions. Unset members become no field.
package struct LogOrigin: Hashable, Sendable {
    package var organization: String
    package var service: String?
    package var function: String?
    /// The version or alias asked for.
    package var qualifier: String?
    /// The version that ran.
    package var version: String?
    package var requestID: String?
    package var instanceID: String?
    package var trigger: String?
    package var channel: String?
    package var blockNumber: UInt64?
    package var transactionID: String?
    package var traceID: String?

    package init(
        organization: String, service: String? = nil, function: String? = nil, qualifier: String? = nil,
        version: String? = nil, requestID: String? = nil, instanceID: String? = nil, trigger: String? = nil,
        channel: String? = nil, blockNumber: UInt64? = nil, transactionID: String? = nil, traceID: String? = nil
    ) {
        self.organization = organization
        self.service = service
        self.function = function
        self.qualifier = qualifier
        self.version = version
        self.requestID = requestID
        self.instanceID = instanceID
        self.trigger = trigger
        self.channel = channel
        self.blockNumber = blockNumber
        self.transactionID = transactionID
        self.traceID = traceID
    }

    /// The fields every line of this origin carries.
    package var fields: [LogField] {
        let named: [(String, String?)] = [
            ("organization", organization), ("serviceName", service), ("functionName", function),
            ("qualifier", qualifier), ("versionId", version), ("requestId", requestID), ("instanceID", instanceID),
            ("trigger", trigger), ("channel", channel), ("blockNumber", blockNumber.map { String($0) }),
            ("txId", transactionID), ("traceId", traceID),
        ]
        return named.compactMap { name, value in value.map { LogField(name, $0) } }
    }

    /// A line as an entry: topic is the service, as Function Compute writes it; the line itself is `message`, untouched.
    ///
    /// - Parameter fields: Further fields, such as `durationMs` of a platform line.
    package func entry(
        at time: LogTime, message: String, level: String? = nil, fields: [LogField] = []
    ) -> LogEntry {
        var all = self.fields
        if let level { all.append(LogField("level", level)) }
        all.append(LogField("message", message))
        return LogEntry(time: time, topic: service ?? "", fields: all + fields)
    }
}
