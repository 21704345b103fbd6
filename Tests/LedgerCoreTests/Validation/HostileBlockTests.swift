internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
internal import Testing

@Suite("Hostile blocks")
struct HostileBlockTests {
    /// The recorded channel after block 52, to be judged against and not to be committed to.
    private static let channel = Result { try GoldenChannel.trade(blocks: 53) }
    private static let blocks = Result { try GoldenFiles.trade.blocks() }

    @Test("mutated blocks are decoded, verified and judged without a crash", arguments: Seeds.sample(4))
    func mutatedBlocks(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let channel = try Self.channel.get()
        // Not the blocks of thousands of rows, which take long and are no more hostile than others.
        let blocks = try Self.blocks.get().filter { $0.count < 60_000 }
        for _ in 0..<40 {
            guard let bytes = blocks.randomElement(using: &random),
                let block = try? Block(decoding: Bytes(random.mutated(bytes.array)))
            else { continue }
            try judge(block, by: channel, seed: seed)
        }
    }

    @Test("mutated entries in a well-signed block are judged without a crash", arguments: Seeds.sample(4))
    func mutatedEntries(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let channel = try Self.channel.get()
        let entries = try Self.blocks.get()[52..<60].flatMap { try Block(decoding: $0).data.entries }
        for _ in 0..<15 {
            let chosen = (0..<4).compactMap { _ in entries.randomElement(using: &random) }
            let mutated = chosen.map { Bytes(random.mutated($0.array)) }
            let block = try Block.golden(
                following: channel.header, envelopes: mutated, lastConfig: channel.lastConfig, orderer: .orderer())
            try judge(block, by: channel, seed: seed)
        }
    }

    @Test(
        "mutated actions and read-write sets under good signatures are judged without a crash",
        arguments: Seeds.sample(4))
    func mutatedActions(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let channel = try Self.channel.get()
        let results = try Self.recordedResults()
        for round in 0..<40 {
            guard let recorded = results.randomElement(using: &random) else { continue }
            var transaction = GoldenTransaction(
                creator: try .user("User1@alder.example"),
                endorsers: [try .peer("peer0.alder.example"), try .peer("peer0.birch.example")],
                writing: ReadWriteSet())
            transaction.nonce = Bytes("round \(round)")
            let mutated = Bytes(random.mutated(recorded.array))
            if Bool.random(using: &random) {
                transaction.results = mutated
            } else {
                let action = ChaincodeAction(
                    results: recorded, response: Response(status: 200),
                    chaincodeID: ChaincodeID(name: Bytes("goods"), version: Bytes("1.0"))
                ).encoded()
                let mutated = Bytes(random.mutated(action.array))
                transaction.changeResponse = { $0.extension = mutated }
            }
            let block = Block(following: channel.header, envelopes: [try transaction.envelope()])
            try judge(block, by: channel, seed: seed)
        }
    }

    @Test("an audit goes on behind any mutated block", arguments: Seeds.sample(3))
    func mutatedLedger(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var audit = LedgerAudit(signatures: SignatureTable(), loop: .concurrent)
        var count = 0
        for bytes in try Self.blocks.get().prefix(23) {
            let isMutated = Int.random(in: 0..<5, using: &random) == 0
            guard let block = try? Block(decoding: isMutated ? Bytes(random.mutated(bytes.array)) : bytes) else {
                audit.note(damage: "The block does not decode.", block: nil)
                continue
            }
            if try audit.append(block) != nil { count += 1 }
        }
        #expect(count > 0, "seed \(seed)")
        #expect(audit.differenceCount == audit.differences.count, "seed \(seed)")
    }

    /// Every step a block goes through, whether or not an earlier one refuses it.
    private func judge(_ block: Block, by channel: GoldenChannel, seed: UInt64) throws {
        let prepared = PreparedBlock(block)
        prepared.checkSignatures(by: channel.configuration.resolver)
        do throws(BlockRefusal) {
            try BlockVerification.check(prepared, after: channel.header, configuration: channel.configuration)
        } catch {
            #expect(!error.message.isEmpty, "seed \(seed)")
        }
        do {
            let evaluation = try channel.evaluate(prepared)
            #expect(evaluation.codes.count == block.data.entries.count, "seed \(seed)")
            _ = evaluation.commitHash(after: nil)
        } catch let halt as ValidationHalt {
            // A config block of another place.
            #expect(halt.code == .configuration, "seed \(seed)")
        }
    }

    private static func recordedResults() throws -> [Bytes] {
        try blocks.get()[10..<53].flatMap { try Block(decoding: $0).data.entries }.compactMap { entry in
            PreparedTransaction(entry).action?.readWriteSet.encoded()
        }.filter { !$0.isEmpty && $0.count < 4_000 }
    }
}
