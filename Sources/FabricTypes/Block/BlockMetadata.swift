/// What orderers and peers add to a block without touching its hash: one run of bytes per slot.
///
/// Source: Fabric's `common.BlockMetadata` and `common.BlockMetadataIndex`.
package struct BlockMetadata: WireMessage {
    package static let messageName = "common.BlockMetadata"

    package enum Slot: Int, CaseIterable, Sendable {
        /// ``Metadata`` whose value is ``OrdererBlockMetadata``, signed by the orderer.
        case signatures
        /// ``Metadata`` whose value is ``LastConfig``. Superseded by slot 0, still written.
        case lastConfig
        /// One ``ValidationCode`` per transaction. The orderer leaves it empty; the peer that validates fills it in.
        case transactionsFilter
        /// Once the consenter's notes; empty today.
        case orderer
        /// ``Metadata`` whose value is the peer's commit hash.
        case commitHash
    }

    /// All slots as they stand; blocks of very old orderers have four, all others five.
    package var slots: [Bytes] = []

    package init() {}

    package init(slots: [Bytes]) {
        self.slots = slots
    }

    /// Five empty slots, as every new block has them.
    package static let empty = BlockMetadata(slots: Array(repeating: Bytes(), count: Slot.allCases.count))

    /// A slot that the block lacks reads as empty and, with all below it, comes to be when it is written.
    package subscript(slot: Slot) -> Bytes {
        get { slot.rawValue < slots.count ? slots[slot.rawValue] : Bytes() }
        set {
            while slots.count <= slot.rawValue { slots.append(Bytes()) }
            slots[slot.rawValue] = newValue
        }
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.append(to: &slots)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, repeated: slots)
    }
}
