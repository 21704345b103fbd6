import GoldenLedger
import Testing

@testable import DuetClient
@testable import MarblesServer

@Suite("The feed of blocks to pages")
struct LiveFeedTests {
    let feed = LiveFeed(ledgerName: "abc", contract: "goods")
    let blocks: [ClientBlock]

    init() throws {
        blocks = try GoldenFiles.trade.blocks().map { try ClientBlock(decoding: $0) }
    }

    @Test("a new page gets the whole state, and the blocks after it")
    func newPage() async throws {
        for block in blocks[..<5] { feed.take(block) }
        let page = try #require(feed.subscribe(after: nil))
        #expect(page.missedBlocks == nil)
        #expect(page.ledger.height == 5)

        feed.take(blocks[5])
        feed.close()
        var ids: [String] = []
        for await event in page.events { ids.append(String(event.text.prefix { $0 != "\n" })) }
        #expect(ids == ["id: abc-5"])
    }

    @Test("a page resumes behind the last block it has seen, whenever that was", arguments: [0, 3, 8, 9])
    func resuming(last: Int) throws {
        for block in blocks[..<10] { feed.take(block) }
        let page = try #require(feed.subscribe(after: "abc-\(last)"))
        #expect(page.missedBlocks?.map(\.number) == (last + 1..<10).map { UInt64($0) })
    }

    @Test(
        "what names another ledger, a block to come or nothing at all gets the whole state",
        arguments: ["xyz-3", "abc-10", "abc-99999999999999999999", "abc-", "abc", "", "-1"])
    func foreignPositions(id: String) throws {
        for block in blocks[..<10] { feed.take(block) }
        let page = try #require(feed.subscribe(after: id))
        #expect(page.missedBlocks == nil)
    }

    @Test("a block that comes twice is told once")
    func doubles() async throws {
        feed.take(blocks[0])
        let page = try #require(feed.subscribe(after: nil))
        for block in [blocks[0], blocks[1], blocks[1], blocks[0]] { feed.take(block) }
        feed.close()
        var count = 0
        for await _ in page.events { count += 1 }
        #expect(count == 1)
    }

    @Test("a stream that nobody reads is ended and holds no more than its bound")
    func slowStream() async throws {
        feed.take(blocks[0])
        let page = try #require(feed.subscribe(after: nil))
        for _ in 0...LiveFeed.eventCountMax { feed.tell(ServerSentEvent("story", data: "{}")) }
        var count = 0
        for await _ in page.events { count += 1 }
        #expect(count == LiveFeed.eventCountMax)
    }

    @Test("there are no more streams than the bound, and room again when one ends")
    func tooMany() throws {
        let pages = (0..<LiveFeed.watcherCountMax).compactMap { _ in feed.subscribe(after: nil) }
        #expect(pages.count == LiveFeed.watcherCountMax)
        #expect(feed.subscribe(after: nil) == nil)
        feed.unsubscribe(pages[0].id)
        #expect(feed.subscribe(after: nil) != nil)
    }

    @Test("a recorded channel is read to its end, with who did what")
    func recordedChannel() throws {
        for block in blocks { feed.take(block) }
        let ledger = feed.ledger
        #expect(ledger.height == UInt64(blocks.count))
        #expect(ledger.block(UInt64(blocks.count)) == nil)
        let view = try #require(ledger.block(20))
        #expect(view.number == 20)
        #expect(view.transactions.allSatisfy { $0.by?.name.contains("@") ?? true })
    }
}
