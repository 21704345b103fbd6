import GoldenLedger
import LogCore
import Testing

@testable import LogService

@Suite("Live tail")
struct TailTests {
    /// Ends a tail from within.
    struct Enough: Error {}

    @Test("nothing is missed or seen twice, however often the tail breaks", arguments: Seeds.sample(6))
    func resumesExactly(seed: UInt64) async throws {
        let world = try await ServiceWorld.make(isOnDisk: seed % 2 == 0, shardCount: 3)
        var random = SeededGenerator(seed: seed)
        let total = 300
        let batchSizes = (0..<60).map { _ in Int.random(in: 1...9, using: &random) }
        let limits = (0..<50).map { _ in Int.random(in: 1...40, using: &random) }
        let writer = Task {
            var number = 0
            for size in batchSizes where number < total {
                let batch = (number..<min(number + size, total)).map {
                    world.entry("\($0) \($0 % 2 == 0 ? "even" : "odd")")
                }
                number += batch.count
                if number % 3 == 0 {
                    world.service.write(batch, to: world.id)
                    await world.service.flush()
                } else {
                    _ = try await world.service.put(batch, to: world.id)
                }
            }
            return number
        }

        var seen: [Int] = []
        var cursor: TailCursor?
        var expected = Int.max
        while seen.count < expected {
            let limit = limits[seen.count % limits.count]
            var count = 0
            await #expect(throws: Enough.self, "seed \(seed)") {
                let start = cursor.map { LogKeeper.TailStart.cursor($0) } ?? .since(LogTime(seconds: 0))
                try await world.service.tail(world.id, query: "even", from: start) { batch in
                    for (entry, behind) in batch.entries {
                        seen.append(Int(entry.entry.fields[0].value.split(separator: " ")[0]) ?? -1)
                        // The cursor goes over the wire as text.
                        cursor = TailCursor(behind.description)
                        count += 1
                        if count == limit { throw Enough() }
                    }
                    cursor = batch.cursor
                    throw Enough()
                }
            }
            if expected == .max, seen.count > 100 { expected = (try await writer.value + 1) / 2 }
        }
        #expect(seen.count == expected && Set(seen).count == expected, "seed \(seed)")
    }

    @Test("a tail from now sees only what follows, and nothing of another logstore")
    func fromNow() async throws {
        let world = try await ServiceWorld.make()
        let other = LogstoreID(project: world.id.project, logstore: try LogstoreName(validating: "other"))
        try await world.service.createLogstore(other)
        _ = try await world.service.put([world.entry("before")], to: world.id)
        var seen: [String] = []
        var isFirst = true
        await #expect(throws: Enough.self) {
            try await world.service.tail(world.id, query: "*", from: .now) { batch in
                seen += batch.entries.map { $0.entry.entry.fields[0].value }
                if isFirst {
                    isFirst = false
                    _ = try await world.service.put([world.entry("elsewhere")], to: other)
                    _ = try await world.service.put([world.entry("after")], to: world.id)
                }
                if seen.contains("after") { throw Enough() }
            }
        }
        #expect(seen == ["after"])
        #expect(world.service.signals.count == 0)
    }

    @Test("a select, a wrong query and a deleted logstore are refused")
    func refusals() async throws {
        let world = try await ServiceWorld.make()
        for query in ["* | select 1", "("] {
            await #expect(throws: QueryError.self) {
                try await world.service.tail(world.id, query: query, from: .now) { _ in }
            }
        }
        let number = try world.service.logstore(world.id).number
        await #expect(throws: LogServiceError.self) {
            try await world.service.tail(world.id, query: "*", from: .now) { _ in
                try await world.service.deleteLogstore(world.id)
                world.service.signals.written(to: number)
            }
        }
    }
}
