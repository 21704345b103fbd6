/// Asks for a chaincode's answer without a transaction. Source: Fabric's `gateway.EvaluateRequest`.
package struct EvaluateRequest: WireMessage {
    package static let messageName = "gateway.EvaluateRequest"

    /// For logs only: what counts stands in the proposal.
    package var transactionID = Bytes()
    package var channelID = Bytes()
    package var proposedTransaction: SignedProposal?
    /// MSP IDs of the organisations that may be asked; empty for any.
    package var targetOrganizations: [Bytes] = []

    package init() {}

    package init(
        transactionID: Bytes, channelID: Bytes, proposedTransaction: SignedProposal?, targetOrganizations: [Bytes] = []
    ) {
        self.transactionID = transactionID
        self.channelID = channelID
        self.proposedTransaction = proposedTransaction
        self.targetOrganizations = targetOrganizations
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&transactionID)
        case 2: try field.readUTF8(&channelID)
        case 3: try field.merge(into: &proposedTransaction)
        case 4: try field.appendUTF8(to: &targetOrganizations)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, transactionID)
        writer.write(2, channelID)
        writer.write(3, message: proposedTransaction)
        writer.write(4, repeated: targetOrganizations)
    }
}

/// Source: Fabric's `gateway.EvaluateResponse`.
package struct EvaluateResponse: WireMessage {
    package static let messageName = "gateway.EvaluateResponse"

    package var result: Response?

    package init() {}

    package init(result: Response?) {
        self.result = result
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &result) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: result)
    }
}
