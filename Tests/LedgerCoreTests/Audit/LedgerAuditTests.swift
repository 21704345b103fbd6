internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import LedgerTestKit
internal import Membership
internal import Testing

@Suite("Audit of a ledger")
struct LedgerAuditTests {
    /// What an audit of some blocks says.
    struct Findings {
        var blocks: [AuditedBlock] = []
        var differences: [AuditDifference] = []
        var snapshot: InMemorySnapshot

        /// The blocks that differ.
        var blockNumbers: Set<BlockNumber?> { Set(differences.map(\.blockNumber)) }
        var kinds: Set<AuditDifference.Kind> { Set(differences.map(\.kind)) }
    }

    static func audit(_ blocks: some Sequence<Block>) throws -> Findings {
        var audit = LedgerAudit(signatures: signatures, loop: .concurrent)
        let audited = try blocks.compactMap { try audit.append($0) }
        #expect(audit.differenceCount == audit.differences.count)
        #expect(audited.flatMap(\.differences).count <= audit.differenceCount)
        return Findings(blocks: audited, differences: audit.differences, snapshot: audit.snapshot)
    }

    /// Shared by all tests, which look at the same signatures again and again.
    private static let signatures = SignatureTable()

    static func recordedBlocks(_ count: Int = 110) throws -> [Block] {
        try recorded.get().dropLast(110 - count)
    }

    private static let recorded = Result { try GoldenFiles.trade.blocks().map { try Block(decoding: $0) } }

    @Test("the recorded ledger is what it claims, and its hashes are the recorded ones")
    func recordedLedger() throws {
        let findings = try Self.audit(Self.recordedBlocks())

        #expect(findings.differences == [])
        for (block, expected) in zip(findings.blocks, try GoldenFiles.trade.json("expected/blocks.json").array) {
            #expect(try block.number == BlockNumber(expected["number"].integer))
            #expect(try block.headerHash.bytes == expected["headerHash"].hex)
            #expect(try block.dataHash.bytes == expected["dataHash"].hex)
            #expect(try Bytes(block.codes.map(\.rawValue)) == expected["transactionsFilter"].hex)
            let commitHash = expected["commitHash"]
            #expect(try block.commitHash?.bytes == (commitHash.isNull ? nil : commitHash.hex))
            #expect(block.isRecomputed)
        }
        #expect(findings.blocks.count == 110)
    }

    @Test("the recorded ledger's state at the end is the one that a peer came to")
    func recordedState() throws {
        let audited = try Self.audit(Self.recordedBlocks()).snapshot
        let committed = try RecordedReplay.trade().ledger.inMemorySnapshot()
        #expect(try audited.namespaces() == committed.namespaces())
        for namespace in try audited.namespaces() {
            #expect(
                try audited.rows(in: .all, of: namespace, countMax: .max)
                    == committed.rows(in: .all, of: namespace, countMax: .max))
        }
        #expect(try audited.hashedCollections() == committed.hashedCollections())
        for collection in try audited.hashedCollections() {
            #expect(try audited.hashedRows(of: collection) == committed.hashedRows(of: collection))
        }
    }

    @Test("an orderer's copies are computed without comparing what only peers fill in")
    func ordererCopies() throws {
        let findings = try Self.audit(Self.recordedBlocks().map(\.withoutPeerSlots))

        #expect(findings.differences == [])
        let expected = try GoldenFiles.trade.json("expected/blocks.json").array
        for (block, expected) in zip(findings.blocks, expected) {
            #expect(try Bytes(block.codes.map(\.rawValue)) == expected["transactionsFilter"].hex)
        }
        #expect(try findings.blocks.last?.commitHash?.bytes == expected.last?["commitHash"].hex)
    }

    /// What is done to one block of the recording, and what the audit has to call it.
    struct Alteration: CustomTestStringConvertible, Sendable {
        let name: String
        let kinds: Set<AuditDifference.Kind>
        let alter: @Sendable (inout Block) -> Void

        var testDescription: String { name }

        static let all = [
            Alteration(name: "filter", kinds: [.transactionsFilter]) { block in
                block.metadata[.transactionsFilter] = block.metadata[.transactionsFilter].flippingBit(at: 0)
            },
            Alteration(name: "filter of another length", kinds: [.transactionsFilter]) { block in
                block.metadata[.transactionsFilter] = Bytes(block.metadata[.transactionsFilter].array + [0])
            },
            Alteration(name: "no filter", kinds: [.transactionsFilter]) { $0.metadata[.transactionsFilter] = Bytes() },
            Alteration(name: "commit hash", kinds: [.commitHash]) { block in
                block.metadata[.commitHash] = block.metadata[.commitHash].flippingBit(at: 10)
            },
            Alteration(name: "no commit hash", kinds: [.commitHash]) { $0.metadata[.commitHash] = Bytes() },
            Alteration(name: "orderer's signature", kinds: [.signature]) { block in
                let slot = block.metadata[.signatures]
                block.metadata[.signatures] = slot.flippingBit(at: slot.count - 5)
            },
            Alteration(name: "data hash", kinds: [.dataHash, .signature]) { block in
                block.header.dataHash = block.header.dataHash.flippingBit(at: 0)
            },
            Alteration(name: "previous hash", kinds: [.previousHash, .signature]) { block in
                block.header.previousHash = block.header.previousHash.flippingBit(at: 31)
            },
            Alteration(name: "number", kinds: [.number]) { $0.header.number += 200 },
            Alteration(name: "four metadata slots", kinds: [.metadata, .commitHash]) { $0.metadata.slots.removeLast() },
            Alteration(name: "last config in slot 1", kinds: [.lastConfig]) { block in
                block.metadata[.lastConfig] = Metadata(value: LastConfig(index: 1).encoded()).encoded()
            },
        ]
    }

    @Test("one altered part of one block is one block of differences", arguments: Alteration.all)
    func alteredPart(alteration: Alteration) throws {
        for number in [15, 44] {
            var blocks = try Self.recordedBlocks(50)
            alteration.alter(&blocks[number])
            let findings = try Self.audit(blocks)
            #expect(findings.blockNumbers == [BlockNumber(number)], "\(findings.differences)")
            #expect(findings.kinds == alteration.kinds, "\(findings.differences)")
            #expect(findings.blocks.count == 50)
        }
    }

    @Test("a changed value inside a transaction is found in its block and nowhere else")
    func alteredValue() throws {
        for number in [10, 15, 36] {
            var blocks = try Self.recordedBlocks(60)
            let entry = blocks[number].data.entries[0]
            blocks[number].data.entries[0] = entry.flippingBit(at: entry.count / 2)
            let findings = try Self.audit(blocks)
            #expect(findings.blockNumbers == [BlockNumber(number)], "\(findings.differences)")
            #expect(findings.kinds.isSuperset(of: [.dataHash, .transactionsFilter]), "\(findings.differences)")
        }
    }

    @Test("every block may be damaged: each is reported for itself, without the effort growing from block to block")
    func allDamaged() throws {
        for damagesHeaders in [false, true] {
            var blocks = try Self.recordedBlocks()
            for index in blocks.indices.dropFirst() {
                let entry = blocks[index].data.entries[0]
                blocks[index].data.entries[0] = entry.flippingBit(at: entry.count / 2)
                guard damagesHeaders else { continue }
                blocks[index].header.previousHash = blocks[index].header.previousHash.flippingBit(at: 3)
            }
            let findings = try Self.audit(blocks)
            #expect(findings.blocks.count == 110)
            #expect(findings.differences.count { $0.kind == .dataHash } == 109)
            #expect(findings.differences.count { $0.kind == .previousHash } == (damagesHeaders ? 109 : 0))
        }
    }

    @Test(
        "numbers that no ledger reaches end no audit",
        arguments: [1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max - 1, .max] as [BlockNumber])
    func extremeNumber(number: BlockNumber) throws {
        var blocks = try Self.recordedBlocks(20)
        var block = blocks[19]
        block.header.number = number
        // Neither is the one before it, so that its number alone says where it belongs.
        block.header.previousHash = Bytes()
        blocks += [block, block]
        blocks.append(Block(following: block.header, envelopes: blocks[19].data.entries))
        let findings = try Self.audit(blocks)
        #expect(findings.kinds.contains(number == .max ? .number : .missing), "\(findings.differences)")
        #expect(findings.blocks.prefix(20).map(\.number) == Array(0..<20))
    }

    @Test("a block that was there and unreadable is not called missing too")
    func unreadableBlocks() throws {
        let blocks = try Self.recordedBlocks(20)
        var audit = LedgerAudit(signatures: Self.signatures, loop: .concurrent)
        for (number, block) in blocks.enumerated() {
            switch number {
            case 5: audit.note(damage: "no block", block: 5)
            case 9: audit.note(damage: "no block", block: nil)
            case 12, 14: continue
            case 13: audit.note(damage: "no block", block: 13)
            default: _ = try audit.append(block)
            }
        }
        #expect(audit.differences.map(\.blockNumber) == [5, 9, 13, 12, 14])
        #expect(audit.differences.map(\.kind) == [.unreadable, .unreadable, .unreadable, .missing, .missing])
        #expect(audit.differences.last?.message.hasPrefix("Block 14 is missing.") == true)
    }

    @Test("a missing block is named, and what is wrong behind it is still found")
    func missingBlock() throws {
        // Block 87 revokes identities that block 88 uses.
        for number in [0, 15, 87] {
            var blocks = try Self.recordedBlocks(95)
            blocks.remove(at: number)
            let findings = try Self.audit(blocks)
            #expect(findings.blockNumbers == [BlockNumber(number)], "\(findings.differences)")
            #expect(findings.kinds == [.missing])
        }

        var blocks = try Self.recordedBlocks(80)
        blocks.removeSubrange(20..<25)
        blocks[60].metadata[.transactionsFilter] = blocks[60].metadata[.transactionsFilter].flippingBit(at: 0)
        let findings = try Self.audit(blocks)
        #expect(findings.blockNumbers == [20, 65], "\(findings.differences)")
        #expect(findings.differences.first?.message.contains("20 to 24") == true)
        #expect(findings.blocks.count { !$0.isRecomputed } == 55)
    }

    @Test("a block that comes twice is passed over and said so")
    func repeatedBlock() throws {
        var blocks = try Self.recordedBlocks(20)
        blocks.insert(blocks[12], at: 14)
        let findings = try Self.audit(blocks)
        #expect(findings.blockNumbers == [12])
        #expect(findings.kinds == [.number])
        #expect(findings.blocks.count == 20)
    }

    @Test("a configuration that does not follow from its update is a difference of its block")
    func wrongConfiguration() throws {
        // Block 72 in place of block 61: a whole, signed block, but of another place.
        var blocks = try Self.recordedBlocks()
        var block = Block(following: blocks[60].header, envelopes: blocks[72].data.entries)
        try block.sign(by: [.orderer()], lastConfig: 61)
        blocks[61] = block
        let findings = try Self.audit(blocks)
        #expect(findings.differences.first?.blockNumber == 61)
        #expect(findings.differences.first?.kind == .configuration)
    }
}

extension Bytes {
    fileprivate func flippingBit(at position: Int) -> Bytes {
        var array = array
        array[position] ^= 1
        return Bytes(array)
    }
}
