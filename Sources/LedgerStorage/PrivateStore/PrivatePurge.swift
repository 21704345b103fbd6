internal import FabricTypes
internal import LedgerCore

/// Erases the past of purged keys from the private write sets that are kept.
enum PrivatePurge {
    private struct Purge {
        let collection: CollectionID
        let keyHash: Bytes
        let version: Version
    }

    static func run(height: BlockNumber, on connection: SQLiteConnection) throws {
        for purge in try due(height: height, on: connection) { try erase(purge, on: connection) }
        try connection.statement("DELETE FROM purge WHERE due<?").bind(.number(height)).run()
    }

    private static func due(height: BlockNumber, on connection: SQLiteConnection) throws -> [Purge] {
        let statement = try connection.statement(
            "SELECT due, tx, namespace, collection, key_hash FROM purge WHERE due<?"
        ).bind(.number(height))
        defer { statement.reset() }
        var purges: [Purge] = []
        while try statement.step() {
            purges.append(
                Purge(
                    collection: CollectionID(namespace: statement.bytes(2), collection: statement.bytes(3)),
                    keyHash: statement.bytes(4), version: statement.version(0)))
        }
        return purges
    }

    private static func erase(_ purge: Purge, on connection: SQLiteConnection) throws {
        let statement = try connection.statement(
            """
            SELECT block, tx, position, writes FROM private_set
            WHERE namespace=? AND collection=? AND (block, tx) <= (?, ?)
            """
        ).bind(
            .bytes(purge.collection.namespace), .bytes(purge.collection.collection),
            .number(purge.version.blockNumber), .number(purge.version.transactionIndex))
        var edits: [(version: Version, position: Int64, writes: Bytes)] = []
        while try statement.step() {
            // What was stored here was decoded when it was committed.
            guard var writes = try? KVRWSet(decoding: statement.bytes(3)) else { continue }
            let count = writes.writes.count + writes.metadataWrites.count
            writes.writes.removeAll { Digest(of: $0.key).bytes == purge.keyHash }
            writes.metadataWrites.removeAll { Digest(of: $0.key).bytes == purge.keyHash }
            guard writes.writes.count + writes.metadataWrites.count < count else { continue }
            edits.append((statement.version(0), statement.integer(2), writes.encoded()))
        }
        statement.reset()
        for edit in edits {
            try connection.statement("UPDATE private_set SET writes=? WHERE block=? AND tx=? AND position=?")
                .bind(
                    .bytes(edit.writes), .number(edit.version.blockNumber), .number(edit.version.transactionIndex),
                    .integer(edit.position)
                ).run()
        }
    }
}
