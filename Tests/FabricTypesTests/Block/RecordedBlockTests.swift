import FabricTypes
import GoldenLedger
import Testing

@Suite("Recorded blocks")
struct RecordedBlockTests {
    /// A recorded block with what is known of it.
    struct Recording: Sendable, CustomTestStringConvertible {
        let bytes: Bytes
        let expected: GoldenJSON

        var testDescription: String { "block \((try? expected["number"].integer) ?? -1)" }

        static let all: [Recording] = {
            do {
                let expected = try GoldenFiles.trade.json("expected/blocks.json").array
                return zip(try GoldenFiles.trade.blocks(), expected).map(Recording.init)
            } catch {
                fatalError("The recorded blocks cannot be read: \(error)")
            }
        }()
    }

    @Test("all blocks are there")
    func count() {
        #expect(Recording.all.count == 110)
    }

    @Test("decode and encode again to the same bytes", arguments: Recording.all)
    func reencode(recording: Recording) throws {
        let block = try Block(decoding: recording.bytes)
        #expect(block.encoded() == recording.bytes)
        #expect(block.hasHeader && block.hasData && block.hasMetadata)
        #expect(block.metadata.slots.count == 5)
    }

    @Test("have the hashes that the peers computed", arguments: Recording.all)
    func hashes(recording: Recording) throws {
        let block = try Block(decoding: recording.bytes)
        #expect(block.header.hash.bytes == (try recording.expected["headerHash"].hex))
        #expect(block.data.hash.bytes == (try recording.expected["dataHash"].hex))
        #expect(block.header.dataHash == block.data.hash.bytes)
        #expect(block.header.previousHash == (try recording.expected["previousHash"].hex))
    }

    @Test("have the metadata that the peers wrote", arguments: Recording.all)
    func metadata(recording: Recording) throws {
        var block = try Block(decoding: recording.bytes)
        let codes = try recording.expected["transactions"].array.map { try $0["code"].integer }
        #expect(block.transactionsFilter.codes.map { Int64($0.rawValue) } == codes)
        #expect(try block.commitHash()?.bytes == (block.number == 0 ? nil : recording.expected["commitHash"].hex))
        #expect(try block.lastConfigIndex() == BlockNumber(recording.expected["lastConfig"].integer))
        #expect(block.isConfigBlock == (try block.lastConfigIndex() == block.number))

        // Emptied and filled in anew, the two slots of the peer are as they were.
        let filter = block.transactionsFilter
        let commitHash = try block.commitHash()
        block.transactionsFilter = TransactionsFilter([])
        block.metadata[.commitHash] = Bytes()
        #expect(block.encoded() != recording.bytes)
        block.transactionsFilter = filter
        if let commitHash { block.setCommitHash(commitHash) }
        #expect(block.encoded() == recording.bytes)
    }

    @Test("are assembled from the block before and the envelopes")
    func assembly() throws {
        let blocks = try Recording.all.map { try Block(decoding: $0.bytes) }
        for (previous, block) in zip(blocks, blocks.dropFirst()) {
            let assembled = Block(following: previous.header, envelopes: block.data.entries)
            #expect(assembled.header == block.header)
            #expect(assembled.data == block.data)
            #expect(assembled.metadata == .empty)
        }
        // Peers set the filter of the first block when they join.
        var genesis = Block(genesis: blocks[0].data.entries[0])
        genesis.transactionsFilter = TransactionsFilter([.valid])
        #expect(genesis == blocks[0])
        #expect(Block(genesis: blocks[0].data.entries[0]).encoded() == (try GoldenFiles.trade.bytes("genesis.block")))
    }

    @Test("keep their envelopes as slices of what was received")
    func slices() throws {
        let bytes = Recording.all[30].bytes
        let block = try Block(decoding: bytes)
        bytes.withUnsafeBytes { received in
            for entry in block.data.entries {
                entry.withUnsafeBytes { slice in
                    #expect(
                        slice.baseAddress.map {
                            received.baseAddress! <= $0 && $0 < received.baseAddress! + received.count
                        } == true)
                }
            }
        }
    }

    @Test("the orderer's copies differ only in the slots of the peer")
    func ordererCopies() throws {
        let names = try GoldenFiles.trade.names(in: "orderer-blocks")
        #expect(!names.isEmpty)
        for name in names {
            var served = try Block(decoding: GoldenFiles.trade.bytes("blocks/\(name)"))
            served.metadata[.transactionsFilter] = Bytes()
            served.metadata[.commitHash] = Bytes()
            #expect(served.encoded() == (try GoldenFiles.trade.bytes("orderer-blocks/\(name)")))
        }
    }

    @Test("hold envelopes in canonical form, forged blocks that peers accepted too")
    func canonicalEnvelopes() throws {
        let forged = try GoldenFiles.trade.names(in: "forged").filter { $0.hasSuffix(".block") }
            .map { try GoldenFiles.trade.bytes("forged/\($0)") }
        #expect(forged.count == 4)
        for block in try (Recording.all.map(\.bytes) + forged).map(Block.init(decoding:)) where !block.isConfigBlock {
            for entry in block.data.entries {
                #expect(throws: Never.self) { try Envelope.checkCanonical(entry) }
            }
        }
    }

    @Test(
        "are refused for the envelopes that peers refused",
        arguments: [
            ("rb-no-signature", Envelope.CanonicalFault.signatureMissing),
            ("rb-no-payload", .payloadMissing),
            ("rb-length", .notCanonical),
            ("rb-twice", .notCanonical),
            ("rb-order", .notCanonical),
        ])
    func refusedEnvelopes(name: String, fault: Envelope.CanonicalFault) throws {
        let block = try Block(decoding: GoldenFiles.trade.bytes("forged/refused/\(name).block"))
        #expect(throws: fault) { try Envelope.checkCanonical(block.data.entries[0]) }
    }

    @Test("are refused for an entry that is no envelope")
    func undecodableEnvelope() throws {
        let block = try Block(decoding: GoldenFiles.trade.bytes("forged/refused/rb-envelope.block"))
        #expect {
            try Envelope.checkCanonical(block.data.entries[0])
        } throws: { error in
            if case .undecodable = error as? Envelope.CanonicalFault { true } else { false }
        }
    }
}
