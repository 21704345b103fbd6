import FabricTypes
import Testing

@Suite("Block header hashing")
struct BlockHeaderHashingTests {
    private static let ones = Bytes(Array(repeating: 0x11, count: 32))
    private static let twos = Bytes(Array(repeating: 0x22, count: 32))

    struct Vector: Sendable, CustomTestStringConvertible {
        let header: BlockHeader
        let derPrefix: String
        let hash: String

        var testDescription: String { "block \(header.number)" }
    }

    static let vectors = [
        Vector(
            header: BlockHeader(number: 0, previousHash: Bytes(), dataHash: Digest(of: Bytes("abc")).bytes),
            derPrefix: "302702010004000420ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            hash: "a7c5d8fa57948c7d5213552ce244fada0ff78da319e07deaf93ff5679f578cdc"),
        Vector(
            header: BlockHeader(number: 1, previousHash: ones, dataHash: twos), derPrefix: "3047020101042011",
            hash: "2a44e23703a89329b8e1050c1fc8855c2b2e1fd990091e145a5cada75d513896"),
        Vector(
            header: BlockHeader(number: 128, previousHash: ones, dataHash: twos), derPrefix: "304802020080042011",
            hash: "21255970fce2d8bd67c1b022cb7528f12d311fec7fc8ba34f5414d3983808260"),
        Vector(
            header: BlockHeader(number: .max, previousHash: ones, dataHash: twos),
            derPrefix: "304f020900ffffffffffffffff042011",
            hash: "6bd48f16ae9e5a452a33346c254ee299c24c94470654a897e60bbd94e2906e25"),
    ]

    @Test("a header's DER and hash are those of Fabric", arguments: vectors)
    func vector(_ vector: Vector) {
        #expect(vector.header.derBytes.hex.hasPrefix(vector.derPrefix))
        #expect(vector.header.hash.hex == vector.hash)
    }

    @Test("hashes of any length get a well-formed DER length", arguments: [0, 1, 127, 128, 255, 256, 70_000])
    func derLengths(byteCount: Int) {
        let header = BlockHeader(
            number: 5, previousHash: Bytes(Array(repeating: 7, count: byteCount)), dataHash: Bytes())
        let der = header.derBytes.array
        func content(at start: Int) -> Range<Int> {
            guard der[start + 1] >= 0x80 else { return start + 2..<start + 2 + Int(der[start + 1]) }
            let lengthEnd = start + 2 + Int(der[start + 1] & 0x7F)
            let length = der[start + 2..<lengthEnd].reduce(0) { $0 << 8 | Int($1) }
            return lengthEnd..<lengthEnd + length
        }

        let sequence = content(at: 0)
        #expect(sequence.upperBound == der.count)
        let number = content(at: sequence.lowerBound)
        let previousHash = content(at: number.upperBound)
        #expect(previousHash.count == byteCount)
        #expect(content(at: previousHash.upperBound).upperBound == der.count)
    }
}
