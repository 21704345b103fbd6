/// The content of a block: encoded envelopes exactly as the orderer took them.
///
/// Entries of a decoded block are slices of what was received and are never encoded anew. Source: Fabric's
/// `common.BlockData`.
package struct BlockData: WireMessage {
    package static let messageName = "common.BlockData"

    package var entries: [Bytes] = []

    package init() {}

    package init(entries: [Bytes]) {
        self.entries = entries
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.append(to: &entries)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, repeated: entries)
    }
}
