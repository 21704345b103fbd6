internal import FabricTypes
package import FunctionTypes
internal import Synchronization
package import TriggerCore

/// A trigger with how far it is.
package struct TriggerView: Sendable {
    package var entry: TriggerEntry
    package var status: TriggerStatus
}

/// Where a position is moved to.
package enum SeekTarget: Hashable, Sendable {
    case earliest
    case latest
    case point(LedgerPoint)
}

extension TriggerKeeper {
    // MARK: - Looking

    /// Every ledger trigger of an organisation, or of all; those for scheduled functions too.
    package func views(of organization: OrganizationName?) -> [TriggerView] {
        let entries = state.withLock { Array($0.entries.values) }
        return entries.filter { organization == nil || $0.target.id.organization == organization }
            .sorted { ($0.target.id, $0.name) < ($1.target.id, $1.name) }
            .map { TriggerView(entry: $0, status: status(of: $0)) }
    }

    /// - Throws: ``TriggerError`` `notFound`.
    package func view(_ id: FunctionID, _ name: TriggerName) throws -> TriggerView {
        let entry = state.withLock { state in
            state.entries.values.first { $0.target.id == id && $0.name == name }
        }
        guard let entry else {
            throw TriggerError(
                .notFound,
                "Function \"\(id.service)/\(id.function)\" has no ledger trigger \"\(name)\". See: duet trigger list")
        }
        return TriggerView(entry: entry, status: status(of: entry))
    }

    private func status(of entry: TriggerEntry) -> TriggerStatus {
        let (live, idle) = state.withLock { ($0.live[entry.id], $0.idle[entry.id]) }
        if let live { return live.run.currentStatus }
        var status = TriggerStatus(condition: idle ?? .waiting("It is being started."))
        status.ledgerHeight = ledger(of: entry)?.height
        return status
    }

    /// The position as it is saved: also that of a trigger that does not run.
    package func storedPosition(of entry: TriggerEntry) async throws -> StoredPosition? {
        let name = entry.positionName
        return try await saver.perform { try $0.position(name) }
    }

    package func parkedKeys(of entry: TriggerEntry) async throws -> [ParkedKey] {
        let name = entry.positionName
        return try await saver.perform { try $0.parkedKeys(name) }
    }

    package func outcomes(
        of entry: TriggerEntry, replayID: String = "", below end: LedgerPoint?, limit: Int
    ) async throws -> [EventOutcome] {
        var name = entry.positionName
        name.replayID = replayID
        return try await saver.perform { [name] in try $0.outcomes(name, below: end, limit: limit) }
    }

    // MARK: - Changing

    /// Ends when deliveries under way have ended. A trigger that is not started any more keeps its position.
    package func pause(_ entry: TriggerEntry) async throws {
        let name = entry.positionName
        try await perform { [self] in
            if let running = state.withLock({ $0.live[entry.id] }) { await end(running) }
            try await saver.perform { try $0.setPaused(name, true) }
        }
    }

    /// Goes on after a pause, and after the trigger stopped before an event, which is then tried again.
    package func resume(_ entry: TriggerEntry) async throws {
        let name = entry.positionName
        try await perform { [self] in
            if let running = state.withLock({ $0.live[entry.id] }) { await end(running) }
            try await saver.perform { try $0.setPaused(name, false) }
        }
    }

    /// Moves the position; a trigger that had stopped goes on from there.
    ///
    /// - Throws: ``TriggerError`` `invalid` for a point that cannot be: behind the ledger's end by more than one block.
    package func seek(_ entry: TriggerEntry, to target: SeekTarget) async throws -> LedgerPoint {
        guard let ledger = ledger(of: entry) else {
            throw TriggerError(.conflict, "Channel \"\(entry.trigger.channel)\" is not held by this node.")
        }
        let point: LedgerPoint
        switch target {
        case .earliest: point = .zero
        case .latest: point = LedgerPoint(block: ledger.height)
        case .point(let named): point = named
        }
        guard point.block <= ledger.height else {
            throw TriggerError(
                .invalid,
                "Block \(point.block) does not exist: channel \"\(entry.trigger.channel)\" has \(ledger.height) blocks. Seek to a block from 0 to \(ledger.height)."
            )
        }
        var hash: [UInt8] = []
        if point.block > 0, let bytes = try await ledger.block(point.block - 1) {
            hash = try LedgerBlock(decoding: bytes, isCommitted: ledger.isCommitted).hash
        }
        let name = entry.positionName
        try await perform { [self, hash] in
            if let running = state.withLock({ $0.live[entry.id] }) { await end(running) }
            try await saver.perform { try $0.seek(name, to: point, hashBefore: hash) }
        }
        return point
    }

    /// Delivers what is parked, of one key or of all; a trigger that stopped goes on.
    ///
    /// - Returns: how many keys are being released; 0 if the trigger had only stopped.
    package func release(_ entry: TriggerEntry, key: String?) async throws -> Int {
        let keys = try await parkedKeys(of: entry).map(\.key).filter { key == nil || $0 == key }
        if let key, keys.isEmpty {
            throw TriggerError(.notFound, "Trigger \"\(entry.name)\" has parked no key \"\(key.prefix(80))\".")
        }
        if case .stopped = status(of: entry).condition { try await resume(entry) }
        guard let running = state.withLock({ $0.live[entry.id] }) else {
            if keys.isEmpty { return 0 }
            throw TriggerError(
                .conflict, "Trigger \"\(entry.name)\" does not run. Resume it first: duet trigger resume \(entry.name)")
        }
        for key in keys { running.run.release(key: key) }
        return keys.count
    }

    // MARK: - Answers

    /// Answers of which a part took effect and the rest was refused: they hold their events up until they are given up.
    package func partlyRefusedAnswers(of entry: TriggerEntry) async throws -> [PartlyRefusedAnswer] {
        try await places.answers.partlyRefused(triggerID: entry.id)
    }

    /// Gives up the rest of such an answer: its events count as handled by what took effect, and a trigger that stopped goes on.
    ///
    /// - Parameter eventID: of one of the events that it answers.
    /// - Throws: ``TriggerError`` `notFound` where there is no such answer.
    package func giveUpAnswer(of entry: TriggerEntry, eventID: String) async throws {
        let name = entry.positionName
        try await perform { [self] in
            let answers = try await places.answers.partlyRefused(triggerID: entry.id)
            guard let answer = answers.first(where: { $0.key.eventIDs.contains(eventID) }) else {
                throw TriggerError(
                    .notFound,
                    "Trigger \"\(entry.name)\" has no partly refused answer to event \"\(eventID.prefix(80))\".")
            }
            // The next start settles what is stored, before it delivers anything.
            if let running = state.withLock({ $0.live[entry.id] }) { await end(running) }
            _ = try await places.answers.giveUp(answer.key)
            let stored = try await saver.perform { try $0.position(name) }
            if stored?.stop != nil { try await saver.perform { try $0.setPaused(name, false) } }
        }
    }

    // MARK: - Replays

    /// Runs a range of blocks through the function once more, beside live traffic.
    ///
    /// - Parameters:
    ///   - last: nil for the ledger's last block.
    ///   - qualifier: nil for the trigger's own.
    /// - Throws: ``TriggerError`` `notFound` where the function has no such version or alias, which would never answer.
    package func startReplay(
        _ entry: TriggerEntry, first: UInt64, last: UInt64?, qualifier: Qualifier?, isDryRun: Bool
    ) async throws -> ReplayRecord {
        guard let ledger = ledger(of: entry) else {
            throw TriggerError(.conflict, "Channel \"\(entry.trigger.channel)\" is not held by this node.")
        }
        let height = ledger.height
        let last = last ?? (height > 0 ? height - 1 : 0)
        guard first <= last, last < height else {
            throw TriggerError(
                .invalid,
                "Blocks \(first) to \(last) cannot be replayed: channel \"\(entry.trigger.channel)\" has blocks 0 to \(height > 0 ? height - 1 : 0)."
            )
        }
        if let qualifier { try find(qualifier, for: entry) }
        let record = ReplayRecord(
            id: DeliveryCarrier.requestID(), triggerID: entry.id, channel: entry.trigger.channel, first: first,
            last: last, qualifier: qualifier, isDryRun: isDryRun, startedAt: time.now())
        try await perform { [self] in
            guard state.withLock({ $0.replays.count }) < Self.replayCountMax else {
                throw TriggerError(
                    .exhausted, "\(Self.replayCountMax) replays run already. Wait for one to end, or cancel one.")
            }
            try await saver.perform { try $0.saveReplay(record) }
            state.withLock { $0.replaysToStart.append((entry, record)) }
        }
        return record
    }

    private func find(_ qualifier: Qualifier, for entry: TriggerEntry) throws {
        // What a contract scheduled names its function itself, and a sink runs none.
        guard entry.trigger.source != .scheduled, entry.trigger.sink == nil else { return }
        do throws(FunctionError) {
            try places.functions.find(FunctionTarget(entry.target.id, qualifier: qualifier))
        } catch {
            throw TriggerError(
                .notFound,
                "Nothing can be replayed through \(qualifier): \(error.message) List or publish versions with "
                    + "`duet function versions \(entry.target.id.service)`.")
        }
    }

    /// A trigger's replays, oldest first, with where each stands.
    package func replays(of entry: TriggerEntry) async throws -> [(record: ReplayRecord, watermark: LedgerPoint?)] {
        let stored = try await saver.perform { try $0.replays(triggerID: entry.id) }
        return stored.map { record in
            guard let run = state.withLock({ $0.replays[record.id] })?.run, let current = run.currentReplay else {
                return (record, nil)
            }
            return (current, run.currentStatus.watermark)
        }
    }

    package func cancelReplay(_ entry: TriggerEntry, id: String) async throws {
        try await perform { [self] in
            let running = state.withLock { $0.replays[id] }
            let stored = try await saver.perform { try $0.replays(triggerID: entry.id) }.first { $0.id == id }
            guard var record = running?.run.currentReplay ?? stored, record.triggerID == entry.id else {
                throw TriggerError(.notFound, "Trigger \"\(entry.name)\" has no replay \"\(id.prefix(80))\".")
            }
            guard record.status == .running else { return }
            if let running { await end(running) }
            record.status = .cancelled
            record.endedAt = time.now()
            try await saver.perform { [record] in try $0.saveReplay(record) }
        }
    }
}
