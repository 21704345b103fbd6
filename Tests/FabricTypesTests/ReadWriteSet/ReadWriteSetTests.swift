import FabricTypes
import GoldenLedger
import Testing

@Suite("Read-write sets")
struct ReadWriteSetTests {
    /// One transaction of the recording carries unknown fields in its set on purpose.
    @Test("every recorded set decodes and encodes to the same bytes")
    func recordedSets() throws {
        var unequal: [String] = []
        var count = 0
        for bytes in try GoldenFiles.trade.blocks() {
            let block = try Block(decoding: bytes)
            for (index, entry) in block.data.entries.enumerated() {
                guard let results = try? Self.results(of: entry), let set = try? ReadWriteSet(decoding: results) else {
                    continue
                }
                count += 1
                if set.encoded() != results { unequal.append("\(block.number):\(index)") }
            }
        }
        #expect(unequal == ["54:25"])
        #expect(count > 500)
    }

    @Test("a set that does not decode, or has a key that is no text, is refused as a whole", arguments: [14, 15, 16])
    func recordedRefusals(index: Int) throws {
        let block = try Block(decoding: GoldenFiles.trade.bytes("blocks/000055.block"))
        let results = try Self.results(of: block.data.entries[index])
        #expect(throws: WireError.self) { try ReadWriteSet(decoding: results) }
    }

    @Test("the empty set is no bytes and the other way round")
    func emptySet() throws {
        #expect(try ReadWriteSet(decoding: Bytes()) == ReadWriteSet())
        #expect(ReadWriteSet().encoded().isEmpty)
    }

    @Test("a version of zeros is present, a missing key has none")
    func versionPresence() throws {
        let genesis = KVRead(key: Bytes("k"), version: Version(blockNumber: 0, transactionIndex: 0))
        #expect(genesis.encoded().hex == "0a016b1200")
        #expect(try KVRead(decoding: genesis.encoded()).version == Version(blockNumber: 0, transactionIndex: 0))

        let missing = KVRead(key: Bytes("k"), version: nil)
        #expect(missing.encoded().hex == "0a016b")
        #expect(try KVRead(decoding: missing.encoded()).version == nil)
    }

    @Test("an empty value deletes, whatever the field says")
    func deletes() {
        #expect(KVWrite(key: Bytes("k"), value: Bytes()).isDelete)
        var odd = KVWrite()
        #expect(odd.deletes)
        odd.value = Bytes("v")
        #expect(!odd.deletes)
        odd.isDelete = true
        #expect(odd.deletes)

        var hashed = KVWriteHash(key: Bytes("k"), value: Bytes("v"))
        #expect(!hashed.deletes)
        hashed.valueHash = Digest(of: Bytes()).bytes
        #expect(hashed.deletes)
        #expect(KVWriteHash(key: Bytes("k"), value: Bytes()).valueHash.isEmpty)
    }

    @Test("metadata is found by name, the last entry of a name counts")
    func metadata() throws {
        let entry = { (name: String, value: String) in KVMetadataEntry(name: Bytes(name), value: Bytes(value)) }
        let metadata = try #require(
            KeyMetadata([entry("VALIDATION_PARAMETER", "a"), entry("x", "y"), entry("VALIDATION_PARAMETER", "b")]))
        #expect(metadata.validationParameter == Bytes("b"))
        #expect(try KeyMetadata(decoding: metadata.encoded) == metadata)
        #expect(KeyMetadata([]) == nil)
        #expect(try KeyMetadata(decoding: Bytes()) == nil)
    }

    @Test("damaged sets are refused or read, never more", arguments: Seeds.sample(3))
    func hostileBytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let block = try Block(decoding: GoldenFiles.trade.bytes("blocks/000037.block"))
        for entry in block.data.entries {
            let results = try Self.results(of: entry)
            for _ in 0..<200 {
                let damaged = Bytes(generator.mutated(results.array))
                guard let set = try? ReadWriteSet(decoding: damaged) else { continue }
                #expect(try ReadWriteSet(decoding: set.encoded()) == set, "seed \(generator.seed)")
            }
        }
    }

    private static func results(of entry: Bytes) throws -> Bytes {
        let payload = try Payload(decoding: Envelope(decoding: entry).payload)
        let action = try Transaction(decoding: payload.data).actions.first?.payload ?? Bytes()
        let response = try ChaincodeActionPayload(decoding: action).action?.proposalResponsePayload ?? Bytes()
        return try ChaincodeAction(decoding: ProposalResponsePayload(decoding: response).extension).results
    }
}
