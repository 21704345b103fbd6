package import FabricTypes

/// The calls of `gateway.Gateway`, decoded.
///
/// Concurrency: any number at once; limits answer `resourceExhausted`. A call ends when its task is cancelled, and then
/// leaves no waiter behind: the edge cancels it when the client leaves.
package protocol GatewayService: Sendable {
    /// - Parameter deadline: when the client stops waiting; nil for never.
    func evaluate(
        _ request: EvaluateRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> EvaluateResponse

    func endorse(
        _ request: EndorseRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> EndorseResponse

    func submit(
        _ request: SubmitRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> SubmitResponse

    /// Waits until the transaction is in the ledger.
    func commitStatus(
        _ request: SignedCommitStatusRequest, deadline: ContinuousClock.Instant?
    ) async throws(GatewayError) -> CommitStatusResponse

    /// Sends the events of one block after another; ends only by failing.
    ///
    /// - Parameter send: hands one message to the client, waiting while it takes none. An error of it ends the call
    ///   with `canceled`.
    func chaincodeEvents(
        _ request: SignedChaincodeEventsRequest, deadline: ContinuousClock.Instant?,
        send: (ChaincodeEventsResponse) async throws -> Void
    ) async throws(GatewayError)
}
