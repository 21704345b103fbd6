internal import FabricTypes
package import FunctionTypes
package import TriggerCore

/// What a filter lets through, before there is a trigger.
package struct TriggerPreview: Sendable {
    /// Blocks that were looked at.
    package var blockCount = 0
    package var transactionCount = 0
    package var eventCount = 0
    /// The first of them.
    package var events: [LedgerEvent] = []
}

extension TriggerKeeper {
    /// Blocks of one preview at most.
    package static let previewBlockCountMax = 10_000

    /// Runs past blocks through a trigger's filter; delivers nothing.
    ///
    /// - Parameters:
    ///   - first: nil for the last hundred blocks.
    ///   - limit: events that are shown.
    package func preview(
        _ trigger: LedgerTrigger, organization: OrganizationName, first: UInt64?, last: UInt64?, limit: Int
    ) async throws -> TriggerPreview {
        let ledger =
            trigger.source == .orderedBlock
            ? directory.ordered(trigger.channel) : directory.committed(trigger.channel, of: organization)
        guard let ledger, ledger.height > 0 else {
            throw TriggerError(
                .notFound,
                "\(organization) has no peer in channel \"\(trigger.channel)\" on this node. See: duet channel list")
        }
        let end = min(last ?? .max, ledger.height - 1)
        let start = first ?? (end >= 99 ? end - 99 : 0)
        guard start <= end, end - start < UInt64(Self.previewBlockCountMax) else {
            throw TriggerError(
                .invalid,
                "Blocks \(start) to \(end) cannot be previewed: give at most \(Self.previewBlockCountMax) blocks, the last of which is \(ledger.height - 1)."
            )
        }
        let maker = EventMaker(network: directory.network, trigger: trigger, organization: organization)
        var preview = TriggerPreview()
        for number in start...end {
            try Task.checkCancellation()
            guard let bytes = try await ledger.block(number) else { continue }
            let block = try LedgerBlock(decoding: bytes, isCommitted: ledger.isCommitted)
            let found = maker.events(in: block)
            preview.blockCount += 1
            preview.transactionCount += block.transactions.count
            preview.eventCount += found.count
            preview.events += found.prefix(max(0, limit - preview.events.count))
        }
        return preview
    }

    /// An event by its place, with its data however large: what a `dataref` leads to.
    ///
    /// - Throws: ``TriggerError`` `notFound`.
    package func event(
        at point: LedgerPoint, source: LedgerTrigger.Source, channel: String, organization: OrganizationName
    ) async throws -> JSONValue {
        let trigger = LedgerTrigger(source: source, channel: channel)
        let ledger =
            source == .orderedBlock ? directory.ordered(channel) : directory.committed(channel, of: organization)
        let maker = EventMaker(network: directory.network, trigger: trigger, organization: organization).unfiltered
        guard let ledger, point.block < ledger.height, let bytes = try await ledger.block(point.block),
            let data = maker.data(
                at: point, in: try LedgerBlock(decoding: bytes, isCommitted: ledger.isCommitted))
        else {
            throw TriggerError(.notFound, "There is no event \(point) in channel \"\(channel.prefix(80))\".")
        }
        return data
    }
}
