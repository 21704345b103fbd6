internal import FoundationEssentials
package import LogCore
internal import Synchronization

extension LogKeeper {
    /// The consumer groups of a logstore, by name.
    package func consumerGroups(of id: LogstoreID) throws -> [ConsumerGroup.Document] {
        _ = try found(id)
        return definitions.withLock { state in
            state.groups.filter { $0.key.project == id.project && $0.value.document.logstore == id.logstore }.values
                .map(\.document)
        }.sorted { $0.name < $1.name }
    }

    package func createConsumerGroup(
        _ name: String, of id: LogstoreID, timeoutSeconds: Int64, isInOrder: Bool
    ) async throws {
        try Self.check(timeoutSeconds: timeoutSeconds)
        guard (1...128).contains(name.utf8.count) else {
            throw LogServiceError(code: .invalid, message: "A consumer group's name has 1 to 128 characters.")
        }
        try await changes.withTurn {
            let existing = try consumerGroups(of: id)
            guard !existing.contains(where: { $0.name == name }) else {
                throw LogServiceError(
                    code: .consumerGroupExists, message: "The consumer group \"\(name)\" of \"\(id)\" exists already.")
            }
            guard existing.count < ConsumerGroup.countMax else {
                throw LogServiceError(
                    code: .tooMany,
                    message: "The logstore \"\(id)\" has \(existing.count) consumer groups; no more are allowed.")
            }
            try await save(
                ConsumerGroup(
                    .init(name: name, logstore: id.logstore, timeoutSeconds: timeoutSeconds, isInOrder: isInOrder)),
                of: id)
        }
    }

    package func updateConsumerGroup(
        _ name: String, of id: LogstoreID, timeoutSeconds: Int64?, isInOrder: Bool?
    ) async throws {
        if let timeoutSeconds { try Self.check(timeoutSeconds: timeoutSeconds) }
        try await changes.withTurn {
            var group = try group(name, of: id)
            group.document.timeoutSeconds = timeoutSeconds ?? group.document.timeoutSeconds
            group.document.isInOrder = isInOrder ?? group.document.isInOrder
            try await save(group, of: id)
        }
    }

    package func deleteConsumerGroup(_ name: String, of id: LogstoreID) async throws {
        try await changes.withTurn {
            _ = try group(name, of: id)
            let key = Self.key(name, of: id)
            try await store.removeRecord(key)
            definitions.withLock { $0.groups[key] = nil }
        }
    }

    /// A consumer says that it lives and which shards it reads.
    /// - Returns: The shards it shall read from now on.
    package func heartbeat(_ name: String, of id: LogstoreID, consumer: String, holding held: [Int]) throws -> [Int] {
        let shards = Set(try found(id).definition.shards.shards.map(\.id))
        _ = try group(name, of: id)
        let time = now().nanoseconds / 1_000_000
        return definitions.withLock { state in
            state.groups[Self.key(name, of: id)]?
                .heartbeat(consumer: consumer, holding: Set(held), shards: shards, at: time) ?? []
        }
    }

    /// Durable when it returns.
    package func setCheckpoint(
        _ name: String, of id: LogstoreID, shard: Int, checkpoint: String, consumer: String, isForced: Bool
    ) async throws {
        guard try found(id).definition.shards.shard(shard) != nil else {
            throw LogServiceError(code: .shardNotFound, message: "The logstore \"\(id)\" has no shard \(shard).")
        }
        try await changes.withTurn {
            var group = try group(name, of: id)
            guard isForced || group.isHolder(consumer, of: shard) else {
                throw LogServiceError(
                    code: .notHolder, message: "The consumer \"\(consumer)\" does not hold shard \(shard) any more.")
            }
            group.setCheckpoint(
                .init(
                    shard: shard, checkpoint: checkpoint, updateTime: now().nanoseconds / 1_000, consumer: consumer))
            try await save(group, of: id)
        }
    }

    /// One for each shard, an empty one where none was set: consumers take that for "from the beginning as configured".
    package func checkpoints(_ name: String, of id: LogstoreID) throws -> [ConsumerGroup.Checkpoint] {
        let kept = try group(name, of: id).document.checkpoints
        return try found(id).definition.shards.shards.map { shard in
            kept.first { $0.shard == shard.id } ?? .init(shard: shard.id, checkpoint: "", updateTime: 0, consumer: "")
        }
    }

    // MARK: Parts

    static func group(_ record: LogRecord) throws -> ConsumerGroup {
        ConsumerGroup(try JSONDecoder().decode(ConsumerGroup.Document.self, from: Data(record.document.utf8)))
    }

    private func group(_ name: String, of id: LogstoreID) throws -> ConsumerGroup {
        _ = try found(id)
        guard let group = definitions.withLock({ $0.groups[Self.key(name, of: id)] }) else {
            throw LogServiceError(
                code: .consumerGroupNotFound, message: "The logstore \"\(id)\" has no consumer group \"\(name)\".")
        }
        return group
    }

    /// Saves the document; heartbeats that came meanwhile are kept.
    private func save(_ group: ConsumerGroup, of id: LogstoreID) async throws {
        let key = Self.key(group.document.name, of: id)
        let document = String(decoding: try JSONEncoder().encode(group.document), as: UTF8.self)
        try await store.save(LogRecord(key: key, document: document))
        definitions.withLock { state in
            if state.groups[key] == nil { state.groups[key] = group }
            state.groups[key]?.document = group.document
        }
    }

    private static func key(_ name: String, of id: LogstoreID) -> LogRecord.Key {
        LogRecord.Key(project: id.project, kind: RecordKind.consumerGroup, name: "\(id.logstore)/\(name)")
    }

    private static func check(timeoutSeconds: Int64) throws {
        guard (1...86_400).contains(timeoutSeconds) else {
            throw LogServiceError(code: .invalid, message: "timeout is \(timeoutSeconds): give 1 to 86400 seconds.")
        }
    }
}
