internal import FabricTypes
internal import GoldenLedger
internal import Testing

@Suite("Configuration messages")
struct ConfigMessagesTests {
    @Test("a recorded configuration survives decoding and encoding, and its encoding is deterministic")
    func recordedConfiguration() throws {
        let bytes = try GoldenFiles.trade.bytes("config/config.pb")

        let config = try Config(decoding: bytes)
        let encoded = config.encoded()

        #expect(try Config(decoding: encoded) == config)
        #expect(try Config(decoding: encoded).encoded() == encoded)
        #expect(encoded.count == bytes.count)
        let channel = try #require(config.channelGroup)
        #expect(channel.groups.keys.sorted() == [ConfigKey.application, ConfigKey.orderer])
        #expect(channel.values[ConfigKey.hashingAlgorithm]?.value == HashingAlgorithm(name: "SHA256").encoded())
    }

    @Test("maps are written in the bytewise order of their keys, with empty values")
    func mapOrder() {
        var group = ConfigGroup()
        group.values["b".bytes] = ConfigValue()
        group.values["a".bytes] = ConfigValue()
        group.values["B".bytes] = ConfigValue()

        #expect(group.encoded().hex == "1a050a01421200" + "1a050a01611200" + "1a050a01621200")
    }

    @Test("of two map entries with one key the last one stands")
    func lastEntryStands() throws {
        let bytes = try #require(Bytes(hex: "1a070a0161120208011a070a016112020802"))

        #expect(try ConfigGroup(decoding: bytes).values["a".bytes]?.version == 2)
    }

    @Test("a map field of another wire type is kept as unknown and adds no entry")
    func wrongWireType() throws {
        let group = try ConfigGroup(decoding: try #require(Bytes(hex: "1805")))

        #expect(group.values.isEmpty)
        #expect(group.encoded().hex == "1805")
    }

    @Test("unknown fields survive and make messages differ")
    func unknownFields() throws {
        // Version 1, then field 9 with the varint 7, then field 2 (a group "x").
        let bytes = try #require(Bytes(hex: "0801" + "4807" + "12050a01781200"))

        let group = try ConfigGroup(decoding: bytes)

        #expect(group.version == 1)
        #expect(group.encoded().hex == "0801" + "12050a01781200" + "4807")
        var known = group
        known.unknownFields = UnknownFields()
        #expect(known != group)
    }

    @Test("an update that comes in two pieces is their merger")
    func mergedUpdate() throws {
        let envelope = try ConfigEnvelope(decoding: try #require(Bytes(hex: "12030a0161" + "12031a0162")))

        #expect(envelope.lastUpdate?.hex == "0a01611a0162")
        #expect(try ConfigEnvelope(decoding: Bytes()).lastUpdate == nil)
        #expect(try ConfigEnvelope(decoding: try #require(Bytes(hex: "1200"))).lastUpdate == Bytes())
    }

    @Test("groups nested beyond the limit are refused")
    func nesting() throws {
        func nested(_ count: Int) -> Bytes {
            var group = ConfigGroup()
            for _ in 1..<count {
                var outer = ConfigGroup()
                outer.groups["g".bytes] = group
                group = outer
            }
            return group.encoded()
        }

        #expect(throws: Never.self) { _ = try ConfigGroup(decoding: nested(WireReader.depthMax)) }
        #expect(throws: WireError.self) { _ = try ConfigGroup(decoding: nested(WireReader.depthMax + 1)) }
    }
}

extension String {
    fileprivate var bytes: Bytes { Bytes(self) }
}
