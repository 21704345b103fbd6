internal import FabricTypes

extension Block {
    /// The events of the block's valid transactions, in their order.
    ///
    /// Events without chaincode, name or transaction id are none. What does not decode has none; a stock peer ends the
    /// stream there. Source: Fabric's `internal/pkg/gateway/event`.
    var chaincodeEvents: [ChaincodeEvent] {
        zip(data.entries, transactionsFilter.codes).flatMap { envelope, code in
            code.isValid ? (try? Self.events(of: envelope)) ?? [] : []
        }
    }

    private static func events(of envelope: Bytes) throws -> [ChaincodeEvent] {
        let payload = try Payload(decoding: try Envelope(decoding: envelope).payload)
        guard let header = payload.header,
            try ChannelHeader(decoding: header.channelHeader).type == .endorserTransaction
        else { return [] }
        return try Transaction(decoding: payload.data).actions.compactMap { action in
            guard let endorsed = try? ChaincodeActionPayload(decoding: action.payload).action,
                let response = try? ProposalResponsePayload(decoding: endorsed.proposalResponsePayload),
                let effects = try? ChaincodeAction(decoding: response.extension),
                let event = try? ChaincodeEvent(decoding: effects.events),
                !event.chaincodeID.isEmpty, !event.eventName.isEmpty, !event.transactionID.isEmpty
            else { return nil }
            return event
        }
    }
}
