/// How far a peer's ledger has come. Source: Fabric's `common.BlockchainInfo`.
package struct BlockchainInfo: WireMessage {
    package static let messageName = "common.BlockchainInfo"

    /// The number of the last block plus one.
    package var height: UInt64 = 0
    /// The last block's header hash.
    package var currentBlockHash = Bytes()
    package var previousBlockHash = Bytes()
    package var bootstrappingSnapshotInfo: BootstrappingSnapshotInfo?

    package init() {}

    package init(
        height: UInt64,
        currentBlockHash: Bytes,
        previousBlockHash: Bytes,
        bootstrappingSnapshotInfo: BootstrappingSnapshotInfo? = nil
    ) {
        self.height = height
        self.currentBlockHash = currentBlockHash
        self.previousBlockHash = previousBlockHash
        self.bootstrappingSnapshotInfo = bootstrappingSnapshotInfo
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&height)
        case 2: field.read(&currentBlockHash)
        case 3: field.read(&previousBlockHash)
        case 4: try field.merge(into: &bootstrappingSnapshotInfo)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, height)
        writer.write(2, currentBlockHash)
        writer.write(3, previousBlockHash)
        writer.write(4, message: bootstrappingSnapshotInfo)
    }
}

/// Says that a ledger began from a snapshot. Source: Fabric's `common.BootstrappingSnapshotInfo`.
package struct BootstrappingSnapshotInfo: WireMessage {
    package static let messageName = "common.BootstrappingSnapshotInfo"

    package var lastBlockInSnapshot: UInt64 = 0

    package init() {}

    package init(lastBlockInSnapshot: UInt64) {
        self.lastBlockInSnapshot = lastBlockInSnapshot
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&lastBlockInSnapshot)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, lastBlockInSnapshot)
    }
}
