import Foundation
import LogCore
import LogStorage
import Logging
import Testing

@testable import LogService

@Suite("Problems of the log service's store")
struct ProblemReportTests {
    @Test("a damaged day file is named in the node's log, once")
    func damagedFile() async throws {
        let folder = NSTemporaryDirectory() + "duet-logs-" + UUID().uuidString
        // Nothing depends on it; the system clears its temporary folder anyway.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = "\(folder)/stores/7/0/2024-02-01.1.sqlite"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data("this is no database, however long one looks at it".utf8).write(to: URL(fileURLWithPath: file))
        let store = try SQLiteLogStore(folder: folder)
        _ = try await store.bounds(of: ShardAddress(logstoreNumber: 7, shard: 0))

        let (told, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(100))
        var configuration = LogServiceConfiguration()
        configuration.syncInterval = .milliseconds(1)
        let keeper = LogKeeper(
            store: store, configuration: configuration,
            logger: Logger(label: "test") { _ in TellingHandler(continuation: continuation) },
            now: SQLiteLogStore.systemTime)
        try await keeper.start()
        let running = Task { try await keeper.run() }
        var lines = told.makeAsyncIterator()
        while let line = await lines.next() {
            guard line.hasPrefix("error A log file has a problem") else { continue }
            #expect(line.contains(file))
            break
        }
        running.cancel()
        try await running.value
        continuation.finish()
        while let line = await lines.next() { #expect(!line.contains("has a problem")) }
        await store.close()
    }
}

private struct TellingHandler: LogHandler {
    let continuation: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    init(continuation: AsyncStream<String>.Continuation) {
        self.continuation = continuation
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        continuation.yield("\(event.level) \(event.message) \(event.metadata ?? [:])")
    }
}
