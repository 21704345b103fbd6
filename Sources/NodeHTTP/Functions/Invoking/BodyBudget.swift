internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import Synchronization

/// The memory that bodies of requests to functions may take together, so that many large or slow ones cannot use up the node's.
///
/// Bodies count by what has arrived. A body that would go beyond is refused with a status that says: repeat later.
final class BodyBudget: Sendable {
    private let byteCountMax: Int
    private let heldByteCount = Mutex(0)

    init(byteCountMax: Int = 1 << 30) {
        self.byteCountMax = byteCountMax
    }

    /// Reads a body, and holds its bytes in the books until `use` has ended.
    ///
    /// - Throws: ``ListenerRefusal`` over `byteCountMax` bytes of this body; ``FunctionError`` when the budget is used up; what
    ///   `use` throws.
    func withBody<Result>(
        of request: IncomingRequest, upTo byteCountMax: Int, _ use: ([UInt8]) async throws -> Result
    ) async throws -> Result {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > byteCountMax {
            throw ListenerRefusal.bodyTooLarge(byteCountMax: byteCountMax)
        }
        var body: [UInt8] = []
        var taken = 0
        defer { heldByteCount.withLock { $0 -= taken } }
        for try await buffer in request.body {
            guard body.count + buffer.readableBytes <= byteCountMax else {
                throw ListenerRefusal.bodyTooLarge(byteCountMax: byteCountMax)
            }
            guard take(buffer.readableBytes) else {
                throw FunctionError(
                    .resourceThrottled, "The node holds too many request bodies at once. Repeat later.")
            }
            taken += buffer.readableBytes
            body += buffer.readableBytesView
        }
        return try await use(body)
    }

    private func take(_ byteCount: Int) -> Bool {
        heldByteCount.withLock { held in
            guard held + byteCount <= self.byteCountMax else { return false }
            held += byteCount
            return true
        }
    }
}
