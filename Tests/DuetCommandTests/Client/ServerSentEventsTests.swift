import GoldenLedger
import Testing

@testable import DuetCommand

@Suite("Server-sent events")
struct ServerSentEventsTests {
    private static let stream =
        ": hello\n\nid: 1\ndata: one\n\nid: 2\r\nevent: kind\r\ndata: two\r\ndata:  lines\r\n\r\nid: 3\n: alive\n\n"
        + "retry: 5\ndata\n\nid: 4\ndata: never ended"
    private static let events = [
        ServerSentEvent(id: "1", name: "message", data: "one"),
        ServerSentEvent(id: "2", name: "kind", data: "two\n lines"),
        ServerSentEvent(id: "3", name: "message", data: ""),
    ]

    @Test("events come out whole, however the bytes are cut", arguments: Seeds.sample(10))
    func cuts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var reader = ServerSentEvents()
        var found: [ServerSentEvent] = []
        var rest = Array(Self.stream.utf8)[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...rest.count, using: &random)
            found += try reader.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(found == Self.events, "seed \(seed)")
        #expect(reader.lastID == "4", "an id counts as soon as it is read, also without data")
    }

    @Test("an event without end is refused at the bound")
    func bound() throws {
        var reader = ServerSentEvents()
        let piece = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        #expect(throws: ServerSentEvents.TooLong.self) {
            for _ in 0...ServerSentEvents.byteCountMax >> 20 { _ = try reader.append(piece) }
        }
    }
}
