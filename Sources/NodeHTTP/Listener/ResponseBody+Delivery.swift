package import HummingbirdCore
package import NIOCore

extension ResponseBody {
    /// A body that tells whether it was handed to the network. Nothing is told when the connection broke before the body.
    package init(_ buffer: ByteBuffer, onDelivery: @escaping @Sendable (_ isDelivered: Bool) -> Void) {
        self.init(contentLength: buffer.readableBytes) { writer in
            do {
                if buffer.readableBytes > 0 { try await writer.write(buffer) }
                try await writer.finish(nil)
                onDelivery(true)
            } catch {
                onDelivery(false)
                throw error
            }
        }
    }
}
