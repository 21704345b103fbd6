/// Keeps about the most recently used values, at most `entryCountMax` of them.
///
/// Two generations: new and used entries live in the young one; when that holds half of the bound, it becomes the old
/// generation and the previous old one is dropped. So every operation takes constant time and nothing is sorted.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let generationCountMax: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(entryCountMax: Int) {
        precondition(entryCountMax >= 2, "a cache holds at least one entry in each of its generations")
        generationCountMax = entryCountMax / 2
    }

    /// How many entries are held; one that is in both generations counts twice.
    var entryCount: Int { young.count + old.count }

    mutating func value(for key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        insert(value, for: key)
        return value
    }

    mutating func insert(_ value: Value, for key: Key) {
        if young.count >= generationCountMax {
            old = young
            young = [:]
        }
        young[key] = value
    }
}
