package import FabricTypes

/// An endorser transaction for the recorded channel, put together part by part so that a test can spoil any of them.
///
/// Every hook gets the part as it should be and may change it; what encloses the part is made from the changed one, so
/// that hashes and signatures fit unless the test spoils those.
package struct GoldenTransaction {
    package var channelID = "trade"
    package var chaincode = "goods"
    package var version = "1.0"
    package var nonce = Bytes("a nonce of 24 bytes here")
    package var creator: GoldenSigner
    package var endorsers: [GoldenSigner]
    package var results: Bytes

    package var changeChannelHeader: (inout ChannelHeader) -> Void = { _ in }
    package var changeSignatureHeader: (inout SignatureHeader) -> Void = { _ in }
    package var changeHeaderExtension: (inout Bytes) -> Void = { _ in }
    package var changeAction: (inout ChaincodeAction) -> Void = { _ in }
    package var changeResponse: (inout ProposalResponsePayload) -> Void = { _ in }
    package var changeEndorsements: (inout [Endorsement]) -> Void = { _ in }
    package var changeActionPayload: (inout ChaincodeActionPayload) -> Void = { _ in }
    package var changeTransaction: (inout Transaction) -> Void = { _ in }
    package var changePayload: (inout Payload) -> Void = { _ in }
    package var changeEnvelope: (inout Envelope) -> Void = { _ in }

    package init(creator: GoldenSigner, endorsers: [GoldenSigner], writing set: ReadWriteSet) {
        self.creator = creator
        self.endorsers = endorsers
        results = set.encoded()
    }

    /// The encoded envelope.
    package func envelope() throws -> Bytes {
        let (header, channelHeader) = header()
        let proposal = ChaincodeProposalPayload(
            input: ChaincodeInvocationSpec(
                chaincodeSpec: ChaincodeSpec(
                    chaincodeID: ChaincodeID(name: Bytes(chaincode)),
                    input: ChaincodeInput(arguments: [Bytes("put")]))
            ).encoded())
        var action = ChaincodeAction(
            results: results, response: Response(status: 200),
            chaincodeID: ChaincodeID(name: Bytes(chaincode), version: Bytes(version)))
        changeAction(&action)
        var response = ProposalResponsePayload(
            proposalHash: header.proposalHash(of: proposal).bytes, extension: action.encoded())
        changeResponse(&response)
        let responseBytes = response.encoded()
        var endorsements = try endorsers.map {
            Endorsement(endorser: $0.identity, signature: try $0.sign(responseBytes, $0.identity))
        }
        changeEndorsements(&endorsements)
        var actionPayload = ChaincodeActionPayload(
            chaincodeProposalPayload: proposal.encoded(),
            action: ChaincodeEndorsedAction(proposalResponsePayload: responseBytes, endorsements: endorsements))
        changeActionPayload(&actionPayload)
        var transaction = Transaction(
            actions: [TransactionAction(header: header.signatureHeader, payload: actionPayload.encoded())])
        changeTransaction(&transaction)
        var payload = Payload(
            header: Header(channelHeader: channelHeader.encoded(), signatureHeader: header.signatureHeader),
            data: transaction.encoded())
        changePayload(&payload)
        let payloadBytes = payload.encoded()
        var envelope = Envelope(payload: payloadBytes, signature: try creator.sign(payloadBytes))
        changeEnvelope(&envelope)
        return envelope.encoded()
    }

    private func header() -> (Header, ChannelHeader) {
        var signatureHeader = SignatureHeader(creator: creator.identity, nonce: nonce)
        changeSignatureHeader(&signatureHeader)
        var headerExtension = ChaincodeHeaderExtension(chaincodeID: ChaincodeID(name: Bytes(chaincode))).encoded()
        changeHeaderExtension(&headerExtension)
        var channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: Timestamp(seconds: 1_795_219_500), channelID: Bytes(channelID),
            transactionID: Bytes(signatureHeader.transactionID.rawValue), extension: headerExtension)
        changeChannelHeader(&channelHeader)
        let header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        return (header, channelHeader)
    }
}

extension ReadWriteSet {
    /// Blind writes to public keys of one namespace, in the given order.
    package static func writing(_ writes: [(key: String, value: String)], in namespace: String = "goods")
        -> ReadWriteSet
    {
        var set = KVRWSet()
        set.writes = writes.map { KVWrite(key: Bytes($0.key), value: Bytes($0.value)) }
        return ReadWriteSet(namespaces: [NamespaceReadWriteSet(namespace: Bytes(namespace), publicSet: set)])
    }
}
