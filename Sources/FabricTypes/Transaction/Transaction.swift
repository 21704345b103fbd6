/// A transaction of endorsed actions; Fabric accepts exactly one action.
///
/// Source: Fabric's `protos.Transaction`.
package struct Transaction: WireMessage {
    package static let messageName = "protos.Transaction"

    package var actions: [TransactionAction] = []

    package init() {}

    package init(actions: [TransactionAction]) {
        self.actions = actions
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.append(to: &actions)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: actions)
    }
}

/// One endorsed call. Source: Fabric's `protos.TransactionAction`.
package struct TransactionAction: WireMessage {
    package static let messageName = "protos.TransactionAction"

    /// An encoded ``SignatureHeader``, the proposal's.
    package var header = Bytes()
    /// An encoded ``ChaincodeActionPayload``.
    package var payload = Bytes()

    package init() {}

    package init(header: Bytes, payload: Bytes) {
        self.header = header
        self.payload = payload
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&header)
        case 2: field.read(&payload)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, header)
        writer.write(2, payload)
    }
}

/// The proposal without its secrets, and what was endorsed.
///
/// Source: Fabric's `protos.ChaincodeActionPayload`.
package struct ChaincodeActionPayload: WireMessage {
    package static let messageName = "protos.ChaincodeActionPayload"

    /// An encoded ``ChaincodeProposalPayload`` with nothing but its input.
    package var chaincodeProposalPayload = Bytes()
    package var action: ChaincodeEndorsedAction?

    package init() {}

    package init(chaincodeProposalPayload: Bytes, action: ChaincodeEndorsedAction?) {
        self.chaincodeProposalPayload = chaincodeProposalPayload
        self.action = action
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&chaincodeProposalPayload)
        case 2: try field.merge(into: &action)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, chaincodeProposalPayload)
        writer.write(2, message: action)
    }
}

/// The signed effects with their endorsements, in the order received, which policies may depend on.
///
/// Source: Fabric's `protos.ChaincodeEndorsedAction`.
package struct ChaincodeEndorsedAction: WireMessage {
    package static let messageName = "protos.ChaincodeEndorsedAction"

    /// An encoded ``ProposalResponsePayload``.
    package var proposalResponsePayload = Bytes()
    package var endorsements: [Endorsement] = []

    package init() {}

    package init(proposalResponsePayload: Bytes, endorsements: [Endorsement]) {
        self.proposalResponsePayload = proposalResponsePayload
        self.endorsements = endorsements
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&proposalResponsePayload)
        case 2: try field.append(to: &endorsements)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, proposalResponsePayload)
        writer.write(2, messages: endorsements)
    }
}

/// A committed transaction and what validation said of it. Source: Fabric's `protos.ProcessedTransaction`.
package struct ProcessedTransaction: WireMessage {
    package static let messageName = "protos.ProcessedTransaction"

    package var transactionEnvelope: Envelope?
    /// A ``ValidationCode``'s number.
    package var validationCode: Int32 = 0

    package init() {}

    package init(transactionEnvelope: Envelope?, validationCode: Int32) {
        self.transactionEnvelope = transactionEnvelope
        self.validationCode = validationCode
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.merge(into: &transactionEnvelope)
        case 2: field.read(&validationCode)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: transactionEnvelope)
        writer.write(2, validationCode)
    }
}
