/// Source: Fabric's `kvrwset.Version`. Zero numbers are left out, so the version of the first write of the genesis block is
/// an empty message, which differs from an absent one.
extension Version: WireMessage {
    package static let messageName = "kvrwset.Version"

    package init() {
        self.init(blockNumber: 0, transactionIndex: 0)
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        var (block, transaction) = (blockNumber, transactionIndex)
        switch field.number {
        case 1: field.read(&block)
        case 2: field.read(&transaction)
        default: break
        }
        self = Version(blockNumber: block, transactionIndex: transaction)
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, blockNumber)
        writer.write(2, transactionIndex)
    }
}
