internal import FunctionTypes

/// What runs, and for whom: everything about one invocation besides its event.
public struct Context: Sendable {
    public let requestID: String
    public let functionName: String
    public let serviceName: String
    /// The organisation whose function it is.
    public let accountID: String
    public let region: String
    /// A version, an alias, or `LATEST`.
    public let qualifier: String
    public let memoryMegabytes: Int
    public let timeoutSeconds: Int
    /// Repeats of an asynchronous invocation so far.
    public let retryCount: Int
    /// W3C trace context of the cause; empty if there is none.
    public let traceparent: String
    /// Writes lines that travel with this invocation.
    public let logger: FunctionLogger
    /// The ledger, under the identity of the function's service.
    public let ledger: Ledger

    init(settings: JSONValue, header: JSONValue, connection: NodeConnection) {
        let (function, service) = (settings["function"], settings["service"])
        requestID = header["id"]?.stringValue ?? ""
        functionName = function?["name"]?.stringValue ?? ""
        serviceName = service?["name"]?.stringValue ?? ""
        accountID = settings["accountId"]?.stringValue ?? ""
        region = settings["region"]?.stringValue ?? ""
        qualifier = service?["qualifier"]?.stringValue ?? ""
        memoryMegabytes = Int(clamping: function?["memory"]?.integerValue ?? 0)
        timeoutSeconds = Int(clamping: function?["timeout"]?.integerValue ?? 0)
        retryCount = Int(clamping: header["retryCount"]?.integerValue ?? 0)
        traceparent = header["traceparent"]?.stringValue ?? ""
        logger = FunctionLogger(requestID: requestID, connection: connection)
        ledger = Ledger(requestID: requestID)
    }
}

/// Writes lines into the logstore of the function's service, each with the id of its request.
public struct FunctionLogger: Sendable {
    let requestID: String
    let connection: NodeConnection

    public func debug(_ text: String) { write("debug", text) }
    public func info(_ text: String) { write("info", text) }
    public func warn(_ text: String) { write("warn", text) }
    public func error(_ text: String) { write("error", text) }

    private func write(_ level: String, _ text: String) {
        connection.send(
            ["type": "log", "id": .string(requestID), "level": .string(level)], body: Array(text.utf8))
    }
}
