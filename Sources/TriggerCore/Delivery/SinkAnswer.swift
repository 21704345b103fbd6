/// What a receiver's HTTP status means for the events that were sent to it.
///
/// Source: the CloudEvents webhook profile and Knative's delivery table.
package enum SinkAnswer {
    /// - Parameter retryAfter: seconds, from the header; ignored where the status asks for no repeat.
    package static func result(status: Int, retryAfter: Int?) -> DeliveryPlanner.Result {
        let wait = retryAfter.map { Duration.seconds(min(max($0, 0), 86_400)) }
        switch status {
        case 200..<300:
            return .handled
        case 410:
            return .gone("The receiver answered 410: it wants no events any more.")
        case 404, 408, 409, 429, 500..<600:
            // What the receiver names is waited for; it is not the event's fault.
            guard let wait else { return .failed("The receiver answered \(status).") }
            return .unavailable("The receiver answered \(status).", after: wait)
        case 300..<400:
            return .failed("The receiver answered \(status); redirections are not followed.", isFinal: true)
        default:
            return .failed("The receiver answered \(status).", isFinal: true)
        }
    }
}
