/// How an alarm calls a function. The function half conforms to it.
package protocol AlarmFunctions: Sendable {
    /// Starts an asynchronous invocation: returns once it is queued durably.
    ///
    /// - Parameter event: A CloudEvent of type `duet.log` as JSON.
    /// - Throws: When the function does not exist or cannot be queued; the message goes into the alarm's history.
    func invoke(
        organization: String, service: String, function: String, qualifier: String?, event: [UInt8]
    ) async throws
}
