import FabricTypes
import OrderingCore
import Testing

@Suite("Canonical form of envelopes")
struct CanonicalFormTests {
    let canonical = Envelope(payload: Bytes("payload"), signature: Bytes("signature")).encoded()

    @Test("an envelope in canonical form stays as it is")
    func unchanged() throws {
        #expect(try Envelope.canonicalForm(of: canonical) == canonical)
    }

    @Test("fields in the wrong order, repeated, or with a long length are put right")
    func changed() throws {
        var swapped = WireWriter()
        swapped.write(2, Bytes("signature"))
        swapped.write(1, Bytes("payload"))
        var repeated = WireWriter()
        repeated.write(1, Bytes("other"))
        repeated.write(1, Bytes("payload"))
        repeated.write(2, Bytes("signature"))
        // Length 7 in two bytes.
        let long = Bytes([0x0A, 0x87, 0x00] + Array("payload".utf8) + [0x12, 0x09] + Array("signature".utf8))
        for bytes in [swapped.bytes, repeated.bytes, long] {
            #expect(try Envelope.canonicalForm(of: bytes) == canonical)
        }
    }

    @Test("unknown fields are kept behind the signature, as Go keeps them")
    func unknownFields() throws {
        var writer = WireWriter()
        writer.write(9, Bytes("unknown"))
        let unknown = writer.bytes
        let expected = Bytes(joining: [canonical, unknown])

        #expect(try Envelope.canonicalForm(of: Bytes(joining: [unknown, canonical])) == expected)
        #expect(try Envelope.canonicalForm(of: expected) == expected)
    }

    @Test("a field of ours with another wire type is an unknown field")
    func otherWireType() throws {
        let odd = Bytes([0x08, 0x01])
        #expect(
            try Envelope.canonicalForm(of: Bytes(joining: [odd, canonical])) == Bytes(joining: [canonical, odd]))
    }
}
