internal import FunctionCore
internal import FunctionTypes
internal import LogCore
internal import Synchronization

/// Leads what instances write to the log of the invocation that wrote it.
final class OutputRouter: Sendable {
    private let logs = Mutex<[String: InvocationLog]>([:])
    private let sink: (any LogSink)?
    private let time: ServiceTime

    init(sink: (any LogSink)?, time: ServiceTime) {
        self.sink = sink
        self.time = time
    }

    func makeLog(
        _ function: ResolvedFunction, requestID: String, instanceID: InstanceID?, invocation: Invocation?
    ) -> InvocationLog {
        InvocationLog(
            function, requestID: requestID, instanceID: instanceID, invocation: invocation, sink: sink, time: time)
    }

    func open(_ log: InvocationLog, requestID: String) {
        logs.withLock { $0[requestID] = log }
    }

    func close(requestID: String) {
        logs.withLock { $0[requestID] = nil }
    }

    func write(_ line: OutputLine, function: ResolvedFunction, instanceID: InstanceID) {
        let requestID = line.requestID ?? ""
        let log =
            logs.withLock { $0[requestID] }
            ?? makeLog(function, requestID: requestID, instanceID: instanceID, invocation: nil)
        log.write(line.text, level: line.level)
    }
}
