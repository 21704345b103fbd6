import LogCore
import Testing

@Suite("Shard map")
struct ShardMapTests {
    @Test("shards cover every key exactly once", arguments: [1, 2, 3, 7, 100])
    func coverage(count: Int) throws {
        let map = ShardMap(count: count, createTime: 0)

        #expect(map.writable.count == count)
        #expect(map.writable.first?.begin.description == "00000000000000000000000000000000")
        #expect(map.writable.last?.end.description == "ffffffffffffffffffffffffffffffff")
        for (left, right) in zip(map.writable, map.writable.dropFirst()) { #expect(left.end == right.begin) }
        #expect(map.shard(for: .last)?.id == count - 1)
        #expect(map.shard(for: try #require(ShardKey("0")))?.id == 0)
    }

    @Test("splitting and merging keep the cover and leave the old shards for reading")
    func splitAndMerge() throws {
        var map = ShardMap(count: 2, createTime: 0)

        try map.split(0, at: ShardKey("1"), createTime: 5)
        #expect(map.shard(0)?.isWritable == false)
        #expect(map.writable.map(\.id) == [1, 2, 3])
        #expect(map.shard(for: try #require(ShardKey("0fff")))?.id == 2)
        #expect(map.shard(for: try #require(ShardKey("1")))?.id == 3)

        try map.merge(2, createTime: 6)
        #expect(Set(map.writable.map(\.id)) == [1, 4])
        #expect(map.shard(4)?.begin.description == String(repeating: "0", count: 32))

        map.remove([0, 4])
        #expect(map.shards.map(\.id) == [1, 2, 3, 4])
    }

    @Test("impossible changes are refused")
    func refusals() throws {
        var map = ShardMap(count: 1, createTime: 0)
        try map.split(0, at: nil, createTime: 0)

        for (id, key) in [(9, nil), (0, nil), (1, ShardKey("ff")), (1, ShardKey("0"))] as [(Int, ShardKey?)] {
            #expect(throws: ShardError.self) { try map.split(id, at: key, createTime: 0) }
        }
        #expect(throws: ShardError.self) { try map.merge(2, createTime: 0) }
        var full = ShardMap(count: 100, createTime: 0)
        #expect(throws: ShardError.self) { try full.split(0, at: nil, createTime: 0) }
    }

    @Test("keys are hex, filled up on the right", arguments: ["", "g", "-1", "+1", String(repeating: "0", count: 33)])
    func keys(text: String) {
        #expect(ShardKey(text) == nil)
        #expect(ShardKey("ABC")?.description == "abc00000000000000000000000000000")
    }
}
