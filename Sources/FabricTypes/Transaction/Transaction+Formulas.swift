// The hashes and signed bytes of a transaction. All of them are over bytes as received.
// Source: Fabric's `protoutil` package.

extension SignatureHeader {
    /// The id that a transaction with this header must bear.
    package var transactionID: TransactionID { TransactionID(nonce: nonce, creator: creator) }
}

extension ChaincodeProposalPayload {
    /// The payload as it is hashed and put into transactions: without the transient map, which must not leave the peer.
    package var withoutTransient: ChaincodeProposalPayload { ChaincodeProposalPayload(input: input) }
}

extension Header {
    /// The hash that ties an endorsement to its proposal, as endorsers compute it.
    ///
    /// - Parameter payload: the proposal's payload; its transient map is left out of the hash.
    package func proposalHash(of payload: ChaincodeProposalPayload) -> Digest {
        proposalHash(ofEncoded: payload.withoutTransient.encoded())
    }

    /// The same hash as committers compute it, over the payload just as the transaction holds it: one with a transient
    /// map in it does not fit the proposal any more.
    package func proposalHash(ofEncoded payload: Bytes) -> Digest {
        Digest(of: channelHeader, signatureHeader, payload)
    }
}

extension Endorsement {
    /// The bytes an endorsement signs.
    ///
    /// - Parameters:
    ///   - payload: an encoded ``ProposalResponsePayload``.
    ///   - endorser: the endorser's encoded ``SerializedIdentity``.
    package static func signedBytes(payload: Bytes, endorser: Bytes) -> Bytes {
        Bytes(joining: [payload, endorser])
    }

    package func signedBytes(payload: Bytes) -> Bytes {
        Self.signedBytes(payload: payload, endorser: endorser)
    }
}
