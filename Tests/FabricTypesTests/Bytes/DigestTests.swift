import FabricTypes
import Testing

@Suite("Digest")
struct DigestTests {
    @Test("is SHA-256, over the parts as one run")
    func vectors() {
        #expect(
            Digest(of: Bytes("abc")).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest(of: Bytes()).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(of: Bytes("a"), Bytes(), Bytes("xbcx")[1..<3]) == Digest(of: Bytes("abc")))
        #expect(Digest(ofAll: [Bytes("ab"), Bytes("c")]) == Digest(of: Bytes("abc")))
    }

    @Test("is read from 32 bytes and no other count")
    func bytes() {
        let digest = Digest(of: Bytes("abc"))
        #expect(Digest(digest.bytes) == digest)
        #expect(Digest(Bytes([1] + digest.bytes.array)[1..<33]) == digest)
        #expect(Digest(digest.bytes[0..<31]) == nil)
        #expect(Digest(Bytes()) == nil)
        #expect(digest.description == digest.hex)
    }

    @Test("digests are ordered as their bytes are")
    func order() {
        let digests = (0..<200).map { Digest(of: Bytes("\($0)")) }
        #expect(digests.sorted().map(\.bytes) == digests.map(\.bytes).sorted())
        #expect(Set(digests).count == digests.count)
    }
}
