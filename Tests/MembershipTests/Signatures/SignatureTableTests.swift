import FabricTypes
import Testing

@testable import Membership

@Suite("Signature table")
struct SignatureTableTests {
    private func digest(_ number: Int) -> Digest { Digest(of: Bytes("\(number)")) }

    @Test("what was entered is found, nothing else is")
    func contains() {
        let table = SignatureTable(entryCountMax: 100)
        table.insert(digest(1))
        #expect(table.contains(digest(1)))
        #expect(!table.contains(digest(2)))
    }

    @Test("the table stays within its bound and forgets the oldest", arguments: [2, 10, 101])
    func bound(entryCountMax: Int) {
        let table = SignatureTable(entryCountMax: entryCountMax)
        for number in 0..<1_000 {
            table.insert(digest(number))
            #expect(table.entryCount <= entryCountMax)
            #expect(table.contains(digest(number)))
        }
        #expect(!table.contains(digest(0)))
    }

    @Test("what is asked for again survives")
    func survival() {
        let table = SignatureTable(entryCountMax: 10)
        table.insert(digest(-1))
        for number in 0..<100 {
            table.insert(digest(number))
            #expect(table.contains(digest(-1)), "after \(number)")
        }
    }

    @Test("entries differ by key, message and signature")
    func entries() throws {
        let table = SignatureTable()
        let verifier = SignatureVerifier(table: table)
        let key = PrivateKey()
        let signature = try key.signature(for: [Bytes("message")])
        #expect(verifier.isSignature(signature, of: [Bytes("message")], by: key.publicKey))
        #expect(!verifier.isSignature(signature, of: [Bytes("message")], by: PrivateKey().publicKey))
        #expect(!verifier.isSignature(signature, of: [Bytes("messag")], by: key.publicKey))
        #expect(!verifier.isSignature(signature[1..<signature.count], of: [Bytes("message")], by: key.publicKey))
        #expect(table.entryCount == 1)
        // Another spelling is another entry: it is checked for itself.
        #expect(verifier.isSignature(Bytes(signature.array + [0]), of: [Bytes("message")], by: key.publicKey))
        #expect(table.entryCount == 2)
    }
}
