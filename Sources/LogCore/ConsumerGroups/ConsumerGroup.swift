/// Consumers that share a logstore's shards: each shard is read by one of them at a time.
///
/// Pure. Checkpoints are kept by the log service; who is alive is known from heartbeats alone and starts anew with the
/// process. Times are milliseconds since 1970.
package struct ConsumerGroup: Hashable, Sendable {
    package struct Checkpoint: Hashable, Sendable, Codable {
        package var shard: Int
        package var checkpoint: String
        /// Microseconds since 1970, as the log service tells it.
        package var updateTime: Int64
        package var consumer: String

        package init(shard: Int, checkpoint: String, updateTime: Int64, consumer: String) {
            self.shard = shard
            self.checkpoint = checkpoint
            self.updateTime = updateTime
            self.consumer = consumer
        }
    }

    /// What survives a restart.
    package struct Document: Hashable, Sendable, Codable {
        package var name: String
        package var logstore: LogstoreName
        package var timeoutSeconds: Int64
        package var isInOrder: Bool
        package var checkpoints: [Checkpoint]

        package init(
            name: String, logstore: LogstoreName, timeoutSeconds: Int64, isInOrder: Bool, checkpoints: [Checkpoint] = []
        ) {
            self.name = name
            self.logstore = logstore
            self.timeoutSeconds = timeoutSeconds
            self.isInOrder = isInOrder
            self.checkpoints = checkpoints
        }
    }

    package static let countMax = 30
    package static let consumerCountMax = 1_000

    package var document: Document
    /// Shards each living consumer says it reads, and when it said so.
    private var consumers: [String: (time: Int64, held: Set<Int>)] = [:]
    /// Who shall read a shard.
    private var owners: [Int: String] = [:]

    package init(_ document: Document) {
        self.document = document
    }

    package static func == (left: ConsumerGroup, right: ConsumerGroup) -> Bool { left.document == right.document }

    package func hash(into hasher: inout Hasher) { hasher.combine(document) }

    /// A consumer says that it lives and which shards it reads.
    ///
    /// - Returns: The shards it shall read from now on. A shard moves to another consumer only when no living one says any
    ///   more that it reads it.
    package mutating func heartbeat(consumer: String, holding held: Set<Int>, shards: Set<Int>, at now: Int64) -> [Int]
    {
        let limit = max(document.timeoutSeconds, 1) * 1_000
        consumers = consumers.filter { now - $0.value.time <= limit }
        guard consumers[consumer] != nil || consumers.count < Self.consumerCountMax else { return [] }
        consumers[consumer] = (now, held.intersection(shards))
        assign(shards)
        let given = owners.compactMap { shard, owner in
            let isHeldElsewhere = consumers.contains { $0.key != consumer && $0.value.held.contains(shard) }
            return owner == consumer && !isHeldElsewhere ? shard : nil
        }
        // It may begin to read as soon as it has the answer, before it says so.
        consumers[consumer]?.held.formUnion(given)
        return given.sorted()
    }

    package mutating func setCheckpoint(_ checkpoint: Checkpoint) {
        document.checkpoints.removeAll { $0.shard == checkpoint.shard }
        document.checkpoints.append(checkpoint)
        document.checkpoints.sort { $0.shard < $1.shard }
    }

    /// Whether a consumer may set a shard's checkpoint without force.
    package func isHolder(_ consumer: String, of shard: Int) -> Bool {
        owners[shard] == nil || owners[shard] == consumer || consumers[consumer]?.held.contains(shard) == true
    }

    /// Spreads the shards evenly, moving as few as possible.
    private mutating func assign(_ shards: Set<Int>) {
        let living = consumers.keys.sorted()
        owners = owners.filter { shards.contains($0.key) && consumers[$0.value] != nil }
        // After a restart the consumers know better than we do.
        for (consumer, state) in consumers {
            for shard in state.held where owners[shard] == nil { owners[shard] = consumer }
        }
        var counts = Dictionary(uniqueKeysWithValues: living.map { ($0, 0) })
        for owner in owners.values { counts[owner, default: 0] += 1 }
        func fewest() -> String? { living.min { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) } }
        for shard in shards.sorted() where owners[shard] == nil {
            guard let consumer = fewest() else { return }
            owners[shard] = consumer
            counts[consumer, default: 0] += 1
        }
        while let poorest = fewest(), let richest = living.max(by: { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) }),
            (counts[richest] ?? 0) - (counts[poorest] ?? 0) > 1,
            let shard = owners.filter({ $0.value == richest }).keys.max()
        {
            owners[shard] = poorest
            counts[richest, default: 0] -= 1
            counts[poorest, default: 0] += 1
        }
    }
}
