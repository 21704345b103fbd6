/// Hands a signed transaction to a gateway, for the orderers. Source: Fabric's `gateway.SubmitRequest`.
package struct SubmitRequest: WireMessage {
    package static let messageName = "gateway.SubmitRequest"

    /// For logs only: what counts stands in the transaction.
    package var transactionID = Bytes()
    package var channelID = Bytes()
    package var preparedTransaction: Envelope?

    package init() {}

    package init(transactionID: Bytes, channelID: Bytes, preparedTransaction: Envelope?) {
        self.transactionID = transactionID
        self.channelID = channelID
        self.preparedTransaction = preparedTransaction
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&transactionID)
        case 2: try field.readUTF8(&channelID)
        case 3: try field.merge(into: &preparedTransaction)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, transactionID)
        writer.write(2, channelID)
        writer.write(3, message: preparedTransaction)
    }
}

/// An orderer took the transaction; whether it commits is another question. Source: Fabric's `gateway.SubmitResponse`.
package struct SubmitResponse: WireMessage {
    package static let messageName = "gateway.SubmitResponse"

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {}

    package func encode(to writer: inout WireWriter) {}
}
