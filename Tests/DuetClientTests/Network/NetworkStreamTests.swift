import DuetClient
import Foundation
import NetworkTestKit
import Synchronization
import Testing

@Suite("A client of a running network: streams")
struct NetworkStreamTests {
    private struct Enough: Error {}

    /// Collects items until there are `count`.
    private final class Collector<Item: Sendable>: Sendable {
        private let collected = Mutex<[Item]>([])
        private let count: Int

        init(count: Int) { self.count = count }

        var items: [Item] { collected.withLock { $0 } }

        func add(_ item: Item) throws {
            let isFull = collected.withLock { items in
                items.append(item)
                return items.count == count
            }
            if isFull { throw Enough() }
        }
    }

    @Test("events resume behind a stored checkpoint, also over a crash of the node, without gap or double")
    func events() async throws {
        try await RunningNetwork.with { network in
            try await network.withContract { contract in
                for number in 1...3 { try await contract.submit("put", "k\(number)", "x") }
            }
            // Two events, and a checkpoint as it would be stored with what they led to.
            let first = Collector<ContractEvent>(count: 2)
            await #expect(throws: Enough.self) {
                try await network.withContract { contract in
                    try await contract.events(from: .block(0)) { try first.add($0) }
                }
            }
            #expect(first.items.map { $0.payload.lossyText } == ["k1", "k2"])
            let stored = try JSONEncoder().encode(try #require(first.items.last).checkpoint)

            // The same stream lives through a crash of the node: its client finds the node again by itself.
            let rest = Collector<ContractEvent>(count: 3)
            let checkpoint = try JSONDecoder().decode(EventCheckpoint.self, from: stored)
            let (seen, arrivals) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: Enough.self) {
                        try await network.withContract { contract in
                            try await contract.events(from: .after(checkpoint)) { event in
                                arrivals.yield()
                                try rest.add(event)
                            }
                        }
                    }
                }
                for await _ in seen { break }
                network.kill()
                try await network.start()
                try await network.withContract { contract in
                    try await contract.submit("put", "k4", "x")
                    try await contract.submit("delete", "k4")
                }
                try await group.waitForAll()
            }
            #expect(rest.items.map { "\($0.name) \($0.payload.lossyText)" } == ["put k3", "put k4", "delete k4"])
        }
    }

    @Test("blocks come whole or filtered, each with its transactions' codes and events")
    func blocks() async throws {
        try await RunningNetwork.with { network in
            let last = try await network.withContract { contract in
                try await contract.submit("put", "a", "1")
                return try await contract.submit("delete", "a")
            }
            let blocks = Collector<ClientBlock>(count: Int(last.blockNumber) + 1)
            let filtered = Collector<ClientFilteredBlock>(count: Int(last.blockNumber) + 1)
            await #expect(throws: Enough.self) {
                try await network.withContract { try await $0.channel.blocks(from: .block(0)) { try blocks.add($0) } }
            }
            await #expect(throws: Enough.self) {
                try await network.withContract {
                    try await $0.channel.filteredBlocks(from: .block(0)) { try filtered.add($0) }
                }
            }
            #expect(blocks.items.map(\.number) == Array(0...last.blockNumber))
            #expect(filtered.items.map(\.number) == blocks.items.map(\.number))
            for (whole, short) in zip(blocks.items.dropFirst(), filtered.items.dropFirst()) {
                #expect(whole.transactions.map(\.transactionID) == short.transactions.map(\.transactionID))
                #expect(whole.transactions.map(\.code) == short.transactions.map(\.code))
            }
            let entry = try #require(filtered.items.last?.transactions.first)
            #expect(entry.transactionID == last.id.rawValue)
            #expect(entry.events.map(\.contract) == ["keyvalue"])
            #expect(entry.events.map(\.name) == ["delete"])

            // A reader of nothing yet is refused at once, not asked to wait.
            let stranger = try network.identity(1)
            try await NetworkClient.withConnection(to: network.address(), as: stranger) { client in
                let error = try await #require(throws: ClientError.self) {
                    try await client.channel("nochannel").blocks { _ in }
                }
                #expect(error.phase == .events && error.code == .notFound)
            }
        }
    }
}
