/// Asks a gateway to collect the endorsements that a proposal needs. Source: Fabric's `gateway.EndorseRequest`.
package struct EndorseRequest: WireMessage {
    package static let messageName = "gateway.EndorseRequest"

    /// For logs only: what counts stands in the proposal.
    package var transactionID = Bytes()
    package var channelID = Bytes()
    package var proposedTransaction: SignedProposal?
    /// MSP IDs of the organisations to ask, one peer of each; empty to let the gateway plan.
    package var endorsingOrganizations: [Bytes] = []

    package init() {}

    package init(
        transactionID: Bytes, channelID: Bytes, proposedTransaction: SignedProposal?,
        endorsingOrganizations: [Bytes] = []
    ) {
        self.transactionID = transactionID
        self.channelID = channelID
        self.proposedTransaction = proposedTransaction
        self.endorsingOrganizations = endorsingOrganizations
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&transactionID)
        case 2: try field.readUTF8(&channelID)
        case 3: try field.merge(into: &proposedTransaction)
        case 4: try field.appendUTF8(to: &endorsingOrganizations)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, transactionID)
        writer.write(2, channelID)
        writer.write(3, message: proposedTransaction)
        writer.write(4, repeated: endorsingOrganizations)
    }
}

/// Source: Fabric's `gateway.EndorseResponse`.
package struct EndorseResponse: WireMessage {
    package static let messageName = "gateway.EndorseResponse"

    /// With a payload, for the client to sign.
    package var preparedTransaction: Envelope?

    package init() {}

    package init(preparedTransaction: Envelope?) {
        self.preparedTransaction = preparedTransaction
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &preparedTransaction) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: preparedTransaction)
    }
}
