internal import FabricTypes
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LedgerCore
internal import NIOCore
internal import PeerService

extension NetworkAPI {
    /// Blocks of one page.
    static let blockCountMax = 100
    /// Transactions of one block that are explained with it; others are when they are asked for.
    static let explanationCountMax = 20

    var blockRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/channels/{channel}/blocks", "listBlocks", "List blocks without their transactions.",
                parameters: [
                    Self.channel, Self.organization,
                    .query("from", "Number of the block to begin with; the newest if absent.", type: "integer"),
                    .query("limit", "Blocks to answer, 1 to 100; 20 if absent.", type: "integer"),
                    .query("order", "newest (downwards, the default) or oldest (upwards)."),
                ], answer: .list("Block"), handle: { try await blocks($0) }),
            APIRoute(
                .get, "/api/channels/{channel}/blocks/{block}", "getBlock",
                "Show a block with its transactions; the first 20 that are not valid with the reason.",
                parameters: [
                    Self.channel, Self.organization,
                    .path("block", "Number of the block, its header hash in hexadecimal, or newest."),
                ], answer: .json("Block"), handle: { try await block($0) }),
            APIRoute(
                .get, "/api/channels/{channel}/events", "followBlocks",
                "Deliver blocks as they are committed. Resumes behind Last-Event-ID without gap or double.",
                parameters: [
                    Self.channel, Self.organization,
                    .query("from", "Number of the block to begin with; the next one if absent.", type: "integer"),
                    .header("Last-Event-ID", "The id of the last event seen: a block's number."),
                ], answer: .events("Block"), handle: { try await follow($0) }),
        ]
    }

    private func blocks(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try channel(call)
        let height = channel.commits.height
        let limit = try call.integer("limit", in: 1...Self.blockCountMax) ?? 20
        let isUpwards: Bool
        switch call.query("order") ?? "newest" {
        case "newest": isUpwards = false
        case "oldest": isUpwards = true
        case let text: throw APIError.invalid("\"order\" is \"\(text.prefix(40))\": give newest or oldest.")
        }
        let newest = Int(clamping: height) - 1
        let from = try call.integer("from", in: 0...Int.max) ?? (isUpwards ? 0 : newest)
        let numbers: [Int] =
            isUpwards
            ? Array(from..<max(from, min(newest + 1, from.addingReportingOverflow(limit).partialValue)))
            : Array((max(0, min(from, newest) - limit + 1)...max(0, min(from, newest))).reversed())
        var answers: [NetworkJSON] = []
        for number in numbers {
            guard let bytes = try await channel.block(BlockNumber(number)) else { continue }
            answers.append(BlockDescription(try Block(decoding: bytes), byteCount: bytes.count).summary)
        }
        return JSONAnswer.value(.array(answers))
    }

    private func block(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try channel(call)
        let text = call.path("block")
        let number = try await Self.number(text, in: channel)
        guard let number, let bytes = try await channel.block(number) else {
            throw APIError(
                status: .notFound, code: "BlockNotFound",
                message: "Channel \"\(channel.id)\" has no block \"\(text.prefix(80))\": its height is "
                    + "\(channel.commits.height), so the newest is \(channel.commits.height - 1). Give a number, a header "
                    + "hash in hexadecimal, or \"newest\".")
        }
        let description = BlockDescription(try Block(decoding: bytes), byteCount: bytes.count)
        return JSONAnswer.value(
            description.whole(explained: try await explanations(of: description, number: number, on: channel)))
    }

    /// Why transactions of a block are not valid, by their place; of the first ``explanationCountMax``.
    private func explanations(
        of block: BlockDescription, number: BlockNumber, on channel: PeerChannel
    ) async throws -> [Int: NetworkJSON] {
        var explanations: [Int: NetworkJSON] = [:]
        for index in block.invalidIndices.prefix(Self.explanationCountMax) {
            guard let found = try await channel.explanation(ofBlock: number, transactionAt: index) else { continue }
            explanations[index] = try await Self.describe(found, on: channel)
        }
        return explanations
    }

    private static func number(_ text: String, in channel: PeerChannel) async throws -> BlockNumber? {
        if text == "newest" { return channel.commits.height - 1 }
        // Before numbers: a hash may have no letters.
        if let hash = Bytes(hex: text).flatMap({ Digest($0) }) {
            return try await channel.read { try $0.blockNumber(ofHeaderHash: hash) }
        }
        return BlockNumber(text)
    }

    // MARK: Live

    private func follow(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try channel(call)
        let start = try start(call, channel)
        let request = call.request
        return HummingbirdCore.Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                // A first line at once, so that the client knows it is connected.
                try await writer.write(ByteBuffer(string: ": blocks of \(channel.id)\n\n"))
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    var number = start
                    while true {
                        if channel.commits.height <= number { _ = try await channel.commits.wait(above: number) }
                        guard let bytes = try await channel.block(number) else { return }
                        let block = BlockDescription(try Block(decoding: bytes), byteCount: bytes.count)
                        try await writer.write(
                            ByteBuffer(string: "id: \(number)\nevent: block\ndata: \(block.whole.jsonText)\n\n"))
                        number += 1
                    }
                }
                try await writer.finish(nil)
            })
    }

    private func start(_ call: APICall, _ channel: PeerChannel) throws -> BlockNumber {
        if let name = HTTPField.Name("last-event-id"), let text = call.request.headers[name], !text.isEmpty {
            guard let number = BlockNumber(text), number < .max else {
                throw APIError.invalid("\"Last-Event-ID\" is \"\(text.prefix(60))\", which is no block's number.")
            }
            return number + 1
        }
        return try call.integer("from", in: 0...Int.max).map { BlockNumber($0) } ?? channel.commits.height
    }
}
