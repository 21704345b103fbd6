import FunctionCore
import FunctionService
import FunctionTypes
import Synchronization
import Testing

@Suite("Traces of invocations")
struct TracingTests {
    private static let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private final class Ends: InvocationObserver {
        private let ends = Mutex<[InvocationEnd]>([])

        var all: [InvocationEnd] { ends.withLock { $0 } }

        func ended(_ end: InvocationEnd) { ends.withLock { $0.append(end) } }
    }

    /// Answers the trace context that it gets.
    private func world(_ ends: Ends) throws -> PlatformWorld {
        try PlatformWorld(observer: ends) { invocation, _ in .event(Array((invocation.traceparent ?? "").utf8)) }
    }

    private func invocation(_ world: PlatformWorld, _ traceparent: String?, retry: Int = 0) -> Invocation {
        Invocation(
            requestID: "r1", target: world.target, payload: .event([]), origin: .api, retryCount: retry,
            traceparent: traceparent)
    }

    @Test("each attempt is a span of its own below its caller's")
    func attempts() async throws {
        let ends = Ends()
        let world = try world(ends)
        try await world.run { world async throws in
            try await world.makeFunction()
            let caller = try #require(TraceParent(Self.caller))
            var spans: Set<String> = [caller.spanID]
            for retry in 0..<3 {
                let report = try await world.platform.invoke(invocation(world, Self.caller, retry: retry))
                guard case .event(let bytes) = report.outcome else {
                    Issue.record("\(report.outcome)")
                    return
                }
                let got = try #require(TraceParent(String(decoding: bytes, as: UTF8.self)))
                #expect(got.traceID == caller.traceID && got.isSampled)
                #expect(spans.insert(got.spanID).inserted)
                #expect(ends.all.last?.invocation.traceparent == got.description)
                #expect(ends.all.last?.parent == caller)
            }
            #expect(ends.all.count == 3)
        }
    }

    @Test("without a valid context a trace begins that follows from the request", arguments: [nil, "", "00-zz", "x"])
    func beginning(traceparent: String?) async throws {
        let ends = Ends()
        let world = try world(ends)
        try await world.run { world async throws in
            try await world.makeFunction()
            _ = try await world.platform.invoke(invocation(world, traceparent))
            _ = try await world.platform.invoke(invocation(world, traceparent))
        }
        #expect(ends.all.count == 2 && ends.all.allSatisfy { $0.parent == nil })
        #expect(Set(ends.all.map(\.invocation.traceparent)).count == 1)
        #expect(ends.all.first?.invocation.traceparent.flatMap { TraceParent($0) } != nil)
    }

    @Test("what the platform could not run is told, too")
    func refused() async throws {
        let ends = Ends()
        let world = try world(ends)
        try await world.run { world async throws in
            await #expect(throws: FunctionError.self) {
                _ = try await world.platform.invoke(invocation(world, Self.caller))
            }
        }
        guard case .failure(let error)? = ends.all.first?.result else {
            Issue.record("\(ends.all)")
            return
        }
        #expect(error.code == .serviceNotFound)
        #expect(ends.all.first?.function == nil)
    }
}
