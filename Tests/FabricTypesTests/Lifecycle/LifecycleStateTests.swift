import FabricTypes
import Testing

/// Organisations compare hashes of these values, so each byte counts. The expected bytes are those of a real network.
@Suite("Stored values of _lifecycle")
struct LifecycleStateTests {
    @Test("a sequence is an integer")
    func sequence() {
        #expect(LifecycleStateData(.integer(1)).encoded().hex == "0801")
        #expect(LifecycleStateData(.integer(0)).encoded().hex == "0800")
    }

    @Test("no collections are written as an empty value, which is not nothing")
    func emptyCollections() throws {
        let value = LifecycleStateData(.bytes(CollectionConfigPackage([]).encoded()))

        #expect(value.encoded().hex == "1200")
        #expect(try LifecycleStateData(decoding: [0x12, 0x00]).value == .bytes(Bytes()))
        #expect(try LifecycleStateData(decoding: Bytes()).value == nil)
    }

    @Test("an unavailable package is an empty text")
    func noPackage() {
        #expect(LifecycleStateData(.text(Bytes())).encoded().hex == "1a00")
    }

    @Test("endorsement and validation parameters")
    func parameters() {
        let endorsement = ChaincodeEndorsementInfo(
            version: Bytes("1"), isInitRequired: false, endorsementPlugin: Bytes("escc"))
        #expect(LifecycleStateData(.bytes(endorsement.encoded())).encoded().hex == "12090a01311a0465736363")

        let policy = ApplicationPolicy(
            .channelConfigPolicyReference(Bytes("/Channel/Application/Endorsement")))
        let validation = ChaincodeValidationInfo(
            validationPlugin: Bytes("vscc"), validationParameter: policy.encoded())
        #expect(
            LifecycleStateData(.bytes(validation.encoded())).encoded().hex
                == "122a0a0476736363122212202f4368616e6e656c2f4170706c69636174696f6e2f456e646f7273656d656e74")
    }

    @Test("a source is a package or known to be none")
    func source() throws {
        #expect(ChaincodeSource(.unavailable).encoded().hex == "0a00")
        #expect(ChaincodeSource(.localPackage(id: Bytes("a:b"))).encoded().hex == "12050a03613a62")
        #expect(try ChaincodeSource(decoding: [0x12, 0x00]).kind == .localPackage(id: Bytes()))
    }
}
