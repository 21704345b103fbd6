internal import FabricTypes
internal import LedgerCore

/// Writes what blocks derive into the database, one storage transaction a block.
///
/// Used by the ledger's one writer only.
final class LedgerWriter {
    let connection: SQLiteConnection
    var spaces = SpaceTable()
    private var indexes = QueryIndexTable()

    init(connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Stores a block's effects, or nothing of them.
    ///
    /// - Parameter beforeCommit: is called when everything is written and nothing is final.
    func write(_ commit: BlockCommit, at location: BlockLocation, beforeCommit: () -> Void = {}) throws {
        do {
            try connection.transaction {
                try writeAll(commit, at: location)
                beforeCommit()
            }
        } catch {
            // Numbers that the transaction gave went with it.
            spaces.removeAll()
            indexes.removeAll()
            throw error
        }
    }

    private func writeAll(_ commit: BlockCommit, at location: BlockLocation) throws {
        for (namespace, updates) in commit.updates.publicState.sorted(by: { $0.key < $1.key }) {
            try write(updates, to: .open(namespace))
        }
        for (collection, updates) in commit.updates.hashedState.sorted(by: { $0.key < $1.key }) {
            try write(updates, to: .hashed(collection))
        }
        try writePrivateState(commit.updates)
        for row in commit.history {
            try connection.statement("INSERT OR IGNORE INTO history(space, key, block, tx) VALUES(?,?,?,?)")
                .bind(
                    .integer(try spaces.makeNumber(of: .open(row.namespace), on: connection)), .bytes(row.key),
                    .number(row.version.blockNumber), .number(row.version.transactionIndex)
                ).run()
        }
        try writeExpiries(commit)
        try writeConfigHistory(of: commit)
        try writeIndexes(of: commit, at: location)
    }

    private func write(_ updates: KeyUpdates, to space: Space) throws {
        let number = try spaces.makeNumber(of: space, on: connection)
        let declared = try indexes.indexes(of: number, on: connection)
        try updates.forEach { key, update in
            for index in declared { try index.remove(key, space: number, on: connection) }
            if let state = update.state {
                try put(StateRow(key: key, state: state), space: number)
                for index in declared { try index.insert(key, value: state.value, on: connection) }
            } else {
                try connection.statement("DELETE FROM state WHERE space=? AND key=?")
                    .bind(.integer(number), .bytes(key)).run()
            }
        }
    }

    func put(_ row: StateRow, space: Int64) throws {
        try connection.statement(
            "INSERT OR REPLACE INTO state(space, key, block, tx, metadata, value) VALUES(?,?,?,?,?,?)"
        ).bind(
            .integer(space), .bytes(row.key), .number(row.state.version.blockNumber),
            .number(row.state.version.transactionIndex),
            row.state.metadata.isEmpty ? .null : .bytes(row.state.metadata),
            .bytes(row.state.value)
        ).run()
    }

    /// Private values, overwritten where they lay when they go.
    private func writePrivateState(_ updates: StateUpdates) throws {
        guard !updates.privateState.isEmpty || !updates.purges.isEmpty else { return }
        try connection.execute("PRAGMA secure_delete=ON")
        defer {
            // A connection that cannot be told so erases more than it must: slower, not wrong.
            try? connection.execute("PRAGMA secure_delete=OFF")
        }
        for purge in updates.purges { try erase(purge) }
        for (collection, updates) in updates.privateState.sorted(by: { $0.key < $1.key }) {
            try write(updates, to: .secret(collection))
        }
    }

    /// Removes an older value of a purged key, which is known by its hash only.
    private func erase(_ purge: PurgedKey) throws {
        guard let number = try spaces.number(of: .secret(purge.collection), on: connection) else { return }
        let statement = try connection.statement("SELECT key, block, tx FROM state WHERE space=?").bind(
            .integer(number))
        var found: [Bytes] = []
        while try statement.step() {
            let key = statement.bytes(0)
            if statement.version(1) < purge.version, Digest(of: key).bytes == purge.keyHash { found.append(key) }
        }
        statement.reset()
        for key in found {
            try connection.statement("DELETE FROM state WHERE space=? AND key=?").bind(.integer(number), .bytes(key))
                .run()
        }
    }

    private func writeExpiries(_ commit: BlockCommit) throws {
        try connection.statement("DELETE FROM expiry WHERE block<=?").bind(.number(commit.number)).run()
        for entry in commit.updates.expiries { try write(entry) }
    }

    func write(_ entry: ExpiryEntry) throws {
        // Beyond what the database counts nothing expires.
        guard entry.expiringBlock <= UInt64(Int64.max) else { return }
        let space = try spaces.makeNumber(of: .hashed(entry.collection), on: connection)
        try connection.statement(
            "INSERT OR REPLACE INTO expiry(block, space, key_hash, committed, key) VALUES(?,?,?,?,?)"
        ).bind(
            .number(entry.expiringBlock), .integer(space), .bytes(entry.keyHash), .number(entry.committingBlock),
            entry.key.map { .bytes($0) } ?? .null
        ).run()
    }

    private func writeConfigHistory(of commit: BlockCommit) throws {
        let entries = try ConfigHistoryEntry.entries(of: commit) { key in
            guard let number = try spaces.number(of: .open(LifecycleKeys.namespace), on: connection) else { return nil }
            let statement = try connection.statement("SELECT value FROM state WHERE space=? AND key=?")
                .bind(.integer(number), .bytes(key))
            defer { statement.reset() }
            return try statement.step() ? statement.bytes(0) : nil
        }
        for entry in entries { try write(entry) }
    }

    func write(_ entry: ConfigHistoryEntry) throws {
        try connection.statement("INSERT OR REPLACE INTO config_history(chaincode, block, collections) VALUES(?,?,?)")
            .bind(.bytes(entry.chaincode), .number(entry.block), .bytes(entry.collections)).run()
    }

    private func writeIndexes(of commit: BlockCommit, at location: BlockLocation) throws {
        for (index, id) in commit.transactionIDs.enumerated() where !id.isEmpty {
            try connection.statement("INSERT INTO tx(id, block, tx, code) VALUES(?,?,?,?)")
                .bind(
                    .integer(TransactionIDPrefix(id).rawValue), .number(commit.number), .integer(Int64(index)),
                    .integer(Int64(commit.codes[index].rawValue))
                ).run()
        }
        try connection.statement("INSERT INTO block(number, hash, segment, offset, size) VALUES(?,?,?,?,?)")
            .bind(
                .number(commit.number), .bytes(commit.headerHash.bytes), .integer(Int64(location.segment)),
                .number(location.offset), .integer(Int64(location.byteCount))
            ).run()
        try connection.statement("INSERT INTO block_hash(hash, number) VALUES(?,?)")
            .bind(.integer(commit.headerHash.prefix), .number(commit.number)).run()
        try set(LedgerDatabase.heightName, .number(commit.number + 1))
        if commit.number == 0 { try set(LedgerDatabase.genesisHashName, .bytes(commit.headerHash.bytes)) }
        if let hash = commit.commitHash { try set(LedgerDatabase.commitHashName, .bytes(hash.bytes)) }
    }

    func set(_ name: String, _ value: SQLiteValue) throws {
        try connection.statement("INSERT OR REPLACE INTO meta(name, value) VALUES(?,?)").bind(.text(name), value).run()
    }

    /// Declares the indexes of a namespace or collection: those that are new are filled, those no longer named removed.
    func declare(_ declared: [QueryIndex], for space: Space) throws {
        do {
            try connection.transaction {
                let number = try spaces.makeNumber(of: space, on: connection)
                try indexes.declare(declared, for: number, on: connection)
            }
        } catch {
            spaces.removeAll()
            indexes.removeAll()
            throw error
        }
    }
}

/// The 8 bytes of a transaction's id that the index keeps.
struct TransactionIDPrefix {
    let rawValue: Int64

    /// A regular id is a hash already; whatever else a bad envelope carries is hashed to be as evenly spread.
    init(_ id: Bytes) {
        if id.count == 2 * Digest.byteCount, let text = id.utf8Text, let id = try? TransactionID(validating: text) {
            rawValue = id.digest.prefix
        } else {
            rawValue = Digest(of: id).prefix
        }
    }
}

extension Digest {
    /// The first 8 bytes.
    var prefix: Int64 {
        bytes.withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }
}
