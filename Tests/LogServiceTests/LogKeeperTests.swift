import Foundation
import LogCore
import Logging
import ServiceLifecycle
import Testing

@testable import LogService

@Suite("Log service")
struct LogKeeperTests {
    @Test("an acknowledged write is found at once", arguments: [false, true])
    func putAndFind(isOnDisk: Bool) async throws {
        let world = try await ServiceWorld.make(isOnDisk: isOnDisk, shardCount: 3)
        for number in 0..<6 { _ = try await world.service.put([world.entry("line \(number)")], to: world.id) }

        #expect(try await world.messages("line").count == 6)
        #expect(try await world.messages("3") == ["line 3"])
        let totals = try await world.service.totals(of: world.id)
        #expect(totals.shards.map(\.entryCount) == [2, 2, 2])
    }

    @Test("a hash key decides the shard")
    func hashKey() async throws {
        let world = try await ServiceWorld.make(shardCount: 2)
        let key = try #require(ShardKey("ff"))
        for _ in 0..<3 { _ = try await world.service.put([world.entry("x")], to: world.id, route: .key(key)) }

        #expect(try await world.service.totals(of: world.id).shards.map(\.entryCount) == [3])
        #expect(try await world.service.bounds(of: world.id, shard: 1).count > 0)
    }

    @Test("the repeat of a write whose answer was lost is recognised, also after a restart")
    func repeatedWrite() async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        let receipt = WriteReceipt(bytes: [1, 2, 3])

        #expect(try await world.service.put([world.entry("a")], to: world.id, receipt: receipt) == .stored)
        world.service.answered(receipt, isDelivered: false)
        #expect(try await world.service.put([world.entry("a")], to: world.id, receipt: receipt) == .repeated)
        world.service.answered(receipt, isDelivered: true)
        #expect(try await world.service.put([world.entry("a")], to: world.id, receipt: receipt) == .stored)

        let restarted = LogKeeper(store: world.store, logger: Logger(label: "test"), now: { world.now })
        try await restarted.start()
        #expect(try await restarted.put([world.entry("a")], to: world.id, receipt: receipt) == .repeated)
        #expect(try await world.messages() == ["a", "a"])
    }

    @Test("function lines are written together, in order, and dropped ones are counted and told")
    func functionLines() async throws {
        var configuration = LogServiceConfiguration()
        configuration.waitingByteCountMax = 5_000
        let world = try await ServiceWorld.make(configuration: configuration)
        for number in 0..<200 { world.service.write([world.entry("line \(number)")], to: world.id) }

        await world.service.flush()
        let messages = try await world.messages()
        let kept = messages.count - 1
        #expect((10..<200).contains(kept))
        #expect(Array(messages.dropLast()) == (0..<kept).map { "line \($0)" })
        #expect(messages.last == "\(200 - kept) lines were dropped here because the buffer was full.")
        let dropped = world.service.metrics().first { $0.name == "duet_log_entries_dropped_total" }
        #expect(dropped?.values == ["demo/web": Double(200 - kept)])

        world.service.write([world.entry("later")], to: world.id)
        await world.service.flush()
        #expect(try await world.messages("later") == ["later"])
    }

    @Test("a huge line loses its end and says so; a line for a logstore that is not there is counted")
    func hugeLine() async throws {
        let world = try await ServiceWorld.make()
        world.service.write([world.entry(String(repeating: "x", count: 3_000_000))], to: world.id)
        let other = LogstoreID(project: world.id.project, logstore: try LogstoreName(validating: "nowhere"))
        world.service.write([world.entry("y"), world.entry("z")], to: other)
        await world.service.flush()

        let messages = try await world.messages()
        #expect(messages.count == 1 && messages[0].utf8.count < 600_000 && messages[0].hasSuffix("bytes cut)"))
        let dropped = world.service.metrics().first { $0.name == "duet_log_entries_dropped_total" }
        #expect(dropped?.values == ["": 2])
        await #expect(throws: LogServiceError.self) {
            try await world.service.put([world.entry(String(repeating: "x", count: 9_000_000))], to: world.id)
        }
    }

    @Test("running writes what comes in, and a graceful end leaves nothing behind")
    func runAndStop() async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        let group = ServiceGroup(services: [world.service], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                world.service.write([world.entry("first")], to: world.id)
                // The tail sees the line only because the running service writes it.
                var seen = 0
                await #expect(throws: CancellationError.self) {
                    try await world.service.tail(world.id, query: "*", from: .since(LogTime(seconds: 0))) { batch in
                        seen += batch.entries.count
                        if seen > 0 { throw CancellationError() }
                    }
                }
                world.service.write([world.entry("last")], to: world.id)
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
        #expect(try await world.messages() == ["first", "last"])
    }

    @Test("what exists belongs to its organisation, and what does not is named")
    func definitions() async throws {
        let world = try await ServiceWorld.make()
        let service = world.service

        #expect(throws: LogServiceError.self) { try service.project(world.id.project, for: "Org2MSP") }
        #expect(service.projects(of: "Org2MSP").isEmpty && service.projects(of: "Org1MSP").count == 1)
        for code in [LogServiceError.Code.projectExists, .logstoreExists] {
            let error = await #expect(throws: LogServiceError.self) {
                if code == .projectExists {
                    try await service.createProject(world.id.project, description: "", organization: "Org2MSP")
                } else {
                    try await service.createLogstore(world.id)
                }
            }
            #expect(error?.code == code)
        }
        try await service.ensureLogstore(
            world.id, organization: "Org1MSP", description: "d", ttlDays: 10, shardCount: 1)
        #expect(try service.logstore(world.id).ttlDays == 10)
        await #expect(throws: LogServiceError.self) {
            try await service.ensureLogstore(
                world.id, organization: "Org2MSP", description: "d", ttlDays: 10, shardCount: 1)
        }
        await #expect(throws: LogServiceError.self) {
            try await service.updateLogstore(world.id, ttlDays: 0, settingsDocument: nil)
        }

        try await service.deleteLogstore(world.id)
        try await service.createLogstore(world.id)
        #expect(try await world.messages() == [])
        try await service.deleteProject(world.id.project)
        #expect(throws: LogServiceError.self) { try service.logstore(world.id) }
    }

    @Test("an index changes what is found, also of what was written before")
    func indexChange() async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        _ = try await world.service.put([world.entry("user-7 GET")], to: world.id)
        #expect(try await world.messages("user") == [])
        #expect(try await world.messages("get") == ["user-7 GET"])

        let definition = IndexDefinition(line: .init(token: [" ", "-"], caseSensitive: true))
        let document = String(decoding: try JSONEncoder().encode(definition), as: UTF8.self)
        try await world.service.setIndex(definition, document: document, of: world.id, isNew: true)
        #expect(try await world.messages("user") == ["user-7 GET"])
        #expect(try await world.messages("get") == [])
        await #expect(throws: LogServiceError.self) {
            try await world.service.setIndex(definition, document: document, of: world.id, isNew: true)
        }
        #expect(try world.service.indexDocument(of: world.id) == document)
        try await world.service.deleteIndex(of: world.id)
        #expect(try await world.messages("user") == [])
    }

    @Test("entries expire with their day of arrival; shards that were split go with their last entry")
    func expiry() async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        try await world.service.updateLogstore(world.id, ttlDays: 2, settingsDocument: nil)
        _ = try await world.service.put([world.entry("old")], to: world.id)
        _ = try await world.service.splitShard(0, at: nil, of: world.id)
        world.advance(seconds: 2 * 86_400)
        await world.service.expire()
        #expect(try await world.messages() == ["old"])
        _ = try await world.service.put([world.entry("new")], to: world.id)

        world.advance(seconds: 86_400)
        await world.service.expire()
        #expect(try await world.messages() == ["new"])
        #expect(try world.service.logstore(world.id).shards.shards.map(\.id) == [1, 2])
    }
}
