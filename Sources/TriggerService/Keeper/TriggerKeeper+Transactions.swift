internal import FabricTypes
package import FunctionTypes
package import TriggerCore

/// One event of a transaction, on its way to one function.
package struct TransactionDelivery: Sendable {
    package enum Standing: Hashable, Sendable {
        /// Not settled yet; its trigger may be stopped, paused or behind.
        case waiting
        /// Set aside with its key.
        case parked
        case ended(EventOutcome)
        /// Scheduled for an organisation that has no peer on this node.
        case elsewhere
    }

    /// Nil for what is ``Standing/elsewhere``.
    package var entry: TriggerEntry?
    /// What is run: of a scheduled function the one that the contract named.
    package var organization: String
    package var service: String
    package var function: String
    package var qualifier: String
    package var source: LedgerTrigger.Source
    /// Empty for live traffic.
    package var replayID: String
    package var point: LedgerPoint
    package var standing: Standing
}

extension TriggerKeeper {
    /// What a transaction set off: for each trigger on contract events and transactions, and for each function that was scheduled, what
    /// became of it, in the order of triggers' names. Events that a filter passed over, or that stood before a trigger's start, are left
    /// out.
    ///
    /// - Parameter organization: whose peer is read and whose triggers are shown. What contracts scheduled is in the ledger for all to
    ///   see, and is shown of every organisation, outcomes of the node's other organisations left out.
    /// - Throws: ``TriggerError`` `notFound` where the ledger has no such transaction.
    package func deliveries(
        ofTransaction text: String, on channel: String, organization: OrganizationName
    ) async throws -> [TransactionDelivery] {
        let missing = TriggerError(
            .notFound,
            "Channel \"\(channel.prefix(80))\" has no transaction \"\(text.prefix(80))\" here. Give its id, or its place as <block>:<index>."
        )
        guard let ledger = directory.committed(channel, of: organization),
            let place = try await Self.place(text, in: ledger), place.block < ledger.height,
            let bytes = try await ledger.block(place.block)
        else { throw missing }
        let block = try LedgerBlock(decoding: bytes, isCommitted: true)
        guard block.transactions.indices.contains(place.index) else { throw missing }
        let stored = try await saver.perform { store in
            try store.outcomes(ofTransaction: place.index, inBlock: place.block, of: channel)
        }
        var found: [TransactionDelivery] = []
        for entry in ownEntries(organization) {
            let outcomes = stored.filter { $0.name.triggerID == entry.id }
            let events = EventMaker(network: directory.network, trigger: entry.trigger, organization: organization)
            let made = entry.trigger.channel == channel ? events.events(ofTransaction: place.index, in: block) : []
            found += outcomes.map { named in
                let target = made.first { $0.point == named.outcome.point }?.target ?? entry.target
                return Self.delivery(
                    of: entry, target, at: named.outcome.point, .ended(named.outcome), replayID: named.name.replayID)
            }
            for event in made
            where !outcomes.contains(where: { $0.name.replayID.isEmpty && $0.outcome.point == event.point }) {
                guard let standing = try await standing(of: event.point, under: entry) else { continue }
                found.append(Self.delivery(of: entry, event.target ?? entry.target, at: event.point, standing))
            }
        }
        return found + scheduledElsewhere(block.transactions[place.index], in: place.block, besides: organization)
    }

    private func ownEntries(_ organization: OrganizationName) -> [TriggerEntry] {
        views(of: organization).map(\.entry).filter { $0.trigger.source.isOfTransactions }
    }

    private static func place(
        _ text: String, in ledger: any LedgerReading
    ) async throws -> (block: BlockNumber, index: Int)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, let block = BlockNumber(parts[0]), let index = Int(parts[1]) { return (block, index) }
        return try await ledger.position(ofTransaction: text)
    }

    private static func delivery(
        of entry: TriggerEntry, _ target: FunctionTarget, at point: LedgerPoint,
        _ standing: TransactionDelivery.Standing, replayID: String = ""
    ) -> TransactionDelivery {
        TransactionDelivery(
            entry: entry, organization: target.id.organization.rawValue, service: target.id.service.rawValue,
            function: target.id.function.rawValue, qualifier: target.qualifier.description,
            source: entry.trigger.source, replayID: replayID, point: point, standing: standing)
    }

    /// Of an event without an outcome; nil where it is none of the trigger's: it stood before its start, or is long forgotten.
    private func standing(
        of point: LedgerPoint, under entry: TriggerEntry
    ) async throws -> TransactionDelivery.Standing? {
        let name = entry.positionName
        return try await saver.perform { store in
            if try store.isParked(name, at: point) { return .parked }
            guard let position = try store.position(name) else { return nil }
            return point >= position.watermark && !position.settled.contains(point) ? .waiting : nil
        }
    }

    private func scheduledElsewhere(
        _ transaction: LedgerTransaction, in block: BlockNumber, besides organization: OrganizationName
    ) -> [TransactionDelivery] {
        guard transaction.code.isValid, let action = transaction.action else { return [] }
        let others = action.scheduledFunctions.filter { $0.entry.organization != Bytes(organization.rawValue) }
        return others.map { request in
            let parts = request.entry.function.lossyText.split(separator: ".", maxSplits: 1).map(String.init)
            return TransactionDelivery(
                entry: nil, organization: request.entry.organization.lossyText,
                service: request.entry.service.lossyText, function: parts.first ?? "",
                qualifier: parts.count > 1 ? parts[1] : Qualifier.latest.description, source: .scheduled, replayID: "",
                point: LedgerPoint(block: block, transaction: transaction.index, event: request.number),
                standing: .elsewhere)
        }
    }
}
