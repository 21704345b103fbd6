/// A block as it travels and is stored.
///
/// The three parts read as empty when they are absent; `has…` tells the two apart where that matters. Source: Fabric's
/// `common.Block`.
package struct Block: WireMessage {
    package static let messageName = "common.Block"

    private var receivedHeader: BlockHeader?
    private var receivedData: BlockData?
    private var receivedMetadata: BlockMetadata?

    package init() {}

    package init(header: BlockHeader, data: BlockData, metadata: BlockMetadata) {
        receivedHeader = header
        receivedData = data
        receivedMetadata = metadata
    }

    package var header: BlockHeader {
        get { receivedHeader ?? BlockHeader() }
        set { receivedHeader = newValue }
    }

    package var data: BlockData {
        get { receivedData ?? BlockData() }
        set { receivedData = newValue }
    }

    package var metadata: BlockMetadata {
        get { receivedMetadata ?? BlockMetadata() }
        set { receivedMetadata = newValue }
    }

    package var hasHeader: Bool { receivedHeader != nil }
    package var hasData: Bool { receivedData != nil }
    package var hasMetadata: Bool { receivedMetadata != nil }

    package var number: BlockNumber { header.number }

    /// The block as those get it who only want to know that it exists and who signed it: its data is absent.
    package var withoutData: Block {
        var block = self
        block.receivedData = nil
        return block
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.merge(into: &receivedHeader)
        case 2: try field.merge(into: &receivedData)
        case 3: try field.merge(into: &receivedMetadata)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: receivedHeader)
        writer.write(2, message: receivedData)
        writer.write(3, message: receivedMetadata)
    }
}
