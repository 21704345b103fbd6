internal import FabricTypes
internal import LedgerCore

/// One message of a peer's deliver stream, to be sent.
///
/// Source: Fabric's `protos.DeliverResponse`.
enum PeerDeliverResponse {
    case status(StatusCode)
    /// The encoded block.
    case block(Bytes)
    /// The encoded ``FabricTypes/FilteredBlock``.
    case filteredBlock(Bytes)
    /// The encoded block, and the private writes of some of its transactions, ascending.
    case blockWithPrivateData(Bytes, [PrivateWriteSet])

    var encoded: Bytes {
        var writer = WireWriter()
        switch self {
        case .status(let status): writer.writeAlways(1, UInt64(bitPattern: Int64(status.rawValue)))
        case .block(let block): writer.writeAlways(2, block)
        case .filteredBlock(let block): writer.writeAlways(3, block)
        case .blockWithPrivateData(let block, let sets):
            // protos.BlockAndPrivateData, whose map has transaction indexes for keys.
            var inner = WireWriter()
            inner.writeAlways(1, block)
            for set in sets {
                var entry = WireWriter()
                entry.writeAlways(1, UInt64(set.transactionIndex))
                entry.write(2, message: set.set)
                inner.writeAlways(2, entry.bytes)
            }
            writer.writeAlways(4, inner.bytes)
        }
        return writer.bytes
    }
}
