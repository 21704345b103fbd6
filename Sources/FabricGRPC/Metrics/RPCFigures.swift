package import LedgerCore

/// What a gRPC server counts, under the names of Fabric's metrics; service, method and code are the label values, with the
/// dots of services written as underscores, as Fabric does.
package struct RPCFigures: Sendable {
    /// Of calls with one request and one answer, or of streams.
    package struct Calls: Sendable {
        /// `…_requests_received`, by service and method.
        package let received = EventCounts()
        /// `…_requests_completed`, by service, method and code.
        package let completed = EventCounts()
        /// `…_request_duration`, likewise.
        package let duration = DurationCounts()
    }

    /// `grpc_server_unary_…`.
    package let unary = Calls()
    /// `grpc_server_stream_…`.
    package let streams = Calls()

    /// Counts a call of a known method from its arrival.
    func begin(_ method: RPCMethod) -> RunningCall {
        let calls: Calls =
            switch method.handler {
            case .unary: unary
            case .stream: streams
            }
        let call = RunningCall(calls: calls, labelValues: [method.service.replacing(".", with: "_"), method.name])
        calls.received.add(1, call.labelValues)
        return call
    }

    struct RunningCall {
        fileprivate let calls: Calls
        fileprivate let labelValues: [String]
        private let start = ContinuousClock.now

        fileprivate init(calls: Calls, labelValues: [String]) {
            self.calls = calls
            self.labelValues = labelValues
        }

        /// - Parameter failure: nil after a success.
        func end(_ failure: RPCFailure.Code?) {
            let labelValues = labelValues + [failure?.name ?? "OK"]
            calls.completed.add(1, labelValues)
            calls.duration.add(.now - start, labelValues)
        }
    }
}

extension RPCFailure.Code {
    /// As Go's gRPC spells it.
    fileprivate var name: String {
        switch self {
        case .cancelled: "Canceled"
        case .unknown: "Unknown"
        case .invalidArgument: "InvalidArgument"
        case .deadlineExceeded: "DeadlineExceeded"
        case .notFound: "NotFound"
        case .alreadyExists: "AlreadyExists"
        case .permissionDenied: "PermissionDenied"
        case .resourceExhausted: "ResourceExhausted"
        case .failedPrecondition: "FailedPrecondition"
        case .aborted: "Aborted"
        case .outOfRange: "OutOfRange"
        case .unimplemented: "Unimplemented"
        case .internalError: "Internal"
        case .unavailable: "Unavailable"
        case .dataLoss: "DataLoss"
        case .unauthenticated: "Unauthenticated"
        }
    }
}
