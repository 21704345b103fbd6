/// The shards of a logstore: half-open ranges of MD5 values that together cover all of them.
///
/// A split or merged shard stays for reading until its last file has expired. Pure; the log service persists it.
package struct ShardMap: Hashable, Sendable, Codable {
    package struct Shard: Hashable, Sendable, Codable {
        package let id: Int
        package fileprivate(set) var isWritable: Bool
        /// First key of the range.
        package let begin: ShardKey
        /// First key behind the range; the last shard also holds this one.
        package let end: ShardKey
        /// Unix seconds.
        package let createTime: Int64
    }

    /// Writable shards, as in the log service.
    package static let writableCountMax = 100
    /// All shards, those that are only read included.
    package static let countMax = 400

    /// In order of their ids.
    package private(set) var shards: [Shard]

    /// - Parameter count: 1 to ``writableCountMax``.
    package init(count: Int, createTime: Int64) {
        precondition((1...Self.writableCountMax).contains(count), "a logstore has 1 to 100 shards")
        // All values are one more than the greatest, which matters where they divide evenly.
        let (quotient, remainder) = UInt128.max.quotientAndRemainder(dividingBy: UInt128(count))
        let width = count > 1 && remainder == UInt128(count - 1) ? quotient + 1 : quotient
        shards = (0..<count).map { index in
            Shard(
                id: index, isWritable: true, begin: ShardKey(value: width * UInt128(index)),
                end: index == count - 1 ? .last : ShardKey(value: width * UInt128(index + 1)), createTime: createTime)
        }
    }

    package var writable: [Shard] { shards.filter(\.isWritable) }

    package func shard(_ id: Int) -> Shard? {
        shards.first { $0.id == id }
    }

    /// The writable shard that a hash key belongs to.
    package func shard(for key: ShardKey) -> Shard? {
        writable.first { $0.begin <= key && (key < $0.end || $0.end == .last) }
    }

    /// Cuts a shard in two at `key`, or in the middle; the shard itself becomes read-only.
    package mutating func split(_ id: Int, at key: ShardKey?, createTime: Int64) throws(ShardError) {
        let shard = try writableShard(id)
        let key = key ?? ShardKey(value: shard.begin.value + (shard.end.value - shard.begin.value) / 2)
        guard shard.begin < key, key < shard.end else {
            throw ShardError(
                code: .keyOutside,
                message:
                    "Shard \(id) cannot be split at \"\(key)\": the key must lie between \(shard.begin) and \(shard.end)."
            )
        }
        try add([(shard.begin, key), (key, shard.end)], replacing: [id], createTime: createTime)
    }

    /// Joins a shard with the writable one to its right; both become read-only.
    package mutating func merge(_ id: Int, createTime: Int64) throws(ShardError) {
        let left = try writableShard(id)
        guard let right = writable.first(where: { $0.begin == left.end }) else {
            throw ShardError(code: .noNeighbour, message: "Shard \(id) cannot be merged: it is the last one.")
        }
        try add([(left.begin, right.end)], replacing: [id, right.id], createTime: createTime)
    }

    /// Splits evenly until there are `count` writable shards; never merges.
    package mutating func grow(to count: Int, createTime: Int64) throws(ShardError) {
        while writable.count < min(count, Self.writableCountMax) {
            guard let widest = writable.max(by: { $0.end.value - $0.begin.value < $1.end.value - $1.begin.value })
            else { return }
            try split(widest.id, at: nil, createTime: createTime)
        }
    }

    /// Forgets read-only shards that hold nothing any more.
    package mutating func remove(_ ids: Set<Int>) {
        shards.removeAll { !$0.isWritable && ids.contains($0.id) }
    }

    private func writableShard(_ id: Int) throws(ShardError) -> Shard {
        guard let shard = shard(id) else {
            throw ShardError(code: .notFound, message: "Shard \(id) does not exist.")
        }
        guard shard.isWritable else {
            throw ShardError(code: .readOnly, message: "Shard \(id) is read-only: it was split or merged before.")
        }
        return shard
    }

    private mutating func add(
        _ ranges: [(ShardKey, ShardKey)], replacing ids: [Int], createTime: Int64
    ) throws(ShardError) {
        guard writable.count + ranges.count - ids.count <= Self.writableCountMax,
            shards.count + ranges.count <= Self.countMax
        else {
            throw ShardError(
                code: .tooMany,
                message: "The logstore has \(shards.count) shards; at most \(Self.writableCountMax) writable ones and "
                    + "\(Self.countMax) in all are kept.")
        }
        for index in shards.indices where ids.contains(shards[index].id) { shards[index].isWritable = false }
        let first = (shards.map(\.id).max() ?? -1) + 1
        for (offset, range) in ranges.enumerated() {
            shards.append(
                Shard(id: first + offset, isWritable: true, begin: range.0, end: range.1, createTime: createTime))
        }
    }
}

/// A place in the range of MD5 values, written as 32 hex digits.
package struct ShardKey: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let value: UInt128

    package static let last = ShardKey(value: .max)

    package init(value: UInt128) {
        self.value = value
    }

    /// Reads up to 32 hex digits; shorter texts are filled up with zeros on the right, as the log service does.
    package init?(_ text: String) {
        guard (1...32).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "+"),
            let value = UInt128(text, radix: 16)
        else { return nil }
        self.value = value << UInt128(4 * (32 - text.utf8.count))
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let key = ShardKey(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is no shard key."))
        }
        self = key
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    package static func < (left: ShardKey, right: ShardKey) -> Bool { left.value < right.value }
}

/// A change of shards that is not possible.
package struct ShardError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case notFound
        case readOnly
        case keyOutside
        case noNeighbour
        case tooMany
    }

    package let code: Code
    package let message: String
    package var description: String { message }
}
