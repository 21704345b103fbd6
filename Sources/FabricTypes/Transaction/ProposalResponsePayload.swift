/// What endorsers sign: which proposal, and what it did.
///
/// Source: Fabric's `protos.ProposalResponsePayload`.
package struct ProposalResponsePayload: WireMessage {
    package static let messageName = "protos.ProposalResponsePayload"

    package var proposalHash = Bytes()
    /// An encoded ``ChaincodeAction``.
    package var `extension` = Bytes()

    package init() {}

    package init(proposalHash: Bytes, `extension`: Bytes) {
        self.proposalHash = proposalHash
        self.extension = `extension`
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&proposalHash)
        case 2: field.read(&`extension`)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, proposalHash)
        writer.write(2, `extension`)
    }
}

/// The effects of one simulated call. Source: Fabric's `protos.ChaincodeAction`.
package struct ChaincodeAction: WireMessage {
    package static let messageName = "protos.ChaincodeAction"

    /// An encoded read-write set.
    package var results = Bytes()
    /// An encoded ``ChaincodeEvent``; empty without one.
    package var events = Bytes()
    package var response: Response?
    package var chaincodeID: ChaincodeID?

    package init() {}

    package init(results: Bytes, events: Bytes = Bytes(), response: Response?, chaincodeID: ChaincodeID?) {
        self.results = results
        self.events = events
        self.response = response
        self.chaincodeID = chaincodeID
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&results)
        case 2: field.read(&events)
        case 3: try field.merge(into: &response)
        case 4: try field.merge(into: &chaincodeID)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, results)
        writer.write(2, events)
        writer.write(3, message: response)
        writer.write(4, message: chaincodeID)
    }
}

/// The one event a transaction may set; it is delivered if the transaction commits as valid.
///
/// Source: Fabric's `protos.ChaincodeEvent`.
package struct ChaincodeEvent: WireMessage {
    package static let messageName = "protos.ChaincodeEvent"

    /// The chaincode's name; this and the id are filled in by the peer.
    package var chaincodeID = Bytes()
    package var transactionID = Bytes()
    package var eventName = Bytes()
    package var payload = Bytes()

    package init() {}

    package init(chaincodeID: Bytes, transactionID: Bytes, eventName: Bytes, payload: Bytes = Bytes()) {
        self.chaincodeID = chaincodeID
        self.transactionID = transactionID
        self.eventName = eventName
        self.payload = payload
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&chaincodeID)
        case 2: try field.readUTF8(&transactionID)
        case 3: try field.readUTF8(&eventName)
        case 4: field.read(&payload)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, chaincodeID)
        writer.write(2, transactionID)
        writer.write(3, eventName)
        writer.write(4, payload)
    }
}
