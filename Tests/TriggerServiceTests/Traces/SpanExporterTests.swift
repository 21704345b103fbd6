import FunctionTypes
import Logging
import Synchronization
import Testing
import TriggerCore

@testable import TriggerService

@Suite("Exporting spans")
struct SpanExporterTests {
    private static let context = TraceParent(beginning: ["test"])

    private func span(_ number: Int, isSampled: Bool = true) -> TraceSpan {
        let context =
            isSampled
            ? Self.context.child(["\(number)"])
            : TraceParent(traceID: Self.context.traceID, spanID: Self.context.spanID, isSampled: false) ?? Self.context
        return TraceSpan(
            "span \(number)", .internal, at: context, parentSpanID: nil, organization: "Org1MSP",
            start: Timestamp(milliseconds: 1), duration: .milliseconds(2))
    }

    private func exporter(
        _ collector: Collector, _ change: (inout SpanExporter.Configuration) -> Void = { _ in }
    ) -> SpanExporter {
        var configuration = SpanExporter.Configuration()
        change(&configuration)
        return SpanExporter(
            configuration: configuration,
            resource: SpanBatch.Resource(serviceName: "duet", serviceVersion: "1", node: "n", network: nil),
            collector: collector, time: collector.time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Answers as told, then that everything was taken; time passes as soon as somebody waits for it.
    private final class Collector: SpanCollector {
        struct State {
            var answers: [SpanAnswer]
            var batches: [SpanBatch] = []
            var uptime = Duration.zero
            var waits: [Duration] = []
        }

        let state: Mutex<State>
        /// Ends the exporter once so many requests came.
        let requestCountMax: Int
        private let end: AsyncStream<Void>
        private let ending: AsyncStream<Void>.Continuation

        init(_ answers: [SpanAnswer], requestCountMax: Int) {
            state = Mutex(State(answers: answers))
            self.requestCountMax = requestCountMax
            (end, ending) = AsyncStream.makeStream()
        }

        func send(_ batch: SpanBatch) async -> SpanAnswer {
            let (answer, count) = state.withLock { state in
                state.batches.append(batch)
                let answer = state.answers.isEmpty ? .taken(rejected: 0, message: nil) : state.answers.removeFirst()
                return (answer, state.batches.count)
            }
            if count >= requestCountMax { ending.finish() }
            return answer
        }

        var time: TriggerTime {
            TriggerTime(
                now: { Timestamp(milliseconds: 0) }, uptime: { self.state.withLock(\.uptime) },
                sleep: { duration in
                    try Task.checkCancellation()
                    self.state.withLock { state in
                        state.uptime += duration
                        state.waits.append(duration)
                    }
                    await Task.yield()
                }, jitter: { 0.5 })
        }

        func run(_ exporter: SpanExporter) async {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await exporter.run() }
                for await _ in end {}
                group.cancelAll()
            }
        }
    }

    @Test("spans go out in batches, in order")
    func batches() async {
        let collector = Collector([], requestCountMax: 3)
        let exporter = exporter(collector) { $0.batchCountMax = 4 }
        for number in 0..<10 { exporter.record(span(number)) }
        await collector.run(exporter)
        let names = collector.state.withLock(\.batches).map(Self.names)
        #expect(
            names == [
                ["span 0", "span 1", "span 2", "span 3"], ["span 4", "span 5", "span 6", "span 7"],
                ["span 8", "span 9"],
            ])
        #expect(exporter.counts.exported == 10)
    }

    @Test("what a full queue does not hold is dropped and counted, what is not sampled is not taken")
    func overflow() {
        let exporter = exporter(Collector([], requestCountMax: 1)) { $0.queueCountMax = 2 }
        for number in 0..<5 { exporter.record(span(number)) }
        exporter.record(span(9, isSampled: false))
        #expect(exporter.counts.waiting == 2)
        #expect(exporter.counts.overflowed == 3)
    }

    @Test("an unavailable collector is asked again, no sooner than it says, each pause longer")
    func retry() async {
        let collector = Collector(
            [.unavailable("503", after: .seconds(7)), .unavailable("gone", after: nil)], requestCountMax: 3)
        let exporter = exporter(collector)
        exporter.record(span(1))
        await collector.run(exporter)
        let (batches, waits) = collector.state.withLock { ($0.batches, $0.waits) }
        #expect(batches.map(Self.names) == [["span 1"], ["span 1"], ["span 1"]])
        #expect(Array(waits.prefix(3)) == [.seconds(1), .seconds(7), .seconds(2)])
        let counts = exporter.counts
        #expect((counts.exported, counts.failedRequests, counts.refused) == (1, 2, 0))
    }

    @Test("a batch that is refused, or not taken for too long, is dropped and counted")
    func refused() async {
        let collector = Collector([.refused("400"), .unavailable("gone", after: .seconds(100))], requestCountMax: 3)
        let exporter = exporter(collector) { $0.batchCountMax = 2 }
        for number in 0..<6 { exporter.record(span(number)) }
        await collector.run(exporter)
        let counts = exporter.counts
        #expect((counts.exported, counts.failedRequests, counts.refused) == (2, 2, 4))
    }

    @Test("what a collector took in part counts in part")
    func partial() async {
        let collector = Collector([.taken(rejected: 1, message: "too old")], requestCountMax: 1)
        let exporter = exporter(collector)
        for number in 0..<3 { exporter.record(span(number)) }
        await collector.run(exporter)
        #expect((exporter.counts.exported, exporter.counts.refused) == (2, 1))
    }

    @Test("statuses mean what OTLP says", arguments: HTTPSpanCollector.Encoding.allCases)
    func statuses(encoding: HTTPSpanCollector.Encoding) {
        func answer(_ status: Int, _ body: [UInt8] = []) -> SpanAnswer {
            HTTPSpanCollector.answer(status: status, after: .seconds(3), body: body, encoding: encoding)
        }
        #expect(answer(200) == .taken(rejected: 0, message: nil))
        for status in [429, 502, 503, 504] {
            guard case .unavailable(_, .seconds(3)) = answer(status) else {
                Issue.record("\(status)")
                continue
            }
        }
        for status in [301, 400, 401, 404, 500] {
            guard case .refused = answer(status) else {
                Issue.record("\(status)")
                continue
            }
        }
        let partial: [UInt8] =
            switch encoding {
            case .json: Array(#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"old"}}"#.utf8)
            case .protobuf: [0x0A, 7, 0x08, 2, 0x12, 3] + Array("old".utf8)
            }
        #expect(answer(200, partial) == .taken(rejected: 2, message: "old"))
        #expect(answer(200, [0xFF, 0x7B, 0x22]) == .taken(rejected: 0, message: nil))
    }

    private static func names(_ batch: SpanBatch) -> [String] {
        (batch.json["resourceSpans"]?.arrayValue ?? []).flatMap { resource in
            (resource["scopeSpans"]?.arrayValue ?? []).flatMap { scope in
                (scope["spans"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            }
        }
    }
}
