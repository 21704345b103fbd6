import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Testing

@Suite("Replay of the recorded channel")
struct RecordedReplayTests {
    /// Codes of read conflicts and the commit hash chain are compared while replaying.
    @Test(
        "every peer's ledger comes to the recorded conflicts, commit hashes and state", arguments: RecordedReplay.peers)
    func replayEqualsRecording(peer: String) throws {
        let replay = try RecordedReplay.trade(peer: peer)
        let snapshot = replay.ledger.inMemorySnapshot()
        let expected = try GoldenFiles.trade.json("expected/state.json")

        var publicKeys: [Bytes: [Bytes: RecordedValue]] = [:]
        for (namespace, rows) in try expected["public"].object {
            for row in try rows.array {
                publicKeys[Bytes(namespace), default: [:]][try row["keyHex"].hex] = try RecordedValue(
                    row, value: "value")
            }
        }
        #expect(try Set(snapshot.namespaces()) == Set(publicKeys.keys).union([ChannelConfigState.namespace]))
        for (namespace, keys) in publicKeys {
            let rows = try snapshot.rows(in: .all, of: namespace, countMax: .max)
            #expect(rows.map(\.key) == keys.keys.sorted(), "namespace \(namespace.lossyText)")
            for row in rows { #expect(try RecordedValue(row.state) == keys[row.key], "key \(row.key.lossyText)") }
        }

        var hashedKeys: [CollectionID: [Bytes: RecordedValue]] = [:]
        for (namespace, collections) in try expected["hashed"].object {
            for (collection, rows) in try collections.object {
                let id = CollectionID(namespace: Bytes(namespace), collection: Bytes(collection))
                for row in try rows.array {
                    hashedKeys[id, default: [:]][try row["keyHash"].hex] = try RecordedValue(hashed: row)
                }
            }
        }
        #expect(try Set(snapshot.hashedCollections()) == Set(hashedKeys.keys))
        for (id, keys) in hashedKeys {
            let rows = try snapshot.hashedRows(of: id)
            #expect(rows.map(\.key) == keys.keys.sorted(), "collection \(id.collection.lossyText)")
            for row in rows { #expect(try RecordedValue(row.state) == keys[row.key], "key \(row.key)") }
        }

        var privateKeys: [CollectionID: [Bytes: RecordedValue]] = [:]
        for (namespace, collections) in try expected["private"][peer].object {
            for (collection, rows) in try collections.object {
                let id = CollectionID(namespace: Bytes(namespace), collection: Bytes(collection))
                for row in try rows.array {
                    privateKeys[id, default: [:]][try row["keyHex"].hex] = try RecordedValue(row, value: "value")
                }
            }
        }
        #expect(try Set(snapshot.privateCollections()) == Set(privateKeys.keys))
        for (id, keys) in privateKeys {
            let rows = try snapshot.privateRows(in: .all, of: id, countMax: .max)
            #expect(rows.map(\.key) == keys.keys.sorted(), "collection \(id.collection.lossyText)")
            for row in rows { #expect(try RecordedValue(row.state) == keys[row.key], "key \(row.key.lossyText)") }
        }
    }

    @Test("the channel's configuration is the last one and carries its block's version")
    func channelConfiguration() throws {
        let snapshot = try RecordedReplay.trade().ledger.inMemorySnapshot()
        let expected = try GoldenFiles.trade.json("expected/state.json")["channelConfig"][0]

        let state = try #require(
            try snapshot.value(of: ChannelConfigState.key, in: ChannelConfigState.namespace))

        #expect(try Digest(of: state.value).bytes == expected["valueSHA256"].hex)
        #expect(state.version == Version(blockNumber: 98, transactionIndex: 0))
    }

    @Test("history names the recorded transactions, newest first")
    func history() throws {
        let snapshot = try RecordedReplay.trade().ledger.inMemorySnapshot()
        for (namespace, keys) in try GoldenFiles.trade.json("expected/history.json").object {
            for (keyHex, versions) in try keys.object {
                let key = try #require(Bytes(hex: keyHex))
                let expected = try versions.array.map { try Version(recorded: $0) }
                let found = try snapshot.writers(of: key, in: Bytes(namespace), before: nil, countMax: .max)
                #expect(found == expected.reversed(), "key \(key.lossyText)")
            }
        }
    }

    @Test("private write sets are kept, purged and expired as the recorded peers did", arguments: RecordedReplay.peers)
    func privateWriteSets(peer: String) throws {
        let ledger = try RecordedReplay.trade(peer: peer).ledger
        var seen = 0
        for entry in try GoldenFiles.trade.json("expected/private-writes.json").array
        where try entry["peer"].string == peer {
            let isChanged = try entry.object["atEnd"] != nil
            let atEnd = isChanged ? entry["atEnd"] : entry["writeSet"]
            let held = try ledger.privateSets(ofBlock: BlockNumber(entry["block"].integer))
                .first { try $0.transactionIndex == entry["tx"].integer }
            #expect(try held?.set.encoded() == (atEnd.isNull ? nil : atEnd.base64), "\(entry["block"]):\(entry["tx"])")
            seen += 1
        }
        #expect(seen > 0)
    }

    @Test("the blocks of the test block producer leave what they left in the recorded peer")
    func forgedBlocks() throws {
        var replay = try RecordedReplay.replayed(peer: RecordedReplay.peers[0])
        for name in try GoldenFiles.trade.names(in: "forged") where name.hasSuffix(".block") {
            try replay.commit(GoldenFiles.trade.bytes("forged/\(name)"))
        }
        let snapshot = replay.ledger.inMemorySnapshot()
        let expected = try GoldenFiles.trade.json("forged/state.json").array
        for row in try snapshot.rows(in: .all, of: Bytes("notes"), countMax: .max)
        where row.state.version.blockNumber >= 110 {
            let recorded = try #require(try expected.first { try $0["keyHex"].hex == row.key })
            #expect(try RecordedValue(row.state) == RecordedValue(recorded, value: "value"))
        }
        for recorded in expected {
            let key = try recorded["keyHex"].hex
            #expect(try snapshot.version(of: key, in: Bytes("notes")) == Version(recorded: recorded["version"]))
        }
    }
}

/// A value of the state as the recording writes it down; metadata as a map, since only its content is recorded.
private struct RecordedValue: Equatable {
    var value: Bytes
    var version: Version
    var metadata: [Bytes: Bytes] = [:]

    init(_ json: GoldenJSON, value name: String) throws {
        value = try json[name].base64
        version = try Version(recorded: json["version"])
        if !json["metadata"].isNull {
            for (name, value) in try json["metadata"].object { metadata[Bytes(name)] = try value.base64 }
        }
    }

    init(hashed json: GoldenJSON) throws {
        value = try json["valueHash"].hex
        version = try Version(recorded: json["version"])
        if !json["metadata"].isNull {
            for (name, value) in try json["metadata"].object { metadata[Bytes(name)] = try value.base64 }
        }
    }

    init(_ state: StateValue) throws {
        value = state.value
        version = state.version
        for entry in try KeyMetadata(decoding: state.metadata)?.entries ?? [] { metadata[entry.name] = entry.value }
    }
}

extension Version {
    fileprivate init(recorded json: GoldenJSON) throws {
        self.init(
            blockNumber: BlockNumber(try json[0].integer), transactionIndex: UInt64(try json[1].integer))
    }
}
