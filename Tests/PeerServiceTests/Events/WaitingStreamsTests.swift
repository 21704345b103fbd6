internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import Synchronization
internal import Testing

@testable internal import PeerService

@Suite("Many event streams")
struct WaitingStreamsTests {
    /// A request for filtered blocks from the next one on, for ever.
    static func request(by signer: GoldenSigner, from start: SeekPosition, time: Int64) throws -> Bytes {
        let info = SeekInfo(start: start, stop: .never)
        let channelHeader = ChannelHeader(
            type: .deliverSeekInfo, timestamp: Timestamp(seconds: time), channelID: Bytes("trade"),
            transactionID: Bytes(), extension: Bytes())
        let payload = Payload(
            header: Header(
                channelHeader: channelHeader.encoded(),
                signatureHeader: SignatureHeader(creator: signer.identity, nonce: Bytes()).encoded()),
            data: info.encoded()
        ).encoded()
        return Envelope(payload: payload, signature: try signer.sign(payload)).encoded()
    }

    @Test("10,000 that wait take little memory, and each gets the next block once", .timeLimit(.minutes(3)))
    func tenThousand() async throws {
        let count = 10_000
        let peer = try RecordedPeer.peer()
        try await RecordedPeer.advance(peer, to: 30)
        let channel = peer.channels[0]
        let time: Int64 = 1_795_219_500
        let service = DeliverService(peer: peer) { Timestamp(seconds: time) }
        let signer = try GoldenSigner.user("User1@alder.example")
        let request = try Self.request(by: signer, from: .nextCommit, time: time)
        let received = Counter()
        let before = try Self.residentByteCount()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    var requests = [request]
                    do {
                        try await service.serve(.filteredBlocks, binding: .none) {
                            requests.popLast()
                        } send: { _ in
                            received.add()
                        }
                    } catch is CancellationError {}
                }
            }
            while channel.commits.waiterCount < count { await Task.yield() }
            let grown = try Self.residentByteCount() - before
            #expect(grown < 200 << 20, "\(grown) bytes")
            try await channel.commit(RecordedPeer.ordererBlocks()[30])
            while received.value < count || channel.commits.waiterCount < count { await Task.yield() }
            group.cancelAll()
        }
        #expect(received.value == count)
        #expect(channel.commits.waiterCount == 0)
    }

    @Test("a client that a new configuration shuts out is told so before the next block")
    func shutOut() async throws {
        // Block 90 gives filtered events to admins alone.
        let peer = try RecordedPeer.peer()
        try await RecordedPeer.advance(peer, to: 90)
        let time: Int64 = 1_795_219_500
        let service = DeliverService(peer: peer) { Timestamp(seconds: time) }
        let signer = try GoldenSigner.user("User1@alder.example")
        let request = try Self.request(by: signer, from: .newest, time: time)
        let (stream, continuation) = AsyncStream.makeStream(of: Bytes.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var requests = [request]
                try await service.serve(.filteredBlocks, binding: .none) {
                    requests.popLast()
                } send: {
                    continuation.yield($0)
                }
                continuation.finish()
            }
            var answers = stream.makeAsyncIterator()
            #expect(await answers.next()?.first == 0x1A)
            try await RecordedPeer.advance(peer, to: 92)
            #expect(await answers.next() == PeerDeliverResponse.status(.forbidden).encoded)
            #expect(await answers.next() == nil)
            try await group.waitForAll()
        }
    }

    /// What the process holds in memory.
    private static func residentByteCount() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(fields[1]) ?? 0) * 4_096
    }
}

private final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func add() { count.add(1, ordering: .acquiringAndReleasing) }
}
