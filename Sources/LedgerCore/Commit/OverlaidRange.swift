internal import FabricTypes

/// A range of a namespace as earlier transactions of the block leave it: committed keys with the block's updates over them.
///
/// Source: Fabric's `validation.combinedIterator`.
struct OverlaidRange<Reader: StateReader> {
    private static var chunkCount: Int { 100 }

    private let reader: Reader
    private let namespace: Bytes
    private let updates: KeyUpdates?
    /// Where set, this key is served once behind all others, wherever it lies.
    private var lastKey: Bytes?

    private let range: KeyRange
    /// What of the committed range is still to be read; nil at its end.
    private var rest: KeyRange?
    private var chunk: [KeyVersion] = []
    private var chunkIndex = 0

    private let updatedKeys: [Bytes]
    private var updateIndex: Int
    private let updateEnd: Int

    /// - Parameter updates: of this namespace, sorted already, so that this does not sort a copy.
    init(_ info: RangeQueryInfo, in namespace: Bytes, of reader: Reader, under updates: KeyUpdates?) {
        self.reader = reader
        self.namespace = namespace
        self.updates = updates
        range = KeyRange(start: info.startKey, end: info.endKey)
        lastKey = info.isExhausted ? nil : info.endKey
        rest = range.isEmpty ? nil : range
        updatedKeys = updates?.keys ?? []
        updateIndex = updatedKeys.firstIndex(notBelow: info.startKey)
        updateEnd = info.endKey.isEmpty ? updatedKeys.count : updatedKeys.firstIndex(notBelow: info.endKey)
    }

    mutating func next() throws -> KeyVersion? {
        while true {
            if chunkIndex == chunk.count, rest != nil { try readChunk() }
            let committed = chunkIndex < chunk.count ? chunk[chunkIndex] : nil
            let updated = updateIndex < updateEnd ? updatedKeys[updateIndex] : nil
            guard let key = updated, committed.map({ key <= $0.key }) ?? true else {
                guard let committed else { return try takeLastKey() }
                chunkIndex += 1
                return committed
            }
            updateIndex += 1
            if let committed, committed.key == key { chunkIndex += 1 }
            if let state = updates?[key]?.state { return KeyVersion(key: key, version: state.version) }
        }
    }

    private mutating func readChunk() throws {
        guard let range = rest else { return }
        chunk = try reader.versions(in: range, of: namespace, countMax: Self.chunkCount)
        chunkIndex = 0
        rest = chunk.count < Self.chunkCount ? nil : chunk.last.map { range.after($0.key) }
    }

    private mutating func takeLastKey() throws -> KeyVersion? {
        guard let key = lastKey else { return nil }
        lastKey = nil
        if let update = updates?[key] { return update.state.map { KeyVersion(key: key, version: $0.version) } }
        return try reader.version(of: key, in: namespace).map { KeyVersion(key: key, version: $0) }
    }
}

extension [Bytes] {
    /// The position of the first key that is not below `key`, in an ascending array.
    func firstIndex(notBelow key: Bytes) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
