import ContractService
import Dispatch
import LedgerCore
import Testing

@Suite("Threads of contracts")
struct ContractThreadsTests {
    @Test("work is done in the order in which it came")
    func order() async throws {
        let threads = ContractThreads(count: 1)
        let (numbers, told) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingOldest(1_000))
        for number in 0..<1_000 { try threads.start { told.yield(number) } }
        try threads.start { told.finish() }
        var expected = 0
        for await number in numbers {
            #expect(number == expected)
            expected += 1
        }
        #expect(expected == 1_000)
    }

    @Test("works run beside each other on as many threads as there are")
    func parallel() async throws {
        let threads = ContractThreads(count: 2)
        let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let (ends, told) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingOldest(2))
        // Each waits for the other one to run.
        try threads.start {
            first.signal()
            second.wait()
            told.yield(1)
        }
        try threads.start {
            second.signal()
            first.wait()
            told.yield(2)
        }
        var ended: Set<Int> = []
        for await number in ends.prefix(2) { ended.insert(number) }
        #expect(ended == [1, 2])
    }

    @Test("more work than may wait is refused, and taken again later")
    func bound() async throws {
        let threads = ContractThreads(count: 1, waitingCountMax: 2)
        let gate = DispatchSemaphore(value: 0)
        let (steps, told) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingOldest(8))
        var iterator = steps.makeAsyncIterator()
        try threads.start {
            told.yield("running")
            gate.wait()
        }
        #expect(await iterator.next() == "running")
        for _ in 0..<2 { try threads.start { told.yield("done") } }
        #expect(throws: BlockingThreadsBusy.self) { try threads.start { told.yield("too much") } }
        gate.signal()
        #expect(await iterator.next() == "done")
        #expect(await iterator.next() == "done")
        try threads.start { told.yield("again") }
        #expect(await iterator.next() == "again")
    }

    @Test("stopped threads finish what they have taken and take no more")
    func stop() async throws {
        let threads = ContractThreads(count: 2)
        let (steps, told) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingOldest(100))
        for number in 0..<100 { try threads.start { told.yield(number) } }
        threads.stop()
        #expect(throws: BlockingThreadsBusy.self) { try threads.start {} }
        var count = 0
        for await _ in steps.prefix(100) { count += 1 }
        #expect(count == 100)
    }

    @Test("while a work waits another thread takes its place, and afterwards there are as many as before")
    func substitutes() async throws {
        let threads = ContractThreads(count: 1, pausedCountMax: 1)
        let (steps, told) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingOldest(8))
        var iterator = steps.makeAsyncIterator()
        for _ in 0..<3 {
            let other = DispatchSemaphore(value: 0)
            try threads.start {
                // Nobody else could let it go on.
                let answer = try? threads.whileWaiting {
                    other.wait()
                    return "answer"
                }
                told.yield(answer ?? "busy")
            }
            try threads.start {
                let nested = try? threads.whileWaiting { "too many wait" }
                told.yield(nested ?? "busy")
                other.signal()
            }
            #expect(await iterator.next() == "busy")
            #expect(await iterator.next() == "answer")
        }
        // One thread is left: a work that holds it keeps the next one waiting.
        let gate = DispatchSemaphore(value: 0)
        try threads.start {
            told.yield("holding")
            gate.wait()
            told.yield("let go")
        }
        #expect(await iterator.next() == "holding")
        try threads.start { told.yield("next") }
        gate.signal()
        #expect(await iterator.next() == "let go")
        #expect(await iterator.next() == "next")
    }
}
