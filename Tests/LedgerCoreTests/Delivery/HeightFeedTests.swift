import FabricTypes
import LedgerCore
import Testing

@Suite("Height feed")
struct HeightFeedTests {
    @Test("who waits below the height returns at once, who waits above it when it is reached")
    func waiting() async throws {
        let feed = HeightFeed(height: 5)
        #expect(try await feed.wait(above: 4) == 5)
        async let seventh = feed.wait(above: 6)
        async let sixth = feed.wait(above: 5)
        feed.raise(to: 6)
        #expect(try await sixth == 6)
        feed.raise(to: 7)
        #expect(try await seventh == 7)
        #expect(feed.height == 7)
    }

    @Test("waiting ends when the task is cancelled, before it began or after")
    func cancellation() async throws {
        let feed = HeightFeed(height: 0)
        let waiting = Task { try await feed.wait(above: 0) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        feed.raise(to: 1)
        #expect(try await feed.wait(above: 0) == 1)
    }

    @Test("a halted chain wakes everybody, yet what is there is still found")
    func halt() async throws {
        let feed = HeightFeed(height: 3)
        async let waiting = feed.wait(above: 3)
        feed.halt(ChainHalted("The disk is gone."))
        do {
            _ = try await waiting
            Issue.record("nothing more can come")
        } catch {
            #expect(error is ChainHalted)
        }
        #expect(try await feed.wait(above: 2) == 3)
        await #expect(throws: ChainHalted.self) { try await feed.wait(above: 3) }
        #expect(feed.halt == ChainHalted("The disk is gone."))
    }

    @Test("nobody is forgotten among many who wait for different heights")
    func many() async throws {
        let feed = HeightFeed(height: 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 as Range<UInt64> {
                group.addTask { try await feed.wait(above: index) > index }
            }
            group.addTask {
                for height in 1...200 as ClosedRange<UInt64> {
                    feed.raise(to: height)
                    await Task.yield()
                }
                return true
            }
            for try await isAbove in group { #expect(isAbove) }
        }
    }
}
