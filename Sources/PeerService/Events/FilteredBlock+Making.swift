package import FabricTypes

extension FilteredBlock {
    /// What a filtered stream tells of a committed block.
    ///
    /// An entry that is no envelope, or has no header, is left out, as Fabric's peers do.
    ///
    /// - Throws: ``FabricTypes/WireError`` where an entry cannot be read further in. The stream then tells of the block no
    ///   more than that. Source: Fabric's `peer.toFilteredBlock`.
    package init(_ block: Block) throws(WireError) {
        self.init()
        number = block.number
        let codes = block.transactionsFilter.codes
        for (index, entry) in block.data.entries.enumerated() {
            guard let envelope = try? Envelope(decoding: entry) else { continue }
            let payload = try Payload(decoding: envelope.payload)
            guard let header = payload.header else { continue }
            let channelHeader = try ChannelHeader(decoding: header.channelHeader)
            channelID = channelHeader.channelID
            let code = codes.indices.contains(index) ? codes[index] : .notValidated
            transactions.append(
                FilteredTransaction(
                    transactionID: channelHeader.transactionID, type: channelHeader.type,
                    validationCode: Int32(code.rawValue),
                    actions: channelHeader.type == .endorserTransaction ? try Self.actions(in: payload.data) : nil))
        }
    }

    private static func actions(in data: Bytes) throws(WireError) -> FilteredTransactionActions {
        var filtered = FilteredTransactionActions()
        for action in try Transaction(decoding: data).actions {
            guard let endorsed = try ChaincodeActionPayload(decoding: action.payload).action else { continue }
            let response = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
            let events = try ChaincodeAction(decoding: response.extension).events
            let event = try ChaincodeEvent(decoding: events)
            guard !event.chaincodeID.isEmpty else { continue }
            filtered.actions.append(
                FilteredChaincodeAction(
                    event: ChaincodeEvent(
                        chaincodeID: event.chaincodeID, transactionID: event.transactionID, eventName: event.eventName))
            )
        }
        return filtered
    }
}
