internal import FabricTypes
internal import FunctionTypes
internal import Logging
internal import TriggerCore

/// What a run's children do; they tell it by signals.
extension TriggerRun {
    func watchHeight() async {
        var height = ledger.height
        while !Task.isCancelled {
            do {
                try await ledger.wait(above: height)
            } catch {
                return  // no more blocks come; the node reports why
            }
            height = ledger.height
            inbox.wake()
        }
    }

    /// The hash of the block before `block`; nil at the ledger's beginning and where it is not held.
    func hash(before block: UInt64) async throws -> [UInt8]? {
        guard block > 0, let bytes = try await ledger.block(block - 1) else { return nil }
        return try LedgerBlock(decoding: bytes, isCommitted: ledger.isCommitted).hash
    }

    /// Looks up what became of a dry run's events when they were live.
    func compare(_ delivery: inout Delivery) async {
        guard replay?.isDryRun == true else { return }
        let name = entry.positionName
        let points = delivery.batch.items.map(\.point)
        do {
            let found = try await saver.perform { store in
                try points.compactMap { try store.outcome(name, at: $0) }
            }
            delivery.originals = Dictionary(found.map { ($0.point, $0) }, uniquingKeysWith: { first, _ in first })
        } catch {
            delivery.result = .unavailable("The original outcomes cannot be read: \(error)")
        }
    }

    func saveReplay() async {
        guard let record = currentReplay else { return }
        do {
            try await saver.perform { try $0.saveReplay(record) }
        } catch {
            logger.error("A replay's counts cannot be saved", metadata: ["error": "\(error)"])
        }
    }

    /// Delivers a parked key's events one by one, until all are handled or one fails again.
    func drain(key: String) async {
        let name = name
        var last = LedgerPoint.zero
        var start = LedgerPoint.zero
        do {
            while true {
                let points = try await saver.perform { [start] store in
                    try store.parkedEvents(name, key: key, from: start, limit: 100)
                }
                guard !points.isEmpty else {
                    inbox.send(.drained(key: key, through: last))
                    return
                }
                for point in points {
                    guard let delivery = try await deliverParked(point, key: key) else { return }
                    inbox.send(.unparked(point, delivery))
                    last = point
                    start = point.next
                }
            }
        } catch {
            inbox.send(.drainFailed(key: key, reason: "Parked events cannot be delivered: \(error)"))
        }
    }

    /// - Returns: nil where the event failed again, after saying so.
    private func deliverParked(_ point: LedgerPoint, key: String) async throws -> Delivery? {
        guard let bytes = try await ledger.block(point.block) else {
            inbox.send(.drainFailed(key: key, reason: "Block \(point.block) is not held by this node."))
            return nil
        }
        let block = try LedgerBlock(decoding: bytes, isCommitted: ledger.isCommitted)
        guard let event = maker.unfiltered.events(in: block, from: point).first(where: { $0.point == point }) else {
            inbox.send(
                .drainFailed(key: key, reason: "There is no event \(point) in channel \"\(entry.trigger.channel)\"."))
            return nil
        }
        let item = DeliveryPlanner.Item(point: point, key: key, byteCount: event.byteCount)
        var failureCount = 0
        while true {
            let delivery = await carrier.deliver(
                DeliveryPlanner.Batch(number: 0, items: [item], failureCount: failureCount), [event])
            guard delivery.result != .handled else { return delivery }
            failureCount += 1
            guard failureCount <= entry.trigger.retry.countMax ?? RetryRule().countMax ?? 0,
                await carrier.pause(before: failureCount)
            else {
                inbox.send(.drainFailed(key: key, reason: "Event \(point) failed again and stays parked."))
                return nil
            }
        }
    }
}
