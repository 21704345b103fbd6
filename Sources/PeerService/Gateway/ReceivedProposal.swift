internal import FabricTypes
internal import Membership

/// A proposal as far as a gateway must understand it.
struct ReceivedProposal: Sendable {
    let signed: SignedProposal
    let header: Header
    let payload: ChaincodeProposalPayload
    let channelID: Bytes
    let transactionID: Bytes
    /// Of the invocation; what runs is the one of the header. Empty where none is named.
    let chaincode: Bytes
    let creator: Bytes

    var hasTransientData: Bool { !payload.transientMap.isEmpty }

    /// The client's claim, to be verified.
    var signedData: SignedData {
        SignedData(identity: creator, message: [signed.proposalBytes], signature: signed.signature)
    }

    /// - Throws: ``ReceivedProposal/Fault`` in Fabric's words.
    init(_ signed: SignedProposal) throws(Fault) {
        self.signed = signed
        let proposal: Proposal = try Self.decode(signed.proposalBytes, "Proposal")
        header = try Self.decode(proposal.header, "Header")
        let channelHeader: ChannelHeader = try Self.decode(header.channelHeader, "ChannelHeader")
        payload = try Self.decode(proposal.payload, "ChaincodeProposalPayload")
        let invocation: ChaincodeInvocationSpec = try Self.decode(payload.input, "ChaincodeInvocationSpec")
        channelID = channelHeader.channelID
        transactionID = channelHeader.transactionID
        chaincode = invocation.chaincodeSpec?.chaincodeID?.name ?? Bytes()
        hasChaincodeSpec = invocation.chaincodeSpec != nil
        hasChaincodeID = invocation.chaincodeSpec?.chaincodeID != nil
        // Who cannot be read is nobody: endorsers say what is wrong.
        creator = (try? SignatureHeader(decoding: header.signatureHeader))?.creator ?? Bytes()
    }

    private let hasChaincodeSpec: Bool
    private let hasChaincodeID: Bool

    /// What Evaluate asks beyond what Endorse does.
    func checkNamesTarget() throws(Fault) {
        guard !channelID.isEmpty else { throw Fault(message: "no channel id provided") }
        let place = "channel id [\(channelID.lossyText)]"
        guard hasChaincodeSpec else { throw Fault(message: "no chaincode spec is provided, \(place)") }
        guard hasChaincodeID else { throw Fault(message: "no chaincode id is provided, \(place)") }
        guard !chaincode.isEmpty else { throw Fault(message: "no chaincode name is provided, \(place)") }
    }

    private static func decode<Message: WireMessage>(_ bytes: Bytes, _ name: String) throws(Fault) -> Message {
        do throws(WireError) {
            return try Message(decoding: bytes)
        } catch {
            throw Fault(message: "error unmarshalling \(name): \(StockText.undecodable)")
        }
    }

    struct Fault: Error {
        let message: String
    }
}

/// What Go's protobuf library says.
enum StockText {
    static let undecodable = "proto: cannot parse invalid wire-format data"
}
