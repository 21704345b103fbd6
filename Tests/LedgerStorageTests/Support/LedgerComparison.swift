internal import FabricTypes
internal import LedgerCore
internal import LedgerStorage
internal import Testing

/// Expects a ledger on disk to answer every question as the one in memory does.
func expectEqual(_ stored: SQLiteLedger, _ model: InMemoryLedger, _ comment: Comment) throws {
    #expect(stored.height == model.height, comment)
    #expect(try stored.lastCommitHash() == model.lastCommitHash(), comment)
    for number in 0..<model.height {
        #expect(try stored.block(number) == model.block(number), comment)
        #expect(
            try stored.privateSets(ofBlock: number) == model.privateSets(ofBlock: number), "\(comment) block \(number)")
        let block = try Block(decoding: try #require(try model.block(number)))
        #expect(try stored.blockNumber(ofHeaderHash: block.header.hash) == number, comment)
        for entry in block.data.entries {
            let id = PreparedTransaction(entry).transactionID
            #expect(try stored.position(ofTransaction: id) == model.position(ofTransaction: id), comment)
        }
    }
    #expect(try stored.block(model.height) == nil, comment)
    let (left, right) = (try stored.storedSnapshot(), model.inMemorySnapshot())
    defer { left.close() }
    try expectEqualStates(left, right, comment)
}

private func expectEqualStates(_ left: SQLiteSnapshot, _ right: InMemorySnapshot, _ comment: Comment) throws {
    #expect(left.height == right.height, comment)
    #expect(try left.namespaces() == right.namespaces(), comment)
    #expect(try left.hashedCollections() == right.hashedCollections(), comment)
    #expect(try left.privateCollections() == right.privateCollections(), comment)
    for namespace in try right.namespaces() {
        let rows = try right.rows(in: .all, of: namespace, countMax: .max)
        #expect(try left.rows(in: .all, of: namespace, countMax: .max) == rows, comment)
        for row in rows {
            #expect(try left.value(of: row.key, in: namespace) == row.state, comment)
            #expect(try left.version(of: row.key, in: namespace) == row.state.version, comment)
            let range = KeyRange(start: row.key, end: rows[rows.count / 2].key)
            #expect(
                try left.versions(in: range, of: namespace, countMax: 3)
                    == right.versions(in: range, of: namespace, countMax: 3), comment)
            #expect(
                try left.writers(of: row.key, in: namespace, before: nil, countMax: .max)
                    == right.writers(of: row.key, in: namespace, before: nil, countMax: .max), comment)
            #expect(
                try left.writers(of: row.key, in: namespace, before: row.state.version, countMax: 2)
                    == right.writers(of: row.key, in: namespace, before: row.state.version, countMax: 2), comment)
        }
    }
    for id in try right.hashedCollections() {
        let rows = try right.hashedRows(of: id)
        #expect(try left.hashedRows(in: .all, of: id, countMax: .max) == rows, comment)
        for row in rows {
            #expect(try left.hashedMetadata(of: row.key, in: id) == right.hashedMetadata(of: row.key, in: id))
        }
    }
    for id in try right.privateCollections() {
        #expect(
            try left.privateRows(in: .all, of: id, countMax: .max)
                == right.privateRows(in: .all, of: id, countMax: .max),
            comment)
    }
    for block in right.height..<(right.height + 5) {
        #expect(
            Set(try left.expiries(at: block)) == Set(try right.expiries(at: block)), "\(comment) expiries at \(block)")
    }
}
