internal import FabricTypes
internal import LedgerCore
internal import Logging
internal import Membership

extension Gateway {
    /// Turns a transaction away that can only lose a read conflict: a key it read has been changed by a committed block.
    ///
    /// The orderer never sees such a transaction, and its client knows at once. What cannot be read here is left to others.
    ///
    /// - Parameter payload: what was endorsed, an encoded ``ProposalResponsePayload``.
    /// - Throws: ``GatewayError`` `aborted`, with key and winning transaction in its detail.
    func checkFresh(_ payload: Bytes, of transactionID: Bytes, on channel: PeerChannel) async throws(GatewayError) {
        guard let response = try? ProposalResponsePayload(decoding: payload),
            let action = try? ChaincodeAction(decoding: response.extension),
            let set = try? ReadWriteSet(decoding: action.results)
        else { return }
        let stale: StaleRead?
        do {
            stale = try await channel.read { try StaleRead.first(in: set, ledger: $0) }
        } catch {
            // The committers will judge.
            logger.debug("Reads were not compared with the ledger", metadata: ["error": "\(error)"])
            return
        }
        guard let stale else { return }
        throw GatewayError(
            .aborted,
            StaleTransaction.message(transactionID),
            details: [ErrorDetail(address: endpoint, mspID: peer.mspID, message: stale.description)])
    }
}

/// A signed transaction as far as a gateway looks into it.
struct SubmittedTransaction: Sendable {
    let id: Bytes
    let signedData: SignedData
    /// An encoded ``ProposalResponsePayload``.
    let responsePayload: Bytes

    /// - Returns: nil for what is no endorsed transaction: the orderer judges it.
    init?(_ envelope: Envelope) {
        guard let payload = try? Payload(decoding: envelope.payload), let header = payload.header,
            let channelHeader = try? ChannelHeader(decoding: header.channelHeader),
            channelHeader.type == .endorserTransaction,
            let signatureHeader = try? SignatureHeader(decoding: header.signatureHeader),
            let action = try? Transaction(decoding: payload.data).actions.first,
            let endorsed = try? ChaincodeActionPayload(decoding: action.payload).action
        else { return nil }
        id = channelHeader.transactionID
        signedData = SignedData(
            identity: signatureHeader.creator, message: [envelope.payload], signature: envelope.signature)
        responsePayload = endorsed.proposalResponsePayload
    }
}
