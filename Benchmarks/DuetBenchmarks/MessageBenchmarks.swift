internal import FabricTypes
internal import GoldenLedger

/// Reading and hashing the recorded channel's messages.
enum MessageBenchmarks {
    static let cases = [
        Benchmark(name: "Block/decode 110 recorded blocks", unit: "blocks") {
            let blocks = try GoldenFiles.trade.blocks()
            return (blocks.count, { for block in blocks { keep(try Block(decoding: block)) } })
        },
        Benchmark(name: "Block/hash the data of 110 recorded blocks", unit: "blocks") {
            let blocks = try GoldenFiles.trade.blocks().map { try Block(decoding: $0) }
            return (blocks.count, { for block in blocks { keep(block.data.hash) } })
        },
        Benchmark(name: "Envelope/decode down to the header", unit: "transactions") {
            let envelopes = try GoldenFiles.trade.blocks().flatMap { try Block(decoding: $0).data.entries }
            // The recording holds damaged envelopes on purpose.
            let wholeEnvelopes = envelopes.filter { (try? header(of: $0)) != nil }
            return (wholeEnvelopes.count, { for envelope in wholeEnvelopes { keep(try header(of: envelope)) } })
        },
    ]

    private static func header(of envelope: Bytes) throws -> ChannelHeader {
        let payload = try Payload(decoding: Envelope(decoding: envelope).payload)
        return try ChannelHeader(decoding: payload.header?.channelHeader ?? Bytes())
    }
}
