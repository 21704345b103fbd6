internal import FabricTypes
package import FunctionTypes

/// Makes a trigger's events from blocks.
///
/// Pure, and the same on every peer: whoever reads the same block under the same settings makes the same events. Private
/// values never enter them, only their hashes.
package struct EventMaker: Sendable {
    package let network: String
    package let channel: String
    package let trigger: LedgerTrigger
    /// Whose scheduled functions are run.
    package let organization: OrganizationName

    package init(network: String, trigger: LedgerTrigger, organization: OrganizationName) {
        self.network = network
        channel = trigger.channel
        self.trigger = trigger
        self.organization = organization
    }

    /// The same without a filter: what a position names is an event whatever the filter has become since.
    package var unfiltered: EventMaker {
        var trigger = trigger
        trigger.filter = EventFilter()
        trigger.filter.validationCodes = []
        return EventMaker(network: network, trigger: trigger, organization: organization)
    }

    /// The events of a block that pass the filter, in order.
    ///
    /// - Parameter start: events below it are left out.
    package func events(in block: LedgerBlock, from start: LedgerPoint = .zero) -> [LedgerEvent] {
        var events = allEvents(in: block, from: start)
        for index in events.indices { events[index].data = nil }
        return events
    }

    /// The data of one event, however large.
    package func data(at point: LedgerPoint, in block: LedgerBlock) -> JSONValue? {
        allEvents(in: block, from: point).first { $0.point == point }?.data
    }

    private func allEvents(in block: LedgerBlock, from start: LedgerPoint) -> [LedgerEvent] {
        switch trigger.source {
        case .block, .orderedBlock:
            let point = LedgerPoint(block: block.number, transaction: block.transactions.count)
            return point < start ? [] : [blockEvent(block, at: point)]
        case .transaction, .contractEvent, .scheduled:
            let first = start.block == block.number ? start.transaction : 0
            guard start.block <= block.number, first < block.transactions.count else { return [] }
            return block.transactions[first...].flatMap { events(of: $0, in: block) }.filter { $0.point >= start }
        }
    }

    private func events(of transaction: LedgerTransaction, in block: LedgerBlock) -> [LedgerEvent] {
        // What is cheap to read is asked first: most transactions end here.
        guard trigger.filter.mayMatch(transaction) else { return [] }
        let action = transaction.action
        let view = TransactionEvents(maker: self, block: block, transaction: transaction, action: action)
        switch trigger.source {
        case .transaction:
            return trigger.filter.matches(transaction, action) ? [view.wholeTransaction()] : []
        case .contractEvent:
            guard let action, let event = action.event, !event.eventName.isEmpty,
                trigger.filter.matches(transaction, action)
            else { return [] }
            return [view.contractEvent(event, of: action)]
        case .scheduled:
            guard let action, transaction.code.isValid else { return [] }
            return view.scheduled(by: action)
        case .block, .orderedBlock:
            return []
        }
    }

    /// The events of one transaction that pass the filter, in order.
    package func events(ofTransaction index: Int, in block: LedgerBlock) -> [LedgerEvent] {
        guard block.transactions.indices.contains(index), trigger.source.isOfTransactions else { return [] }
        return events(of: block.transactions[index], in: block)
    }

    private func blockEvent(_ block: LedgerBlock, at point: LedgerPoint) -> LedgerEvent {
        let transactions = block.transactions.map { transaction -> JSONValue in
            let action = transaction.action
            return .object(present: [
                "index": .integer(Int64(transaction.index)), "transactionId": .string(transaction.transactionID),
                "validationCode": block.isCommitted ? .string(transaction.code.name) : nil,
                "type": .text(transaction.channelHeader?.type.name),
                "creator": .string(transaction.creatorMSPID), "contract": .text(action?.contract.lossyText),
                "function": .text(action?.function.utf8Text), "event": .text(action?.event?.eventName.lossyText),
            ])
        }
        let event = CloudEvent(
            id: point.eventID(channel: channel), source: "/duet/\(network)/\(channel)", kind: .block,
            subject: String(block.number), sequence: point.sequence,
            partitionKey: channel,
            data: .object(present: [
                "channel": .string(channel), "block": .string(String(block.number)),
                "hash": .string(block.header.hash.hex), "previousHash": .string(block.header.previousHash.hex),
                "dataHash": .string(block.header.dataHash.hex),
                "stage": .string(block.isCommitted ? "committed" : "ordered"),
                "transactionCount": .integer(Int64(block.transactions.count)),
                "validCount": block.isCommitted
                    ? .integer(Int64(block.transactions.count { $0.code.isValid })) : nil,
                "transactions": .array(transactions),
            ]), dataReference: reference(to: point))
        return LedgerEvent(
            point: point, key: "", event: event,
            origin: EventOrigin(
                channel: channel, block: block.number, transactionIndex: nil, transactionID: "", causeDepth: 0))
    }

    func reference(to point: LedgerPoint) -> String {
        "/api/channels/\(channel)/events/\(trigger.source.rawValue)/\(point)"
    }
}

/// The events of one transaction.
private struct TransactionEvents {
    let maker: EventMaker
    let block: LedgerBlock
    let transaction: LedgerTransaction
    let action: LedgerAction?

    func wholeTransaction() -> LedgerEvent {
        var members = facts
        if let action {
            members.merge(Self.call(action)) { first, _ in first }
            if let event = action.event {
                members["event"] = .string(event.eventName.lossyText)
                members.merge(EventText.decoded("payload", event.payload)) { first, _ in first }
            }
            if let response = action.response {
                members["status"] = .integer(Int64(response.status))
                members.merge(EventText.decoded("response", response.payload)) { first, _ in first }
            }
        }
        return make(.transaction, number: 0, subject: transaction.transactionID, contract: nil, members)
    }

    func contractEvent(_ event: ChaincodeEvent, of action: LedgerAction) -> LedgerEvent {
        var members = facts.merging(Self.call(action)) { first, _ in first }
        members["event"] = .string(event.eventName.lossyText)
        members.merge(EventText.decoded("payload", event.payload)) { first, _ in first }
        return make(.contractEvent, number: 0, subject: event.eventName.lossyText, contract: action.contract, members)
    }

    /// What the transaction asks of our organisation. The numbers count all entries, so that they are the same everywhere.
    func scheduled(by action: LedgerAction) -> [LedgerEvent] {
        var events: [LedgerEvent] = []
        for request in action.scheduledFunctions {
            let entry = request.entry
            guard entry.organization == Bytes(maker.organization.rawValue), let target = target(of: entry) else {
                continue
            }
            var members = facts
            members["contract"] = .string(request.contract.lossyText)
            members["service"] = .string(target.id.service.rawValue)
            members["function"] = .string(target.id.function.rawValue)
            members.merge(EventText.decoded("payload", entry.payload)) { first, _ in first }
            var event = make(
                .scheduled, number: request.number, subject: "\(target.id.service)/\(target.id.function)",
                contract: request.contract, members)
            event.target = target
            event.key = event.id  // each on its own
            events.append(event)
        }
        return events
    }

    /// A function is named by itself, or as `function.qualifier` of a version or alias.
    private func target(of entry: FunctionSchedule.Entry) -> FunctionTarget? {
        guard let service = entry.service.utf8Text, let text = entry.function.utf8Text else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard let name = parts.first, let service = try? ServiceName(validating: service),
            let function = try? FunctionName(validating: name),
            let qualifier = try? Qualifier(validating: parts.count > 1 ? parts[1] : "")
        else { return nil }
        return FunctionTarget(
            FunctionID(organization: maker.organization, service: service, function: function), qualifier: qualifier)
    }

    private var facts: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "channel": .string(maker.channel), "block": .string(String(block.number)),
            "transactionIndex": .integer(Int64(transaction.index)),
            "transactionId": .string(transaction.transactionID),
            "validationCode": .string(transaction.code.name), "isValid": .bool(transaction.code.isValid),
            "creator": ["mspId": .string(transaction.creatorMSPID)],
        ]
        members["type"] = .text(transaction.channelHeader?.type.name)
        if let cause = action?.cause {
            members["cause"] = [
                "depth": .integer(Int64(cause.depth)), "trigger": .string(cause.triggerID),
                "event": .string(cause.eventID),
            ]
        }
        return members
    }

    private static func call(_ action: LedgerAction) -> [String: JSONValue] {
        let set = action.readWriteSet
        let writes = set.namespaces.flatMap { namespace in
            namespace.publicSet.writes.map { write -> JSONValue in
                var members = EventText.members("key", write.key)
                members["namespace"] = .string(namespace.namespace.lossyText)
                members["isDelete"] = .bool(write.deletes)
                if !write.deletes { members.merge(EventText.members("value", write.value)) { first, _ in first } }
                return .object(members)
            }
        }
        let hashes = set.namespaces.flatMap { namespace in
            namespace.collections.flatMap { collection in
                collection.hashedSet.writes.map { write -> JSONValue in
                    .object(present: [
                        "namespace": .string(namespace.namespace.lossyText),
                        "collection": .string(collection.collection.lossyText),
                        "keyHash": .string(write.keyHash.hex), "isDelete": .bool(write.deletes),
                        "valueHash": write.deletes ? nil : .string(write.valueHash.hex),
                    ])
                }
            }
        }
        return [
            "contract": .string(action.contract.lossyText), "function": EventText.argument(action.function),
            "arguments": .array(action.input.arguments.dropFirst().map(EventText.argument)),
            "endorsers": .array(action.endorsers.map { ["mspId": .string(EventText.mspID($0))] }),
            "writes": .array(writes), "privateWrites": .array(hashes),
        ]
    }

    private func make(
        _ kind: CloudEvent.Kind, number: Int, subject: String, contract: Bytes?, _ members: [String: JSONValue]
    ) -> LedgerEvent {
        let point = LedgerPoint(block: block.number, transaction: transaction.index, event: number)
        let traceparent = TraceContext.context(of: action, transactionID: transaction.transactionID)?
            .description
        let key = maker.trigger.order.key(of: transaction, action)
        let event = CloudEvent(
            id: point.eventID(channel: maker.channel),
            source: "/duet/\(maker.network)/\(maker.channel)" + (contract.map { "/\($0.lossyText)" } ?? ""),
            kind: kind, subject: subject, time: EventText.time(transaction.channelHeader?.timestamp),
            sequence: point.sequence, partitionKey: key.isEmpty ? nil : key, traceparent: traceparent,
            data: .object(members), dataReference: maker.reference(to: point))
        return LedgerEvent(
            point: point, key: key, event: event,
            origin: EventOrigin(
                channel: maker.channel, block: block.number, transactionIndex: transaction.index,
                transactionID: transaction.transactionID, causeDepth: action?.cause?.depth ?? 0,
                traceparent: traceparent),
            occurredAt: EventText.timestamp(transaction.channelHeader?.timestamp))
    }
}
