/// The content of a block: encoded envelopes exactly as the orderer took them.
///
/// Entries of a decoded block are slices of what was received and are never encoded anew. Source: Fabric's
/// `common.BlockData`.
package struct BlockData: WireMessage {
    package static let messageName = "common.BlockData"

    /// An envelope with its creator's certificate takes more than 500 bytes and a message at most 100 MiB, so that no real
    /// block comes near; what would hold more is refused before each entry takes its share of memory.
    package static let entryCountMax = 200_000

    package var entries: [Bytes] = []

    package init() {}

    package init(entries: [Bytes]) {
        self.entries = entries
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1:
            guard entries.count < Self.entryCountMax else { throw WireError(.tooManyElements, offset: 0) }
            field.append(to: &entries)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, repeated: entries)
    }
}
