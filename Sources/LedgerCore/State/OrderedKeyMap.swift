internal import FabricTypes

/// A map from keys to values in bytewise order that is cheap to copy: copies share all but what changes afterwards.
///
/// The keys lie in ascending chunks of bounded size. Changing a map that a snapshot shares copies the list of chunks and the
/// one chunk concerned, so a block costs by what it writes, not by how much there is.
struct OrderedKeyMap<Value: Sendable>: Sendable {
    /// Balances the copy of a chunk against that of the list.
    private static var chunkCountMax: Int { 64 }

    private struct Chunk: Sendable {
        var keys: [Bytes] = []
        var values: [Value] = []
    }

    /// None is empty.
    private var chunks: [Chunk] = []
    private(set) var count = 0

    subscript(key: Bytes) -> Value? {
        get {
            guard let place = place(of: key), place.isFound else { return nil }
            return chunks[place.chunk].values[place.index]
        }
        set {
            if let newValue { put(newValue, at: key) } else { remove(key) }
        }
    }

    /// Changes a value in place; `initial` where there is none.
    mutating func update(_ key: Bytes, default initial: Value, _ change: (inout Value) -> Void) {
        if let place = place(of: key), place.isFound {
            change(&chunks[place.chunk].values[place.index])
        } else {
            var value = initial
            change(&value)
            put(value, at: key)
        }
    }

    /// The first entries of a range, ascending.
    func entries(in range: KeyRange, countMax: Int) -> [(key: Bytes, value: Value)] {
        var result: [(key: Bytes, value: Value)] = []
        guard !range.isEmpty, let start = place(of: range.start) else { return result }
        var (chunk, index) = (start.chunk, start.index)
        while chunk < chunks.count, result.count < countMax {
            guard index < chunks[chunk].keys.count else {
                (chunk, index) = (chunk + 1, 0)
                continue
            }
            let key = chunks[chunk].keys[index]
            if !range.end.isEmpty, range.end <= key { break }
            result.append((key, chunks[chunk].values[index]))
            index += 1
        }
        return result
    }

    /// Where a key is or belongs; nil in an empty map.
    private func place(of key: Bytes) -> (chunk: Int, index: Int, isFound: Bool)? {
        guard !chunks.isEmpty else { return nil }
        // The last chunk that does not begin behind the key, or the first one.
        var (low, high) = (1, chunks.count)
        while low < high {
            let middle = (low + high) / 2
            if key < chunks[middle].keys[0] { high = middle } else { low = middle + 1 }
        }
        let chunk = low - 1
        let index = chunks[chunk].keys.firstIndex(notBelow: key)
        return (chunk, index, index < chunks[chunk].keys.count && chunks[chunk].keys[index] == key)
    }

    private mutating func put(_ value: Value, at key: Bytes) {
        guard let place = place(of: key) else {
            chunks = [Chunk(keys: [key], values: [value])]
            count = 1
            return
        }
        if place.isFound {
            chunks[place.chunk].values[place.index] = value
            return
        }
        chunks[place.chunk].keys.insert(key, at: place.index)
        chunks[place.chunk].values.insert(value, at: place.index)
        count += 1
        if chunks[place.chunk].keys.count > Self.chunkCountMax { split(place.chunk, at: place.index) }
    }

    private mutating func split(_ chunk: Int, at insertion: Int) {
        let all = chunks[chunk]
        // Keys that come in ascending order leave full chunks behind.
        let middle = insertion == all.keys.count - 1 ? insertion : all.keys.count / 2
        chunks[chunk] = Chunk(keys: Array(all.keys[..<middle]), values: Array(all.values[..<middle]))
        chunks.insert(Chunk(keys: Array(all.keys[middle...]), values: Array(all.values[middle...])), at: chunk + 1)
    }

    private mutating func remove(_ key: Bytes) {
        guard let place = place(of: key), place.isFound else { return }
        chunks[place.chunk].keys.remove(at: place.index)
        chunks[place.chunk].values.remove(at: place.index)
        count -= 1
        if chunks[place.chunk].keys.isEmpty {
            chunks.remove(at: place.chunk)
        } else {
            joinNext(place.chunk)
        }
    }

    /// Keeps chunks from staying nearly empty after many removals.
    private mutating func joinNext(_ chunk: Int) {
        let next = chunk + 1
        guard next < chunks.count, chunks[chunk].keys.count + chunks[next].keys.count <= Self.chunkCountMax / 2 else {
            return
        }
        chunks[chunk].keys += chunks[next].keys
        chunks[chunk].values += chunks[next].values
        chunks.remove(at: next)
    }
}
