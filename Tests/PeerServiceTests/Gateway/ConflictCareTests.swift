internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
import Testing

@testable internal import PeerService

@Suite("Transactions that can only lose")
struct ConflictCareTests {
    /// A key of `goods` that a transaction of a late block changed.
    private struct ChangedKey {
        let key: Bytes
        let version: Version
        let transactionID: Bytes
    }

    private func changedKey(_ world: GatewayWorld) throws -> ChangedKey {
        let snapshot = try world.channel.ledger.snapshot()
        let rows = try snapshot.versions(in: KeyRange(start: Bytes(), end: Bytes()), of: Bytes("goods"), countMax: 500)
        let row = try #require(rows.max { $0.version < $1.version })
        let block = try Block(decoding: #require(try world.channel.ledger.block(row.version.blockNumber)))
        let envelope = try Envelope(decoding: block.data.entries[Int(row.version.transactionIndex)])
        let header = try Payload(decoding: envelope.payload).header
        return ChangedKey(
            key: row.key, version: row.version,
            transactionID: try ChannelHeader(decoding: #require(header).channelHeader).transactionID)
    }

    private func reading(_ key: Bytes, at version: Version?) -> ReadWriteSet {
        var set = KVRWSet()
        set.reads = [KVRead(key: key, version: version)]
        set.writes = [KVWrite(key: key, value: Bytes("new"))]
        return ReadWriteSet(namespaces: [NamespaceReadWriteSet(namespace: Bytes("goods"), publicSet: set)])
    }

    private static let interest = [ChaincodeCall(name: Bytes("goods"))]

    @Test("are turned away after endorsement, with key and winner named")
    func afterEndorsement() async throws {
        let world = try await GatewayWorld(height: 82)
        let changed = try changedKey(world)
        let older = Version(blockNumber: changed.version.blockNumber - 1, transactionIndex: 0)
        // The own peer has just read what is there now; others may lag behind.
        world.endorseEverywhere(reading(changed.key, at: older), interest: Self.interest)

        let error = try await #require(throws: GatewayError.self) {
            try await world.gateway().endorse(GatewayClient().endorse(by: ["BirchMSP"]), deadline: nil)
        }

        #expect(error.code == .aborted)
        let detail = try #require(error.details.first)
        #expect(error.details.count == 1)
        #expect(detail.address.lossyText == "peer0.alder.example:7051")
        #expect(
            detail.message.lossyText
                == "Key \"\(changed.key.lossyText)\" of \"goods\" was changed by transaction "
                + "\(changed.transactionID.lossyText) in block \(changed.version.blockNumber) after it had been read.")
    }

    @Test("are turned away at submit and never reach an orderer")
    func atSubmit() async throws {
        let world = try await GatewayWorld(height: 82)
        let changed = try changedKey(world)
        let fresh = try transaction(reading: changed.key, at: changed.version)
        let stale = try transaction(reading: changed.key, at: nil)

        _ = try await world.gateway().submit(fresh, deadline: nil)
        #expect(world.asked.takeAll().count == 1)

        let error = try await #require(throws: GatewayError.self) {
            try await world.gateway().submit(stale, deadline: nil)
        }
        #expect(error.code == .aborted)
        #expect(error.details.first?.message.lossyText.contains(changed.transactionID.lossyText) == true)
        #expect(world.asked.takeAll().isEmpty)
    }

    @Test("go to the orderer where the setting is off")
    func settingOff() async throws {
        let world = try await GatewayWorld(height: 82)
        let changed = try changedKey(world)
        var configuration = GatewayConfiguration()
        configuration.abortStale = false

        _ = try await world.gateway(configuration).submit(transaction(reading: changed.key, at: nil), deadline: nil)

        #expect(world.asked.takeAll().count == 1)
    }

    @Test("a read of a block that this peer does not have yet is not stale")
    func ahead() async throws {
        let world = try await GatewayWorld(height: 82)
        let changed = try changedKey(world)
        let future = Version(blockNumber: 500, transactionIndex: 0)

        _ = try await world.gateway().submit(transaction(reading: changed.key, at: future), deadline: nil)
    }

    @Test("a key that was deleted after it had been read has its deleter named")
    func deleted() async throws {
        let world = try await GatewayWorld(height: 82)
        let (key, seen, deleter) = try deletedKey(world)

        let error = try await #require(throws: GatewayError.self) {
            try await world.gateway().submit(transaction(reading: key, at: seen), deadline: nil)
        }

        #expect(error.details.first?.message.lossyText.contains("in block \(deleter.blockNumber) after") == true)
    }

    private func transaction(reading key: Bytes, at version: Version?) throws -> SubmitRequest {
        let envelope = try GoldenTransaction(
            creator: GoldenSigner.user("User1@alder.example"), endorsers: [GoldenSigner.peer("peer0.alder.example")],
            writing: reading(key, at: version)
        ).envelope()
        return SubmitRequest(
            transactionID: Bytes(), channelID: Bytes("trade"), preparedTransaction: try Envelope(decoding: envelope))
    }

    /// A key that is gone, the version it had last, and who deleted it.
    private func deletedKey(_ world: GatewayWorld) throws -> (Bytes, Version, Version) {
        let snapshot = try world.channel.ledger.snapshot()
        for name in try GoldenFiles.trade.json("expected/history.json")["goods"].object.keys.sorted() {
            let key = try #require(Bytes(hex: name))
            guard try snapshot.version(of: key, in: Bytes("goods")) == nil else { continue }
            let writers = try snapshot.writers(of: key, in: Bytes("goods"), before: nil, countMax: 2)
            if writers.count == 2 { return (key, writers[1], writers[0]) }
        }
        throw PeerError(.unknownChannel, "The recording has no deleted key.")
    }
}
