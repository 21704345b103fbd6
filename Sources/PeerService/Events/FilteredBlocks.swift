internal import FabricTypes
internal import Synchronization

/// The blocks that were filtered last, so that many streams share the work.
///
/// Bounded by ``countMax``. Safe to use from any thread.
final class FilteredBlocks: Sendable {
    private static let countMax = 16
    /// Larger ones are made anew each time.
    private static let byteCountMax = 1 << 20

    private struct Entry: Sendable {
        let number: BlockNumber
        let filtered: Bytes
    }

    private let entries = Mutex<[Entry]>([])

    subscript(number: BlockNumber) -> Bytes? {
        entries.withLock { $0.first { $0.number == number }?.filtered }
    }

    func add(_ filtered: Bytes, number: BlockNumber) {
        guard filtered.count <= Self.byteCountMax else { return }
        entries.withLock { entries in
            guard !entries.contains(where: { $0.number == number }) else { return }
            if entries.count == Self.countMax { entries.removeFirst() }
            entries.append(Entry(number: number, filtered: filtered))
        }
    }
}

extension PeerChannel {
    /// The encoded ``FabricTypes/FilteredBlock`` of a committed block; nil where the block cannot be read far enough.
    func filtered(_ block: Bytes, number: BlockNumber) -> Bytes? {
        if let known = filteredBlocks[number] { return known }
        guard let decoded = try? Block(decoding: block), let filtered = try? FilteredBlock(decoded) else { return nil }
        let encoded = filtered.encoded()
        filteredBlocks.add(encoded, number: number)
        return encoded
    }
}
