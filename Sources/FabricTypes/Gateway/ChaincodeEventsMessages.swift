/// A ``ChaincodeEventsRequest`` as the client signed it. Source: Fabric's `gateway.SignedChaincodeEventsRequest`.
package struct SignedChaincodeEventsRequest: WireMessage {
    package static let messageName = "gateway.SignedChaincodeEventsRequest"

    /// An encoded ``ChaincodeEventsRequest``; the signature covers these bytes.
    package var request = Bytes()
    package var signature = Bytes()

    package init() {}

    package init(request: Bytes, signature: Bytes) {
        self.request = request
        self.signature = signature
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&request)
        case 2: field.read(&signature)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, request)
        writer.write(2, signature)
    }
}

/// Asks for a chaincode's events from some place of the ledger on. Source: Fabric's `gateway.ChaincodeEventsRequest`.
package struct ChaincodeEventsRequest: WireMessage {
    package static let messageName = "gateway.ChaincodeEventsRequest"

    package var channelID = Bytes()
    package var chaincodeID = Bytes()
    /// The client's encoded ``SerializedIdentity``.
    package var identity = Bytes()
    package var startPosition: SeekPosition?
    /// Where a client stopped: events follow this transaction's.
    package var afterTransactionID = Bytes()

    package init() {}

    package init(
        channelID: Bytes, chaincodeID: Bytes, identity: Bytes, startPosition: SeekPosition? = nil,
        afterTransactionID: Bytes = Bytes()
    ) {
        self.channelID = channelID
        self.chaincodeID = chaincodeID
        self.identity = identity
        self.startPosition = startPosition
        self.afterTransactionID = afterTransactionID
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&channelID)
        case 2: try field.readUTF8(&chaincodeID)
        case 3: field.read(&identity)
        case 4: try field.merge(into: &startPosition)
        case 5: try field.readUTF8(&afterTransactionID)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, channelID)
        writer.write(2, chaincodeID)
        writer.write(3, identity)
        writer.write(4, message: startPosition)
        writer.write(5, afterTransactionID)
    }
}

/// The events of one block. Source: Fabric's `gateway.ChaincodeEventsResponse`.
package struct ChaincodeEventsResponse: WireMessage {
    package static let messageName = "gateway.ChaincodeEventsResponse"

    package var events: [ChaincodeEvent] = []
    package var blockNumber: BlockNumber = 0

    package init() {}

    package init(events: [ChaincodeEvent], blockNumber: BlockNumber) {
        self.events = events
        self.blockNumber = blockNumber
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.append(to: &events)
        case 2: field.read(&blockNumber)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: events)
        writer.write(2, blockNumber)
    }
}
