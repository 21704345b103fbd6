/// An endorser's answer to a proposal.
///
/// `payload` is empty where the peer itself failed; a chaincode's own failure has one. Source: Fabric's
/// `protos.ProposalResponse`.
package struct ProposalResponse: WireMessage {
    package static let messageName = "protos.ProposalResponse"

    package var version: Int32 = 0
    package var timestamp: Timestamp?
    package var response: Response?
    /// An encoded ``ProposalResponsePayload``, the bytes that endorsements sign.
    package var payload = Bytes()
    package var endorsement: Endorsement?
    package var interest: ChaincodeInterest?

    package init() {}

    package init(
        version: Int32 = 0,
        timestamp: Timestamp? = nil,
        response: Response?,
        payload: Bytes = Bytes(),
        endorsement: Endorsement? = nil,
        interest: ChaincodeInterest? = nil
    ) {
        self.version = version
        self.timestamp = timestamp
        self.response = response
        self.payload = payload
        self.endorsement = endorsement
        self.interest = interest
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&version)
        case 2: try field.merge(into: &timestamp)
        case 4: try field.merge(into: &response)
        case 5: field.read(&payload)
        case 6: try field.merge(into: &endorsement)
        case 7: try field.merge(into: &interest)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, version)
        writer.write(2, message: timestamp)
        writer.write(4, message: response)
        writer.write(5, payload)
        writer.write(6, message: endorsement)
        writer.write(7, message: interest)
    }
}

/// What a chaincode answered. Source: Fabric's `protos.Response`.
package struct Response: WireMessage {
    package static let messageName = "protos.Response"

    /// As HTTP's: 200 is success, from 400 on the transaction must not be endorsed.
    package var status: Int32 = 0
    /// UTF-8 text.
    package var message = Bytes()
    package var payload = Bytes()

    package init() {}

    package init(status: Int32, message: Bytes = Bytes(), payload: Bytes = Bytes()) {
        self.status = status
        self.message = message
        self.payload = payload
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&status)
        case 2: try field.readUTF8(&message)
        case 3: field.read(&payload)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, status)
        writer.write(2, message)
        writer.write(3, payload)
    }
}

/// A peer's signature over the response payload followed by its own identity.
///
/// Source: Fabric's `protos.Endorsement`.
package struct Endorsement: WireMessage {
    package static let messageName = "protos.Endorsement"

    /// An encoded ``SerializedIdentity``.
    package var endorser = Bytes()
    package var signature = Bytes()

    package init() {}

    package init(endorser: Bytes, signature: Bytes) {
        self.endorser = endorser
        self.signature = signature
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&endorser)
        case 2: field.read(&signature)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, endorser)
        writer.write(2, signature)
    }
}
