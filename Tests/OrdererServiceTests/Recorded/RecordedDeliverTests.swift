import FabricTypes
import GoldenLedger
import LedgerCore
import OrdererService
import Synchronization
import Testing

@Suite("Recorded deliver streams")
struct RecordedDeliverTests {
    @Test("every request to the recorded orderer is answered byte for byte alike")
    func orderer() async throws {
        let streams = try GoldenFiles.trade.json("deliver/deliver.json").array.filter {
            try $0["method"].string == "/orderer.AtomicBroadcast/Deliver"
        }
        #expect(streams.count == 6)
        for stream in streams {
            let world = try OrdererWorld(recordedBlocks: Int(stream["ledgerHeight"].integer))
            let request = try stream["request"].base64
            let header = try #require(try Payload(decoding: Envelope(decoding: request).payload).header)
            world.time.set(now: try #require(try ChannelHeader(decoding: header.channelHeader).timestamp))
            let answers = Mutex<[Bytes]>([])

            let (requests, continuation) = AsyncThrowingStream.makeStream(of: Bytes.self, throwing: (any Error).self)
            continuation.yield(request)
            continuation.finish()
            try await world.orderer.deliver(requests, binding: .none) { answer in
                answers.withLock { $0.append(answer) }
            }

            let recorded = try stream["responses"].array.map { try $0.base64 }
            let id = try stream["id"].string
            #expect(answers.withLock { $0 } == recorded, "\(id)")
        }
    }
}
