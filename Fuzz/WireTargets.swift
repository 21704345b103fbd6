import FabricTypes
import GoldenLedger

extension FuzzTarget {
    /// Blocks as an orderer or a disk hands them over, and everything inside.
    static let block = FuzzTarget(name: "block", seeds: GoldenFiles.trade.blocks) { bytes in
        guard let block = roundTrip(Block.self, bytes) else { return }
        _ = block.header.hash
        _ = block.transactionsFilter.validCount
        _ = block.isConfigBlock
        _ = try? block.lastConfigIndex()
        _ = try? block.commitHash()
        for entry in block.data.entries { take(envelope: entry) }
        for slot in block.metadata.slots {
            guard let metadata = roundTrip(Metadata.self, slot) else { continue }
            _ = roundTrip(OrdererBlockMetadata.self, metadata.value)
            for signature in metadata.signatures {
                _ = signature.signedBytes(value: metadata.value, header: block.header, allowsIdentifier: true)
            }
        }
        let next = Block(following: block.header, envelopes: block.data.entries)
        precondition(next.data.hash.bytes == next.header.dataHash, "a new block's header names its data")
    }

    /// Envelopes as clients broadcast them.
    static let transaction = FuzzTarget(name: "transaction", seeds: recordedEnvelopes, run: take(envelope:))

    /// Proposals as clients send them, and the responses of other endorsers.
    static let proposal = FuzzTarget(name: "proposal", seeds: recordedProposals) { bytes in
        _ = roundTrip(ProposalResponse.self, bytes)
        guard
            let signed = roundTrip(SignedProposal.self, bytes),
            let proposal = roundTrip(Proposal.self, signed.proposalBytes)
        else { return }
        if let header = roundTrip(Header.self, proposal.header) { take(header) }
        take(proposalPayload: proposal.payload)
    }

    /// Channel configurations and what their values and policies hold.
    static let configuration = FuzzTarget(name: "configuration", seeds: recordedConfigurations) { bytes in
        if let envelope = roundTrip(ConfigEnvelope.self, bytes), let group = envelope.config?.channelGroup {
            take(group)
        }
        if let update = roundTrip(ConfigUpdateEnvelope.self, bytes) {
            _ = roundTrip(ConfigUpdate.self, update.configUpdate)
        }
    }

    /// Read-write sets as transactions carry them.
    static let readWriteSet = FuzzTarget(name: "readwriteset", seeds: recordedReadWriteSets, run: take(readWriteSet:))

    /// Texts that become names.
    static let names = FuzzTarget(
        name: "names", seeds: { ["trade", "Org1MSP", String(repeating: "0a", count: 32)].map { Bytes($0) } }
    ) { bytes in
        let text = bytes.lossyText
        if let channelID = try? ChannelID(validating: text) {
            precondition(channelID.rawValue == text, "a channel id is the text it came from")
        }
        if let transactionID = try? TransactionID(validating: text) {
            precondition(transactionID.rawValue == text, "a transaction id is the text it came from")
        }
        if let decoded = Bytes(hex: text) {
            precondition(decoded.hex == text.lowercased(), "hexadecimal digits are read and written alike")
        }
        precondition(bytes.isUTF8 == (bytes.utf8Text != nil), "text is what is UTF-8")
    }

    @Sendable private static func take(envelope bytes: Bytes) {
        let isCanonical = (try? Envelope.checkCanonical(bytes)) != nil
        guard let envelope = roundTrip(Envelope.self, bytes) else {
            precondition(!isCanonical, "what is canonical decodes")
            return
        }
        // Without unknown fields, canonical is what encodes to the same bytes.
        if envelope.encoded() == bytes, !envelope.payload.isEmpty, !envelope.signature.isEmpty {
            precondition(isCanonical, "an envelope of our own making is canonical")
        }
        guard let payload = roundTrip(Payload.self, envelope.payload) else { return }
        if let header = payload.header { take(header) }
        guard let transaction = roundTrip(Transaction.self, payload.data) else { return }
        for action in transaction.actions {
            _ = roundTrip(SignatureHeader.self, action.header)
            guard let actionPayload = roundTrip(ChaincodeActionPayload.self, action.payload) else { continue }
            take(proposalPayload: actionPayload.chaincodeProposalPayload)
            guard
                let endorsed = actionPayload.action,
                let response = roundTrip(ProposalResponsePayload.self, endorsed.proposalResponsePayload),
                let chaincodeAction = roundTrip(ChaincodeAction.self, response.extension)
            else { continue }
            for endorsement in endorsed.endorsements {
                _ = roundTrip(SerializedIdentity.self, endorsement.endorser)
            }
            _ = roundTrip(ChaincodeEvent.self, chaincodeAction.events)
            take(readWriteSet: chaincodeAction.results)
        }
    }

    @Sendable private static func take(_ header: Header) {
        if let channelHeader = roundTrip(ChannelHeader.self, header.channelHeader) {
            _ = roundTrip(ChaincodeHeaderExtension.self, channelHeader.extension)
        }
        if let signatureHeader = roundTrip(SignatureHeader.self, header.signatureHeader) {
            _ = signatureHeader.transactionID.rawValue
            _ = roundTrip(SerializedIdentity.self, signatureHeader.creator)
        }
    }

    @Sendable private static func take(proposalPayload bytes: Bytes) {
        guard let payload = roundTrip(ChaincodeProposalPayload.self, bytes) else { return }
        precondition(payload.withoutTransient.transientMap.isEmpty, "secrets stay with the endorser")
        _ = roundTrip(ChaincodeInvocationSpec.self, payload.input)
    }

    @Sendable private static func take(readWriteSet bytes: Bytes) {
        guard let set = roundTrip(TxReadWriteSet.self, bytes) else { return }
        for namespace in set.namespaces {
            _ = roundTrip(KVRWSet.self, namespace.readWriteSet)
            for collection in namespace.collections {
                _ = roundTrip(HashedRWSet.self, collection.hashedReadWriteSet)
            }
        }
    }

    @Sendable private static func take(_ group: ConfigGroup) {
        for value in group.values.values {
            _ = roundTrip(MSPConfig.self, value.value).map { roundTrip(FabricMSPConfig.self, $0.config) }
            _ = roundTrip(Capabilities.self, value.value)
            _ = roundTrip(ConsensusType.self, value.value).map { roundTrip(RaftConfigMetadata.self, $0.metadata) }
            _ = roundTrip(ACLs.self, value.value)
        }
        for policy in group.policies.values {
            guard let policy = policy.policy else { continue }
            _ = roundTrip(SignaturePolicyEnvelope.self, policy.value)
            _ = roundTrip(ImplicitMetaPolicy.self, policy.value)
        }
        for inner in group.groups.values { take(inner) }
    }
}
