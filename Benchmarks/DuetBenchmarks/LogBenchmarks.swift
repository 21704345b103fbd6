internal import Foundation
internal import GoldenLedger
internal import LogCore
internal import LogService
internal import LogStorage
internal import Logging
internal import Synchronization

/// Taking lines in and finding them again, through the log service, with the store on disk.
///
/// All cases but the first share one logstore of `DUET_BENCHMARK_LINES` lines, 10 million unless set, in one shard and one day:
/// the largest file there can be. Filling it takes some minutes and is itself the measure of what is sustained.
enum LogBenchmarks {
    static let cases = [
        Benchmark(name: "Logs/durable writes of 1,000 lines, 4 writers", unit: "lines") {
            let world = try LogWorld.filled.get()
            return (20_000, { try waiting { try await world.put(lineCount: 20_000, perWrite: 1_000, writerCount: 4) } })
        },
        Benchmark(name: "Logs/lines of functions, until they are found", unit: "lines") {
            let world = try LogWorld.filled.get()
            return (10_000, { try waiting { try await world.writeAsFunctions(lineCount: 10_000) } })
        },
        Benchmark(name: "Logs/a selective word", unit: "searches") {
            let world = try LogWorld.filled.get()
            return (1, { try waiting { try await world.searchRareWord() } })
        },
        Benchmark(name: "Logs/a word that one line in 2,000 has", unit: "searches") {
            let world = try LogWorld.filled.get()
            return (1, { try waiting { try await world.searchUncommonWord() } })
        },
        Benchmark(name: "Logs/the newest 100 of a frequent word", unit: "searches") {
            let world = try LogWorld.filled.get()
            return (1, { try waiting { try await world.searchFrequentWord() } })
        },
        Benchmark(name: "Logs/a line of a function, written to found", unit: "lines") {
            let world = try LogWorld.filled.get()
            return (1, { try waiting { try await world.writeAsFunctions(lineCount: 1) } })
        },
        Benchmark(name: "Logs/a line of a function, written to delivered by a tail", unit: "lines") {
            let world = try LogWorld.filled.get()
            let tail = LogWorld.Tail(world)
            try waiting { await tail.waitUntilOpen() }
            return (1, { try waiting { try await tail.writeAndReceive() } })
        },
    ]

    /// A log service with a filled logstore.
    final class LogWorld: Sendable {
        /// Filled by the first case that asks; deleted when the program ends well.
        static let filled = Result { try makeFilled() }

        private static let folder = FileManager.default.temporaryDirectory.appending(
            path: "duet-bench-\(UUID().uuidString)")
        private static let rareWord = "zugzwang"
        private static let rareWordEvery = 1_000_000
        private static let linesPerWrite = 5_000

        let keeper: LogKeeper
        let id: LogstoreID
        private let marks = Atomic(0)

        private init(keeper: LogKeeper, id: LogstoreID) {
            self.keeper = keeper
            self.id = id
        }

        private static func makeFilled() throws -> LogWorld {
            let count =
                ProcessInfo.processInfo.environment["DUET_BENCHMARK_LINES"].flatMap(Int.init) ?? 10_000_000
            // Gigabytes, which nobody else would clear away.
            atexit { try? FileManager.default.removeItem(at: LogWorld.folder) }
            let keeper = LogKeeper(
                store: try SQLiteLogStore(folder: folder.path), logger: Logger(label: "benchmark"),
                now: SQLiteLogStore.systemTime)
            let world = LogWorld(
                keeper: keeper,
                id: LogstoreID(
                    project: try ProjectName(validating: "benchmark"),
                    logstore: try LogstoreName(validating: "lines")))
            let start = ContinuousClock.now
            try waiting {
                try await keeper.start()
                try await keeper.ensureLogstore(
                    world.id, organization: "Org1MSP", description: "", ttlDays: 30, shardCount: 1)
                try await world.put(lineCount: count, perWrite: linesPerWrite, writerCount: 2)
            }
            // Writes what functions say and wakes tails, until the program ends.
            Task { try await keeper.run() }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print("Filled with \(count) lines: \(Int(Double(count) / seconds)) lines/s sustained")
            return world
        }

        /// Writes durably, from several writers at once.
        func put(lineCount: Int, perWrite: Int, writerCount: Int) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writerCount {
                    group.addTask {
                        var lines = Lines(seed: UInt64(writer))
                        for first in stride(from: writer * perWrite, to: lineCount, by: perWrite * writerCount) {
                            let entries = (first..<min(first + perWrite, lineCount)).map { number in
                                lines.next(
                                    marked: number % Self.rareWordEvery == 500 && perWrite == Self.linesPerWrite
                                        ? Self.rareWord : nil)
                            }
                            _ = try await self.keeper.put(entries, to: self.id)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        /// Writes lines as functions do, and asks until the last one is found.
        func writeAsFunctions(lineCount: Int) async throws {
            let mark = nextMark()
            var lines = Lines(seed: 7)
            keeper.write((1..<lineCount).map { _ in lines.next(marked: nil) } + [lines.next(marked: mark)], to: id)
            while try await search(mark) == 0 {}
        }

        func searchRareWord() async throws {
            let count = try await search(Self.rareWord)
            precondition(count > 0, "the word was written")
        }

        func searchUncommonWord() async throws {
            let count = try await search(Lines.uncommonWord)
            precondition(count > 0, "the word was written")
        }

        func searchFrequentWord() async throws {
            let count = try await search("error")
            precondition(count == 100, "a twentieth of the lines has it")
        }

        func nextMark() -> String {
            "mark\(marks.add(1, ordering: .relaxed).newValue)x"
        }

        private func search(_ text: String) async throws -> Int {
            let answer = try await keeper.answer(
                .init(text: text, from: LogTime(seconds: 0), to: .distantFuture), in: id, order: .newestFirst,
                offset: 0, limit: 100)
            guard case .entries(let found) = answer else { return 0 }
            precondition(found.isComplete, "a search of a second is over long before its limit")
            return found.entries.count
        }

        /// A live tail that stays open over all runs.
        final class Tail: Sendable {
            private let world: LogWorld
            private let received: AsyncStream<String>

            init(_ world: LogWorld) {
                self.world = world
                let (stream, continuation) = AsyncStream.makeStream(
                    of: String.self, bufferingPolicy: .bufferingNewest(16))
                received = stream
                // Ends with the program.
                Task {
                    try await world.keeper.tail(world.id, query: "mark*", from: .now) { batch in
                        if batch.entries.isEmpty { continuation.yield("") }
                        for (entry, _) in batch.entries {
                            continuation.yield(entry.entry.fields.last?.value ?? "")
                        }
                    }
                }
            }

            func waitUntilOpen() async {
                for await _ in received { return }
            }

            func writeAndReceive() async throws {
                let mark = world.nextMark()
                var lines = Lines(seed: 9)
                world.keeper.write([lines.next(marked: mark)], to: world.id)
                for await message in received where message.hasSuffix(mark) { return }
            }
        }
    }

    /// Lines like a function's: its names, a request id that is there once, and a message of words from a vocabulary.
    private struct Lines {
        static let uncommonWord = "perchance"
        private static let vocabulary = (0..<2_000).map { "word\(String($0, radix: 36))" }
        private var random: SeededGenerator

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
        }

        mutating func next(marked mark: String?) -> LogEntry {
            let level = Int.random(in: 0..<20, using: &random) == 0 ? "error" : "info"
            var message = "handled"
            for _ in 0..<6 {
                // Squared, so that some words are frequent and most are not.
                let draw = Double.random(in: 0..<1, using: &random)
                message += " " + Self.vocabulary[Int(draw * draw * Double(Self.vocabulary.count))]
            }
            if Int.random(in: 0..<2_000, using: &random) == 0 { message += " " + Self.uncommonWord }
            if let mark { message += " " + mark }
            return LogEntry(
                time: SQLiteLogStore.systemTime(), topic: "marbles",
                fields: [
                    LogField("functionName", "processEvent"),
                    LogField("requestId", String(random.next(), radix: 16)), LogField("level", level),
                    LogField("message", message),
                ])
        }
    }
}
