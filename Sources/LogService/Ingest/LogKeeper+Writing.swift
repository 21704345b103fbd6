package import LogCore
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

extension LogKeeper: LogSink {
    /// How a write finds its shard.
    package enum Route: Hashable, Sendable {
        /// The writable shards in turn.
        case balanced
        /// The shard whose range holds the key.
        case key(ShardKey)
    }

    /// How a write ended.
    package enum WriteOutcome: Hashable, Sendable {
        /// On disk.
        case stored
        /// An equal write is on disk whose answer did not arrive: nothing was stored again.
        case repeated
    }

    /// Stores entries; they are on disk when this returns.
    ///
    /// - Parameter receipt: By which a repeat is recognised. Tell ``answered(_:isDelivered:)`` how the answer went.
    /// - Throws: ``LogServiceError``, ``LogStoreError``; nothing is stored then, and the write may be repeated.
    package func put(
        _ entries: [LogEntry], to id: LogstoreID, route: Route = .balanced, receipt: WriteReceipt? = nil
    ) async throws -> WriteOutcome {
        let time = now()
        if let receipt, receipts.withLock({ $0.takeRepeat(of: receipt, at: time) }) {
            counters.change { $0.repeatedWriteCount += 1 }
            return .repeated
        }
        guard !entries.isEmpty else { return .stored }
        if let large = entries.first(where: { $0.byteCount > configuration.entryByteCountMax }) {
            throw LogServiceError(
                code: .tooLarge,
                message: "An entry has \(large.byteCount) bytes; at most \(configuration.entryByteCountMax) are stored."
            )
        }
        let shard = try address(id, route: route)
        let write = LogWrite(
            entries: entries.map { LogWrite.Entry($0) }, receipt: receipt, received: time, isDurable: true)
        _ = try await store.append(write, to: shard)
        if let receipt { receipts.withLock { $0.stored(receipt, at: time) } }
        counters.change { $0.writtenEntryCount += entries.count }
        signals.written(to: shard.logstoreNumber)
        return .stored
    }

    /// The answer to a write was handed to the network, or could not be.
    package func answered(_ receipt: WriteReceipt, isDelivered: Bool) {
        receipts.withLock { $0.answered(receipt, isDelivered: isDelivered) }
    }

    package func write(_ entries: [LogEntry], to logstore: LogstoreID) {
        let droppedCount: Int
        if definitions.withLock({ $0.logstores[logstore] }) == nil {
            droppedCount = entries.count
        } else {
            droppedCount = ingest.add(entries.map { cut($0) }, to: logstore)
        }
        if droppedCount > 0 { countDropped(droppedCount, logstore) }
    }

    /// Names of logstores that do not exist are not counted by name: they would make labels without bound.
    private func countDropped(_ count: Int, _ logstore: LogstoreID) {
        let label = definitions.withLock { $0.logstores[logstore] } == nil ? "" : logstore.description
        counters.change { $0.droppedEntryCounts[label, default: 0] += count }
    }

    /// A line longer than the bound loses its end, and says so.
    private func cut(_ entry: LogEntry) -> LogEntry {
        guard entry.byteCount > configuration.lineByteCountMax else { return entry }
        var entry = entry
        for index in entry.fields.indices
        where entry.fields[index].value.utf8.count > configuration.lineByteCountMax / 2 {
            let bytes = entry.fields[index].value.utf8
            let kept = String(decoding: bytes.prefix(configuration.lineByteCountMax / 2), as: UTF8.self)
            entry.fields[index].value = kept + "… (\(bytes.count - configuration.lineByteCountMax / 2) bytes cut)"
        }
        return entry
    }

    private func address(_ id: LogstoreID, route: Route) throws -> ShardAddress {
        let chosen = definitions.withLock { state -> ShardAddress? in
            guard let logstore = state.logstores[id] else { return nil }
            let writable = logstore.definition.shards.writable
            var shard = logstore.definition.shards.writable.first
            switch route {
            case .balanced:
                shard = writable.isEmpty ? nil : writable[logstore.nextShard % writable.count]
                state.logstores[id]?.nextShard = (logstore.nextShard + 1) % max(writable.count, 1)
            case .key(let key):
                shard = logstore.definition.shards.shard(for: key)
            }
            return shard.map { ShardAddress(logstoreNumber: logstore.definition.number, shard: $0.id) }
        }
        guard let chosen else {
            throw LogServiceError(code: .logstoreNotFound, message: "The logstore \"\(id)\" does not exist.")
        }
        return chosen
    }

    // MARK: Function lines

    /// Writes lines as they come, a gather time after the first of them.
    func runIngest() async {
        for await _ in ingest.added.cancelOnGracefulShutdown() {
            // Cancelled: what waits is written by the flush at the end.
            do { try await Task.sleep(for: configuration.gatherTime) } catch { return }
            await writeWaiting()
        }
    }

    func writeWaiting() async {
        let batches = ingest.take()
        guard !batches.isEmpty else { return }
        await withDiscardingTaskGroup { group in
            for (logstore, batch) in batches { group.addTask { await self.writeLines(batch, to: logstore) } }
        }
        ingest.finish(batches)
    }

    private func writeLines(_ batch: IngestBuffers.Batch, to id: LogstoreID) async {
        var entries = batch.entries
        let time = now()
        if batch.droppedCount > 0 {
            entries.append(
                LogEntry(
                    time: time,
                    fields: [
                        LogField("level", "WARNING"),
                        LogField(
                            "message", "\(batch.droppedCount) lines were dropped here because the buffer was full."),
                    ]))
        }
        guard !entries.isEmpty else { return }
        do {
            let shard = try address(id, route: .balanced)
            let write = LogWrite(entries: entries.map { LogWrite.Entry($0) }, received: time, isDurable: false)
            _ = try await store.append(write, to: shard)
            counters.change { $0.writtenEntryCount += entries.count }
            signals.written(to: shard.logstoreNumber)
        } catch {
            counters.change { $0.failedFlushCount += 1 }
            countDropped(batch.entries.count, id)
            logger.error(
                "Function lines were lost",
                metadata: ["logstore": "\(id)", "lines.count": "\(batch.entries.count)", "error": "\(error)"])
        }
    }

    // MARK: Housekeeping

    func runSync() async {
        var toldProblems: Set<LogStoreProblem> = []
        while await pause(configuration.syncInterval) {
            toldProblems = await tellProblems(except: toldProblems)
            do {
                try await store.sync()
            } catch {
                logger.error("Syncing logs failed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Puts what the store found damaged into the node's own log, each problem once.
    private func tellProblems(except told: Set<LogStoreProblem>) async -> Set<LogStoreProblem> {
        let problems = await store.problems()
        for problem in problems where !told.contains(problem) {
            logger.error("A log file has a problem", metadata: ["problem": "\(problem.message)"])
        }
        return Set(problems)
    }

    func runExpiry() async {
        repeat { await expire() } while await pause(configuration.expiryInterval)
    }

    /// Deletes files whose day is over by more than the logstore's life time, and shards that hold nothing any more.
    package func expire() async {
        let today = Int(now().seconds / 86_400)
        for logstore in definitions.withLock({ $0.logstores.values.map(\.definition) }) {
            do {
                if logstore.ttlDays < LogstoreDefinition.ttlDaysForEver {
                    let count = try await store.expire(logstore, before: today - logstore.ttlDays)
                    if count > 0 {
                        logger.info(
                            "Log files expired", metadata: ["logstore": "\(logstore.id)", "files.count": "\(count)"])
                    }
                }
                var empty: Set<Int> = []
                for shard in logstore.shards.shards where !shard.isWritable {
                    let address = ShardAddress(logstoreNumber: logstore.number, shard: shard.id)
                    if try await store.bounds(of: address).isEmpty { empty.insert(shard.id) }
                }
                if !empty.isEmpty { try await updateLogstore(logstore.id) { $0.shards.remove(empty) } }
            } catch {
                logger.error("Expiry failed", metadata: ["logstore": "\(logstore.id)", "error": "\(error)"])
            }
        }
    }

    /// Waits; false when the service is told to stop meanwhile.
    func pause(_ duration: Duration) async -> Bool {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
            return true
        } catch {
            return false
        }
    }
}
