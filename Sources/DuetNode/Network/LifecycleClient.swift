internal import FabricTypes
internal import LedgerCore
internal import Membership
internal import PeerService

/// Calls `_lifecycle` for one organisation's admin.
struct LifecycleClient: Sendable {
    let client: GatewayClient

    var identity: SigningIdentity { client.identity }

    /// - Returns: the payload of the answer; nil where it says that there is no such thing.
    func evaluate(_ function: String, _ argument: some WireMessage) async throws -> Bytes? {
        do {
            return try await client.evaluate(
                LifecycleKeys.namespace, [Bytes(function), argument.encoded()],
                organizations: [identity.mspID])
        } catch let error as GatewayError
            where error.details.contains(where: { $0.message.lossyText.contains("is not defined") })
        {
            // The gateway gives a chaincode's 404 as an error of the peer.
            return nil
        }
    }

    /// Has the call endorsed, ordered and committed.
    ///
    /// - Parameter organizations: who endorses.
    /// - Returns: the transaction's id.
    /// - Throws: ``GatewayError``; ``LifecycleCallError`` where the transaction was not valid.
    func submit(
        _ function: String, _ argument: some WireMessage, endorsedBy organizations: [MSPID]
    ) async throws -> Bytes {
        let commit = try await client.submit(
            LifecycleKeys.namespace, [Bytes(function), argument.encoded()], endorsedBy: organizations)
        guard commit.code == .valid else {
            throw LifecycleCallError(transaction: commit.transactionID, code: commit.code)
        }
        return commit.transactionID
    }

    /// Returns once the gateway's own peer has committed a transaction.
    ///
    /// - Throws: ``GatewayError``; ``LifecycleCallError`` where the transaction is not valid.
    func waitForCommit(of transactionID: Bytes) async throws {
        let status = try await client.status(of: transactionID, deadline: .now + GatewayClient.timeMax)
        guard status.result == .valid else {
            throw LifecycleCallError(transaction: transactionID, code: status.result ?? .invalidOtherReason)
        }
    }
}

/// A lifecycle transaction that did not take effect.
struct LifecycleCallError: Error, CustomStringConvertible {
    let description: String
}

extension LifecycleCallError {
    fileprivate init(transaction id: Bytes, code: ValidationCode) {
        self.init(description: "The lifecycle transaction \(id.lossyText) is not valid: \(code.name).")
    }
}
