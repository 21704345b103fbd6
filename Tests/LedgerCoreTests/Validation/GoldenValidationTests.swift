internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import LedgerTestKit
internal import Membership
internal import Testing

@Suite("Validation of the recorded channel")
struct GoldenValidationTests {
    @Test("every block comes to the recorded codes and commit hash, one transaction at a time and all at once")
    func recordedCodes() throws {
        for loop in [ParallelLoop.concurrent, .serial] {
            let blocks = try GoldenFiles.trade.blocks().map { try Block(decoding: $0) }
            var channel = try GoldenChannel(genesis: blocks[0], loop: loop)
            for block in blocks.dropFirst() {
                let (verdicts, commitHash) = try channel.append(block.withoutPeerSlots)
                #expect(verdicts.map(\.code) == block.transactionsFilter.codes, "block \(block.number): \(verdicts)")
                #expect(try commitHash == block.commitHash(), "block \(block.number)")
            }
        }
    }
}

extension GoldenValidationTests {
    @Test("validation leaves the recorded public and hashed state, metadata and history behind")
    func recordedEffects() throws {
        let validated = try GoldenChannel.trade().ledger.inMemorySnapshot()
        let recorded = try RecordedReplay.trade().ledger.inMemorySnapshot()

        #expect(try validated.namespaces() == recorded.namespaces())
        for namespace in try recorded.namespaces() {
            let rows = try recorded.rows(in: .all, of: namespace, countMax: .max)
            #expect(try validated.rows(in: .all, of: namespace, countMax: .max) == rows, "\(namespace.lossyText)")
        }
        #expect(try validated.hashedCollections() == recorded.hashedCollections())
        for collection in try recorded.hashedCollections() {
            #expect(try validated.hashedRows(of: collection) == recorded.hashedRows(of: collection))
        }
        for (namespace, keys) in try GoldenFiles.trade.json("expected/history.json").object {
            for (keyHex, versions) in try keys.object {
                let writers = try validated.writers(
                    of: #require(Bytes(hex: keyHex)), in: Bytes(namespace), before: nil, countMax: .max)
                let expected = try versions.array.map { version in
                    Version(
                        blockNumber: UInt64(try version[0].integer), transactionIndex: UInt64(try version[1].integer))
                }
                #expect(writers == expected.reversed(), "key \(keyHex)")
            }
        }
    }
}

@Suite("Forged blocks")
struct ForgedBlocksTests {
    /// The rule that each variant breaks, by the words in which the recorded peer refused it.
    private static let rules: [(words: String, code: BlockRefusal.Code)] = [
        ("expected block number is", .number),
        ("Header.PreviousHash", .previousHash),
        ("contains too few entries", .metadata),
        ("failed to verify transactions are well formed", .form),
        ("Header.DataHash is different", .dataHash),
        ("implicit policy evaluation failed", .signature),
    ]

    @Test("each refused variant is refused for the recorded reason")
    func refusedVariants() throws {
        let channel = try GoldenChannel.trade()
        let variants = try GoldenFiles.trade.json("forged/refused.json").array
        #expect(variants.count == 16)
        for variant in variants {
            let id = try variant["id"].string
            let reason = try variant["reason"].string
            let block = try Block(decoding: GoldenFiles.trade.bytes("forged/refused/\(id).block"))
            let expected = try #require(Self.rules.first { reason.contains($0.words) }, "\(reason)")
            #expect {
                try BlockVerification.check(
                    PreparedBlock(block), after: channel.header, configuration: channel.configuration)
            } throws: { error in
                (error as? BlockRefusal)?.code == expected.code
            }
        }
    }

    @Test("accepted blocks come to the recorded codes, commit hashes and state")
    func acceptedBlocks() throws {
        var channel = try GoldenChannel.trade()
        for name in try GoldenFiles.trade.names(in: "forged") where name.hasSuffix(".block") {
            let block = try Block(decoding: GoldenFiles.trade.bytes("forged/\(name)"))
            let (verdicts, commitHash) = try channel.append(block.withoutPeerSlots)
            #expect(verdicts.map(\.code) == block.transactionsFilter.codes, "block \(block.number): \(verdicts)")
            #expect(try commitHash == block.commitHash(), "block \(block.number)")
        }
        let snapshot = channel.ledger.inMemorySnapshot()
        for row in try GoldenFiles.trade.json("forged/state.json").array {
            let state = try snapshot.value(of: row["keyHex"].hex, in: Bytes(row["namespace"].string))
            #expect(try state?.value == row["value"].base64)
            #expect(try state?.version.transactionIndex == UInt64(row["version"][1].integer))
        }
    }
}
