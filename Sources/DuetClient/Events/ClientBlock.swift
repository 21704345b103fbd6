public import FabricTypes

/// A committed block as a client receives it.
public struct ClientBlock: Hashable, Sendable {
    public let number: BlockNumber
    /// The encoded `common.Block`, with its validation codes.
    public let encoded: Bytes
    /// In the order of the block.
    public let transactions: [Entry]

    public struct Entry: Hashable, Sendable {
        /// Empty for configuration changes, and for what cannot be read.
        public let transactionID: String
        public let code: ValidationCode
        /// The encoded `common.Envelope`.
        public let envelope: Bytes
    }

    init(decoding bytes: Bytes) throws(WireError) {
        let block = try Block(decoding: bytes)
        number = block.number
        encoded = bytes
        let codes = block.transactionsFilter.codes
        transactions = block.data.entries.enumerated().map { index, envelope in
            Entry(
                transactionID: (try? Self.transactionID(in: envelope)) ?? "",
                code: index < codes.count ? codes[index] : .notValidated, envelope: envelope)
        }
    }

    private static func transactionID(in envelope: Bytes) throws -> String {
        let payload = try Payload(decoding: try Envelope(decoding: envelope).payload)
        return try ChannelHeader(decoding: payload.header?.channelHeader ?? Bytes()).transactionID.lossyText
    }
}

/// A committed block without contents: what became of each transaction, and which events there were.
public struct ClientFilteredBlock: Hashable, Sendable {
    public let number: BlockNumber
    /// In the order of the block.
    public let transactions: [Entry]

    public struct Entry: Hashable, Sendable {
        /// Empty for configuration changes.
        public let transactionID: String
        /// Nil for a number that is no code we know.
        public let code: ValidationCode?
        /// Contracts and names of the events that it raised, without their payloads.
        public let events: [Event]

        public struct Event: Hashable, Sendable {
            public let contract: String
            public let name: String
        }
    }

    init(decoding bytes: Bytes) throws(WireError) {
        let block = try FilteredBlock(decoding: bytes)
        number = block.number
        transactions = block.transactions.map { transaction in
            Entry(
                transactionID: transaction.transactionID.lossyText,
                code: UInt8(exactly: transaction.validationCode).flatMap { ValidationCode(rawValue: $0) },
                events: (transaction.actions?.actions ?? []).compactMap { action in
                    action.event.map { Entry.Event(contract: $0.chaincodeID.lossyText, name: $0.eventName.lossyText) }
                })
        }
    }
}
