import NIOCore
import NIOPosix

/// A TCP connection that sends what it is told and reads one HTTP answer.
struct RawConnection {
    let port: Int
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let inbound: Inbound

    private final class Inbound {
        var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator

        init(_ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
            self.iterator = iterator
        }
    }

    static func with(port: Int, _ body: (RawConnection) async throws -> Void) async throws {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await connection.executeThenClose { inbound, outbound in
            try await body(RawConnection(port: port, outbound: outbound, inbound: Inbound(inbound.makeAsyncIterator())))
        }
    }

    /// Sends the text, then reads a head and as much body as its `content-length` says (none for HEAD, 1xx and 204).
    func send(_ text: String) async throws -> String {
        try await outbound.write(ByteBuffer(string: text))
        var received = ""
        while !isWhole(received, isHead: text.hasPrefix("HEAD")), let more = try await inbound.iterator.next() {
            received += String(buffer: more)
        }
        return received
    }

    /// Sends the text, then reads until `isEnough` of what came so far, or until the other side closes.
    func send(_ text: String, until isEnough: (String) -> Bool) async throws -> String {
        try await outbound.write(ByteBuffer(string: text))
        var received = ""
        while !isEnough(received), let more = try await inbound.iterator.next() {
            received += String(buffer: more)
        }
        return received
    }

    private func isWhole(_ answer: String, isHead: Bool) -> Bool {
        guard let headEnd = answer.firstRange(of: "\r\n\r\n") else { return false }
        let head = answer[..<headEnd.lowerBound].lowercased()
        if isHead || head.hasPrefix("http/1.1 1") || head.hasPrefix("http/1.1 204") { return true }
        guard let field = head.firstRange(of: "content-length: ") else { return false }
        let length = Int(head[field.upperBound...].prefix { $0.isNumber }) ?? 0
        return answer[headEnd.upperBound...].utf8.count >= length
    }
}
