/// A block without contents: what became of each transaction, and which events there were.
///
/// Source: Fabric's `protos.FilteredBlock`.
package struct FilteredBlock: WireMessage {
    package static let messageName = "protos.FilteredBlock"

    package var channelID = Bytes()
    package var number: UInt64 = 0
    package var transactions: [FilteredTransaction] = []

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&channelID)
        case 2: field.read(&number)
        case 4: try field.append(to: &transactions)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, channelID)
        writer.write(2, number)
        writer.write(4, messages: transactions)
    }
}

/// Source: Fabric's `protos.FilteredTransaction`.
package struct FilteredTransaction: WireMessage {
    package static let messageName = "protos.FilteredTransaction"

    package var transactionID = Bytes()
    package var type = HeaderType.message
    /// A ``ValidationCode``; numbers beyond a byte survive.
    package var validationCode: Int32 = 0
    /// Only endorser transactions have this, also if they raised no event.
    package var actions: FilteredTransactionActions?

    package init() {}

    package init(
        transactionID: Bytes, type: HeaderType, validationCode: Int32, actions: FilteredTransactionActions? = nil
    ) {
        self.transactionID = transactionID
        self.type = type
        self.validationCode = validationCode
        self.actions = actions
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&transactionID)
        case 2: field.read(&type.rawValue)
        case 3: field.read(&validationCode)
        case 4: try field.merge(into: &actions)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, transactionID)
        writer.write(2, type.rawValue)
        writer.write(3, validationCode)
        writer.write(4, message: actions)
    }
}

/// Source: Fabric's `protos.FilteredTransactionActions`.
package struct FilteredTransactionActions: WireMessage {
    package static let messageName = "protos.FilteredTransactionActions"

    package var actions: [FilteredChaincodeAction] = []

    package init() {}

    package init(_ actions: [FilteredChaincodeAction]) {
        self.actions = actions
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &actions) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: actions)
    }
}

/// An event without its payload. Source: Fabric's `protos.FilteredChaincodeAction`.
package struct FilteredChaincodeAction: WireMessage {
    package static let messageName = "protos.FilteredChaincodeAction"

    package var event: ChaincodeEvent?

    package init() {}

    package init(event: ChaincodeEvent) {
        self.event = event
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &event) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: event)
    }
}
