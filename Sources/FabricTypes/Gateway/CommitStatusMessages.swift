/// A ``CommitStatusRequest`` as the client signed it. Source: Fabric's `gateway.SignedCommitStatusRequest`.
package struct SignedCommitStatusRequest: WireMessage {
    package static let messageName = "gateway.SignedCommitStatusRequest"

    /// An encoded ``CommitStatusRequest``; the signature covers these bytes.
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

/// Asks what became of a transaction, and waits for it. Source: Fabric's `gateway.CommitStatusRequest`.
package struct CommitStatusRequest: WireMessage {
    package static let messageName = "gateway.CommitStatusRequest"

    package var transactionID = Bytes()
    package var channelID = Bytes()
    /// The client's encoded ``SerializedIdentity``.
    package var identity = Bytes()

    package init() {}

    package init(transactionID: Bytes, channelID: Bytes, identity: Bytes) {
        self.transactionID = transactionID
        self.channelID = channelID
        self.identity = identity
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&transactionID)
        case 2: try field.readUTF8(&channelID)
        case 3: field.read(&identity)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, transactionID)
        writer.write(2, channelID)
        writer.write(3, identity)
    }
}

/// Source: Fabric's `gateway.CommitStatusResponse`.
package struct CommitStatusResponse: WireMessage {
    package static let messageName = "gateway.CommitStatusResponse"

    /// A ``ValidationCode`` as the open enumeration that it is on the wire.
    package var resultNumber: Int32 = 0
    package var blockNumber: BlockNumber = 0

    package init() {}

    package init(_ result: ValidationCode, blockNumber: BlockNumber) {
        self.resultNumber = Int32(result.rawValue)
        self.blockNumber = blockNumber
    }

    /// Nil for a number that no block can hold.
    package var result: ValidationCode? {
        UInt8(exactly: resultNumber).map { ValidationCode(rawValue: $0) }
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&resultNumber)
        case 2: field.read(&blockNumber)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, resultNumber)
        writer.write(2, blockNumber)
    }
}
