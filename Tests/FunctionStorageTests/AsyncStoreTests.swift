import Foundation
import FunctionCore
import FunctionStorage
import FunctionTypes
import Testing

/// The same expectations of the queue in memory and of the one on disk.
@Suite("Stored queue")
struct AsyncStoreTests {
    enum Kind: CaseIterable {
        case memory, disk
    }

    private func withStore(_ kind: Kind, _ body: (any AsyncStore) throws -> Void) throws {
        switch kind {
        case .memory: try body(MemoryAsyncStore())
        case .disk:
            let path = FileManager.default.temporaryDirectory.appending(path: "duet-queue-\(UUID().uuidString)").path()
            defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
            try body(try FunctionDatabase(path: path))
        }
    }

    private let organization = OrganizationName(unchecked: "Org1MSP")

    private func make(
        _ id: String, function: String = "f", at seconds: Int64 = 100, isStateful: Bool = true
    ) -> AsyncInvocation {
        let target = FunctionTarget(
            FunctionID(
                organization: organization, service: ServiceName(unchecked: "s"),
                function: FunctionName(unchecked: function)))
        return AsyncInvocation(
            id: InvocationID(unchecked: id), requestID: "r-\(id)", target: target, now: Timestamp(seconds: seconds),
            isStateful: isStateful)
    }

    @Test("an id is taken once per function", arguments: Kind.allCases)
    func uniqueIDs(kind: Kind) throws {
        try withStore(kind) { store in
            let results = try store.perform([
                .enqueue(make("a"), payload: [1]), .enqueue(make("a"), payload: [2]),
                .enqueue(make("a", function: "g"), payload: [3]),
            ])
            #expect(results == [true, false, true])
            #expect(try store.invocation(make("a").key)?.payload == [1])
            #expect(try store.waitingCount() == 2)
        }
    }

    @Test("what is due comes by age, with a share for each function", arguments: Kind.allCases)
    func due(kind: Kind) throws {
        try withStore(kind) { store in
            for index in 0..<10 {
                _ = try store.perform([.enqueue(make("a\(index)", at: 100 + Int64(index)), payload: [])])
            }
            _ = try store.perform([.enqueue(make("g", function: "g", at: 105), payload: [9])])
            _ = try store.perform([.enqueue(make("later", at: 500), payload: [])])
            let due = try store.due(at: Timestamp(seconds: 200), perFunction: 3, limit: 10, without: [make("a0").key])
            #expect(Set(due.map(\.0.id.rawValue)) == ["a1", "a2", "g"])
            #expect(try store.due(at: Timestamp(seconds: 200), perFunction: 3, limit: 1, without: []).count == 1)
            #expect(try store.nextDue(after: Timestamp(seconds: 200)) == Timestamp(seconds: 500))
            #expect(try store.nextDue(after: Timestamp(seconds: 500)) == nil)
        }
    }

    @Test(
        "an end keeps the record of a stateful invocation only, with its dead letter and what follows",
        arguments: Kind.allCases)
    func finish(kind: Kind) throws {
        try withStore(kind) { store in
            var stateful = make("a")
            var other = make("b", isStateful: false)
            _ = try store.perform([.enqueue(stateful, payload: [1]), .enqueue(other, payload: [2])])
            stateful.status = .succeeded
            stateful.endedAt = Timestamp(seconds: 150)
            other.status = .failed
            other.endedAt = Timestamp(seconds: 150)
            let letter = DeadLetter(
                number: 0, invocation: other, payload: [2], condition: "c", error: "e", codeDigest: "d",
                version: VersionID(3),
                buriedAt: Timestamp(seconds: 150))
            _ = try store.perform([
                .finish(stateful, deadLetter: nil, next: [(make("next", function: "g"), payload: [7])]),
                .finish(other, deadLetter: letter, next: []),
            ])
            #expect(try store.invocation(stateful.key)?.0 == stateful)
            #expect(try store.invocation(other.key) == nil)
            #expect(
                try store.due(at: Timestamp(seconds: 200), perFunction: 9, limit: 9, without: []).map(\.0.id.rawValue)
                    == ["next"])
            let letters = try store.deadLetters(AsyncFilter(organization: organization))
            #expect(letters.count == 1)
            #expect(letters.first?.payload == [2])
            #expect(letters.first?.version == VersionID(3))
            #expect(try store.deadLetters(AsyncFilter(organization: OrganizationName(unchecked: "X"))).isEmpty)
            let number = try #require(letters.first?.number)
            #expect(try store.perform([.redrive(deadLetter: number, make("again"), payload: [8])]) == [true])
            #expect(try store.perform([.redrive(deadLetter: number, make("never"), payload: [8])]) == [false])
            #expect(try store.purgeDeadLetters([number]) == 0)
            try store.removeFinished(before: Timestamp(seconds: 151))
            #expect(try store.invocation(stateful.key) == nil)
            #expect(try store.invocation(make("again").key)?.payload == [8])
        }
    }

    @Test("lists are filtered and paged", arguments: Kind.allCases)
    func lists(kind: Kind) throws {
        try withStore(kind) { store in
            for index in 0..<5 {
                _ = try store.perform([.enqueue(make("a\(index)", at: 100 + Int64(index)), payload: [])])
            }
            var stopped = make("b", at: 110)
            _ = try store.perform([.enqueue(stopped, payload: [])])
            stopped.status = .stopped
            _ = try store.perform([.update(stopped)])
            var filter = AsyncFilter(organization: organization)
            filter.status = .stopped
            #expect(try store.invocations(filter).map(\.id.rawValue) == ["b"])
            filter.status = nil
            filter.idPrefix = "a"
            filter.isDescending = true
            filter.limit = 2
            filter.offset = 1
            #expect(try store.invocations(filter).map(\.id.rawValue) == ["a3", "a2"])
            filter = AsyncFilter(organization: organization)
            filter.from = Timestamp(seconds: 103)
            filter.through = Timestamp(seconds: 104)
            filter.service = ServiceName(unchecked: "s")
            filter.function = FunctionName(unchecked: "f")
            filter.qualifier = .latest
            #expect(try store.invocations(filter).map(\.id.rawValue) == ["a3", "a4"])
        }
    }

    @Test("a tick and its invocation are one write", arguments: Kind.allCases)
    func ticks(kind: Kind) throws {
        try withStore(kind) { store in
            #expect(try store.lastTick(timerID: "t") == nil)
            for _ in 0..<2 {
                _ = try store.perform([.tick(timerID: "t", at: Timestamp(seconds: 7), make("tick-7"), payload: [])])
            }
            #expect(try store.lastTick(timerID: "t") == Timestamp(seconds: 7))
            #expect(try store.waitingCount() == 1)
            try store.removeTimers(except: ["other"])
            #expect(try store.lastTick(timerID: "t") == nil)
        }
    }

    @Test("usage adds up by function and month", arguments: Kind.allCases)
    func usage(kind: Kind) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "duet-usage-\(UUID().uuidString)").path()
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let store: any UsageStore = kind == .memory ? MemoryUsageStore() : try FunctionDatabase(path: path)
        var record = UsageRecord(key: .init(function: make("a").target.id, at: Timestamp(seconds: 1_700_000_000)))
        record.invocationCount = 2
        record.megabyteMilliseconds = 1024 * 1000
        try store.add([record, record])
        let found = try store.usage(of: organization, month: "2023-11")
        #expect(found.map(\.invocationCount) == [4])
        #expect(found.map(\.gigabyteSeconds) == [2])
        #expect(try store.usage(of: OrganizationName(unchecked: "X"), month: nil).isEmpty)
        #expect(try store.usage(of: nil, month: "2023-12").isEmpty)
    }
}

@Suite("Stored registry")
struct StoredRegistryTests {
    @Test("what was committed is read again after a restart, as it was")
    func roundTrip() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "duet-registry-\(UUID().uuidString)").path()
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let organization = OrganizationName(unchecked: "Org1MSP")
        let service = ServiceName(unchecked: "s")
        let id = FunctionID(organization: organization, service: service, function: FunctionName(unchecked: "f"))
        let occasion = Registry.Occasion(now: Timestamp(seconds: 5)) { "id" }
        var registry = Registry()
        _ = try registry.createService(organization, service, ServiceConfiguration(), occasion)
        var configuration = FunctionConfiguration(runtime: "python3", handler: "a.b")
        configuration.code = CodeReference(digest: "d", byteCount: 1, checksum: "2")
        configuration.environment = ["A": "é"]
        configuration.preStop = LifecycleHook(handler: "a.c")
        _ = try registry.createFunction(id, configuration, occasion)
        _ = try registry.createTrigger(
            id, TriggerName(unchecked: "t"),
            TriggerConfiguration(source: .other(type: "oss", configuration: ["events": ["x"]])),
            occasion)
        let version = try registry.publishVersion(organization, service, description: "v", occasion)
        _ = try registry.createAlias(
            organization, service, AliasName(unchecked: "prod"), AliasConfiguration(version: version.id), occasion)
        _ = try registry.putAsyncConfiguration(
            FunctionTarget(id, qualifier: .version(version.id)), AsyncConfiguration(), occasion)
        _ = try registry.createDomain(
            organization, CustomDomainName(unchecked: "a.example"),
            CustomDomainConfiguration(protocolText: "HTTP", routes: []),
            occasion)
        try FunctionDatabase(path: path).commit(registry.takeChanges())
        let loaded = try FunctionDatabase(path: path).load()
        let again = Registry(services: loaded.services, domains: loaded.domains)
        #expect(again.services(of: organization) == registry.services(of: organization))
        #expect(again.domains == registry.domains)
        try registry.deleteDomain(organization, CustomDomainName(unchecked: "a.example"))
        let database = try FunctionDatabase(path: path)
        try database.commit(registry.takeChanges())
        #expect(try database.load().domains.isEmpty)
    }

    @Test("a file that is no database is named")
    func damaged() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "duet-damaged-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 7, count: 9000).write(to: URL(filePath: path))
        #expect { _ = try FunctionDatabase(path: path) } throws: {
            ($0 as? FunctionError)?.message.contains(path) == true
        }
    }
}
