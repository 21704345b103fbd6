package import FabricTypes
internal import LedgerCore

/// A proposal read down to the chaincode's arguments, nothing of it judged yet.
///
/// Source: Fabric's `endorser.UnpackProposal`, and the filters that look at a proposal before it.
struct UnpackedProposal: Sendable {
    let channelHeader: ChannelHeader
    let input: ChaincodeInput
    let proposalHash: Digest
    let transaction: ProposedTransaction

    var chaincode: Bytes { transaction.chaincode }
    var channelID: Bytes { channelHeader.channelID }

    /// - Parameter filter: looks at the headers before anything else is read, as Fabric's filters do.
    init(
        _ signed: SignedProposal, filter: (ChannelHeader, SignatureHeader) throws(EndorserError) -> Void
    ) throws(EndorserError) {
        let proposal = try Self.read(Proposal.self, signed.proposalBytes, "failed parsing proposal: ")
        let header = try Self.read(Header.self, proposal.header, "failed parsing header: ")
        let signatureHeader = try Self.read(
            SignatureHeader.self, header.signatureHeader, "failed parsing signature header: ")
        let channelHeader = try Self.read(
            ChannelHeader.self, header.channelHeader, "failed parsing channel header: ")
        try filter(channelHeader, signatureHeader)
        let headerExtension = try Self.read(ChaincodeHeaderExtension.self, channelHeader.extension)
        guard let chaincodeID = headerExtension.chaincodeID else {
            throw EndorserError("ChaincodeHeaderExtension.ChaincodeId is nil")
        }
        guard !chaincodeID.name.isEmpty else {
            throw EndorserError("ChaincodeHeaderExtension.ChaincodeId.Name is empty")
        }
        let payload = try Self.read(ChaincodeProposalPayload.self, proposal.payload)
        guard let spec = try Self.read(ChaincodeInvocationSpec.self, payload.input).chaincodeSpec else {
            throw EndorserError("chaincode invocation spec did not contain chaincode spec")
        }
        guard let input = spec.input else {
            throw EndorserError("chaincode input did not contain any input")
        }
        self.channelHeader = channelHeader
        self.input = input
        proposalHash = header.proposalHash(of: payload)
        transaction = ProposedTransaction(
            channelID: channelHeader.channelID, id: channelHeader.transactionID, chaincode: chaincodeID.name,
            creator: signatureHeader.creator, nonce: signatureHeader.nonce, epoch: channelHeader.epoch,
            timestamp: channelHeader.timestamp, transientMap: payload.transientMap, signedProposal: signed)
    }

    private static func read<Message: WireMessage>(
        _ type: Message.Type, _ bytes: Bytes, _ prefix: String = ""
    ) throws(EndorserError) -> Message {
        do throws(WireError) {
            return try Message(decoding: bytes)
        } catch {
            let name = Message.messageName.split(separator: ".").last ?? ""
            throw EndorserError("\(prefix)error unmarshalling \(name): \(error.stockMessage)")
        }
    }
}

extension WireError {
    /// What Go's protobuf says.
    package var stockMessage: String {
        code == .invalidUTF8
            ? "string field contains invalid UTF-8" : "proto: cannot parse invalid wire-format data"
    }
}
