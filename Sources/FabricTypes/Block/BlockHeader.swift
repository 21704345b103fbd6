/// A block's place in its chain. Its hash names the block.
///
/// Source: Fabric's `common.BlockHeader`.
package struct BlockHeader: WireMessage {
    package static let messageName = "common.BlockHeader"

    package var number: UInt64 = 0
    /// The header hash of the block before; empty in the genesis block.
    package var previousHash = Bytes()
    /// ``BlockData/hash`` of the block.
    package var dataHash = Bytes()

    package init() {}

    package init(number: UInt64, previousHash: Bytes, dataHash: Bytes) {
        self.number = number
        self.previousHash = previousHash
        self.dataHash = dataHash
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&number)
        case 2: field.read(&previousHash)
        case 3: field.read(&dataHash)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, number)
        writer.write(2, previousHash)
        writer.write(3, dataHash)
    }
}
