import Foundation
import LogCore
import LogStorage
import Logging
import Synchronization

@testable import LogService

/// A log service with a settable clock, over a store in memory or on disk.
final class ServiceWorld: Sendable {
    let store: any LogStore
    let service: LogKeeper
    let functions = RecordingFunctions()
    let id: LogstoreID
    private let clock = Clock()
    private let folder: String?

    /// - Parameter isOnDisk: Whether the store is the one with files; it is deleted with the object.
    static func make(
        isOnDisk: Bool = false, shardCount: Int = 1, configuration: LogServiceConfiguration = LogServiceConfiguration()
    ) async throws -> ServiceWorld {
        let world = try ServiceWorld(isOnDisk: isOnDisk, configuration: configuration)
        try await world.service.start()
        try await world.service.createProject(world.id.project, description: "d", organization: "Org1MSP")
        try await world.service.createLogstore(world.id, shardCount: shardCount)
        return world
    }

    private init(isOnDisk: Bool, configuration: LogServiceConfiguration) throws {
        let folder = isOnDisk ? NSTemporaryDirectory() + "duet-logs-" + UUID().uuidString : nil
        store = try folder.map { try SQLiteLogStore(folder: $0) } ?? InMemoryLogStore()
        self.folder = folder
        let clock = clock
        service = LogKeeper(
            store: store, configuration: configuration, logger: Logger(label: "test"),
            now: { clock.now })
        service.callFunctions(through: functions)
        id = LogstoreID(
            project: try ProjectName(validating: "demo"), logstore: try LogstoreName(validating: "web"))
    }

    private final class Clock: Sendable {
        private let time = Mutex(LogTime(seconds: 1_706_756_645))
        var now: LogTime { time.withLock { $0 } }
        func advance(_ seconds: Int64) {
            time.withLock { $0 = LogTime(seconds: $0.seconds + seconds) }
        }
    }

    var now: LogTime { clock.now }

    func advance(seconds: Int64) {
        clock.advance(seconds)
    }

    deinit {
        // Nothing depends on it; the system clears its temporary folder anyway.
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }

    func entry(_ message: String) -> LogEntry {
        LogEntry(time: now, fields: [LogField("message", message)])
    }

    /// The messages of all matches, oldest first.
    func messages(_ query: String = "*") async throws -> [String] {
        let answer = try await service.answer(
            .init(text: query, from: .distantPast, to: .distantFuture), in: id, order: .oldestFirst, offset: 0,
            limit: 10_000)
        guard case .entries(let found) = answer else { return [] }
        return found.entries.compactMap { $0.entry.fields.last?.value }
    }
}

/// Remembers what it was called with; fails as long as it is told to.
final class RecordingFunctions: AlarmFunctions {
    struct Unreachable: Error {}

    private let state = Mutex((calls: [String](), isFailing: false))

    var calls: [String] { state.withLock { $0.calls } }

    func setFailing(_ isFailing: Bool) {
        state.withLock { $0.isFailing = isFailing }
    }

    func invoke(
        organization: String, service: String, function: String, qualifier: String?, event: [UInt8]
    ) async throws {
        try state.withLock { state in
            if state.isFailing { throw Unreachable() }
            state.calls.append("\(organization)/\(service)/\(function) \(String(decoding: event, as: UTF8.self))")
        }
    }
}
