/// A proposal as the client signed it: the signature covers `proposalBytes`.
///
/// Source: Fabric's `protos.SignedProposal`.
package struct SignedProposal: WireMessage {
    package static let messageName = "protos.SignedProposal"

    /// An encoded ``Proposal``.
    package var proposalBytes = Bytes()
    package var signature = Bytes()

    package init() {}

    package init(proposalBytes: Bytes, signature: Bytes) {
        self.proposalBytes = proposalBytes
        self.signature = signature
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&proposalBytes)
        case 2: field.read(&signature)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, proposalBytes)
        writer.write(2, signature)
    }
}

/// A request to run a chaincode and to sign its effects.
///
/// Source: Fabric's `protos.Proposal`.
package struct Proposal: WireMessage {
    package static let messageName = "protos.Proposal"

    /// An encoded ``Header``.
    package var header = Bytes()
    /// An encoded ``ChaincodeProposalPayload``.
    package var payload = Bytes()
    package var `extension` = Bytes()

    package init() {}

    package init(header: Bytes, payload: Bytes, `extension`: Bytes = Bytes()) {
        self.header = header
        self.payload = payload
        self.extension = `extension`
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&header)
        case 2: field.read(&payload)
        case 3: field.read(&`extension`)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, header)
        writer.write(2, payload)
        writer.write(3, `extension`)
    }
}

/// The chaincode a proposal is for, in the channel header's extension.
///
/// Source: Fabric's `protos.ChaincodeHeaderExtension`.
package struct ChaincodeHeaderExtension: WireMessage {
    package static let messageName = "protos.ChaincodeHeaderExtension"

    /// Absent and empty are different faults.
    package var chaincodeID: ChaincodeID?

    package init() {}

    package init(chaincodeID: ChaincodeID?) {
        self.chaincodeID = chaincodeID
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 2: try field.merge(into: &chaincodeID)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(2, message: chaincodeID)
    }
}
