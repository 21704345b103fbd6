import FabricTypes
import GoldenLedger
import OrdererService
import Testing

@Suite("Recorded broadcast refusals")
struct RecordedBroadcastTests {
    @Test("every envelope that the recorded orderer refused is refused byte for byte alike")
    func refusals() async throws {
        let refusals = try GoldenFiles.trade.json("broadcast/refused.json").array
        #expect(refusals.count == 28)
        var worlds: [Int64: OrdererWorld] = [:]
        for refusal in refusals {
            let height = try refusal["ledgerHeight"].integer
            let world = try worlds[height] ?? OrdererWorld(recordedBlocks: Int(height))
            worlds[height] = world
            let envelope = try refusal["envelope"].base64
            // Damaged ones have no time; it does not come to that.
            world.time.set(now: Self.time(of: envelope) ?? Timestamp(seconds: 1_795_219_500))

            let response = await world.orderer.broadcast(envelope)

            let (id, recorded) = (try refusal["id"].string, try refusal["response"].base64)
            #expect(response.encoded() == recorded, "\(id): \(response.info)")
            let heightAfter = try world.trade.height
            #expect(heightAfter == BlockNumber(height))
        }
    }

    private static func time(of envelope: Bytes) -> Timestamp? {
        guard
            let payload = try? Payload(decoding: Envelope(decoding: envelope).payload), let header = payload.header
        else { return nil }
        return (try? ChannelHeader(decoding: header.channelHeader))?.timestamp
    }
}
