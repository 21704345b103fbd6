import FabricTypes
import GoldenLedger
import LedgerCore
import Membership
import OrdererService
import Synchronization
import Testing

@Suite("Deliver of an orderer")
struct DeliverTests {
    let now = Timestamp(seconds: 1_795_219_500)

    /// Collects what a stream sends.
    private final class Sent: Sendable {
        private let list = Mutex<[DeliverResponse]>([])
        private let feed = HeightFeed(height: 0)

        func record(_ bytes: Bytes) throws {
            let response = try DeliverResponse(decoding: bytes)
            list.withLock { list in
                list.append(response)
                feed.raise(to: UInt64(list.count))
            }
        }

        func first(_ count: Int) async throws -> [DeliverResponse] {
            if feed.height < UInt64(count) { _ = try await feed.wait(above: UInt64(count) - 1) }
            return list.withLock { Array($0.prefix(count)) }
        }

        var numbers: [BlockNumber] {
            get throws {
                try list.withLock { $0 }.compactMap { response in
                    if case .block(let bytes) = response.content { try Block(decoding: bytes).number } else { nil }
                }
            }
        }
    }

    @Test("a stream waits for blocks that do not exist yet, and goes on though the client has sent its last request")
    func waiting() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let sent = Sent()
        let (requests, continuation) = AsyncThrowingStream.makeStream(of: Bytes.self, throwing: (any Error).self)
        continuation.yield(try OrdererWorld.seek(SeekInfo(start: .block(109), stop: .block(111)), at: now))
        // Half-closed before the first block is out.
        continuation.finish()
        try await world.running {
            async let stream: Void = world.orderer.deliver(requests, binding: .none) { try sent.record($0) }
            _ = try await sent.first(1)
            for text in ["one", "two"] {
                #expect(await world.orderer.broadcast(try OrdererWorld.envelope(text)) == .success)
            }
            try await stream
        }
        #expect(try sent.numbers == [109, 110, 111])
        #expect(try await sent.first(4).last?.content == .status(.success))
    }

    @Test("after a request is done the same stream takes another")
    func secondRequest() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let sent = Sent()
        let (requests, continuation) = AsyncThrowingStream.makeStream(of: Bytes.self, throwing: (any Error).self)
        for number in [5, 98] as [BlockNumber] {
            continuation.yield(
                try OrdererWorld.seek(SeekInfo(start: .block(number), stop: .block(number)), at: now))
        }
        continuation.finish()

        try await world.orderer.deliver(requests, binding: .none) { try sent.record($0) }

        #expect(try sent.numbers == [5, 98])
        #expect(try await sent.first(4).map(\.content)[1] == .status(.success))
    }

    @Test("a client whose certificate expires meanwhile gets no further block")
    func expiry() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        let sent = Sent()
        let request = try OrdererWorld.seek(SeekInfo(start: .newest, stop: .never), at: now)
        let envelope = try OrdererWorld.envelope("one")
        let status = try await world.running {
            async let status = world.orderer.deliver(request, binding: .none) { try sent.record($0) }
            _ = try await sent.first(1)
            // A peer that is behind holds the next block back until the reader's time is over.
            let reporter = channel.makeCommitReporter(height: 0)
            async let ordered = world.orderer.broadcast(envelope)
            await world.time.sleeperHasCome()
            world.time.set(now: Timestamp(seconds: now.seconds + 20 * 365 * 86_400))
            reporter.committed(height: 110)
            #expect(await ordered == .success)
            return try await status
        }
        #expect(status == .forbidden)
        #expect(try sent.numbers == [109])
    }

    @Test("a client whom a config update shuts out gets no further block, not even that of the update")
    func shutOut() async throws {
        let leaver = try GoldenSigner.extra("leaver@birch.example")
        let claim = SignedData(
            identity: leaver.identity, message: [Bytes("x")], signature: try leaver.sign(Bytes("x")))
        let blocks = try OrdererWorld.recordedBlocks()
        let update = try #require(
            try GoldenFiles.trade.json("config/updates.json").array.first { update in
                let configuration = try ChannelConfiguration(
                    trusting: Block(decoding: blocks[Int(try update["block"].integer)]), signatures: SignatureTable())
                return (try? configuration.policies.check(.channelReaders, [claim])) == nil
            })
        let number = Int(try update["block"].integer)
        let envelope = try update["envelope"].base64
        let world = try OrdererWorld(recordedBlocks: number)
        let sent = Sent()
        let request = try OrdererWorld.seek(SeekInfo(start: .newest, stop: .never), by: leaver, at: now)
        let status = try await world.running {
            async let status = world.orderer.deliver(request, binding: .none) { try sent.record($0) }
            _ = try await sent.first(1)
            #expect(await world.orderer.broadcast(envelope) == .success)
            return try await status
        }
        #expect(status == .forbidden)
        #expect(try sent.numbers == [BlockNumber(number) - 1])
    }

    @Test("a stream that waits ends when its client goes")
    func cancellation() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let request = try OrdererWorld.seek(SeekInfo(start: .nextCommit, stop: .never), at: now)
        let stream = Task { try await world.orderer.deliver(request, binding: .none) { _ in } }
        stream.cancel()
        await #expect(throws: CancellationError.self) { try await stream.value }
    }
}
