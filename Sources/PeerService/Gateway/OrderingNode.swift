package import FabricTypes

/// An orderer that a gateway hands transactions to: one of the same process or one behind gRPC.
package protocol OrderingNode: Sendable {
    var mspID: MSPID { get }
    /// `host:port`, as error details name it.
    var endpoint: String { get }

    /// Sends one envelope on a `orderer.AtomicBroadcast/Broadcast` stream and takes the answer.
    ///
    /// - Parameters:
    ///   - envelope: an encoded ``Envelope``.
    ///   - deadline: after which nobody waits any more.
    /// - Returns: a `common.Status`, 200 for an envelope that was taken, and the orderer's words.
    /// - Throws: whatever keeps the orderer from answering; its description is shown to the client.
    func broadcast(
        _ envelope: Bytes, deadline: ContinuousClock.Instant?
    ) async throws -> (status: Int32, info: String)
}
