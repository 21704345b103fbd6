internal import FunctionTypes
internal import NIOCore

/// One message between the node and the bootstrap inside an instance: a JSON header and raw bytes.
///
/// On the wire: length of what follows (4 bytes, big-endian), length of the header (4 bytes), header, body.
struct RuntimeMessage: Hashable {
    /// The largest body either side sends, and room for its header.
    static let byteCountMax = 34 << 20
    static let headerByteCountMax = 1 << 20

    var header: JSONValue
    var body: [UInt8] = []

    var type: String { header["type"]?.stringValue ?? "" }

    func encoded(with allocator: ByteBufferAllocator) -> ByteBuffer {
        let head = header.jsonBytes
        var buffer = allocator.buffer(capacity: 8 + head.count + body.count)
        buffer.writeInteger(UInt32(4 + head.count + body.count))
        buffer.writeInteger(UInt32(head.count))
        buffer.writeBytes(head)
        buffer.writeBytes(body)
        return buffer
    }
}

/// An instance sent something that is no message. Its connection is closed.
struct InvalidRuntimeMessage: Error, CustomStringConvertible {
    let reason: String

    var description: String { "The instance sent bytes that are no message: \(reason)." }
}

/// Cuts the stream of an instance into messages.
struct RuntimeMessageDecoder: NIOSingleStepByteToMessageDecoder, Sendable {
    typealias InboundOut = RuntimeMessage

    mutating func decode(buffer: inout ByteBuffer) throws -> RuntimeMessage? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length >= 4, length <= RuntimeMessage.byteCountMax else {
            throw InvalidRuntimeMessage(reason: "its length is \(length)")
        }
        guard buffer.readableBytes >= 4 + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 4)
        let headerByteCount = buffer.readInteger(as: UInt32.self) ?? 0
        guard headerByteCount <= length - 4, headerByteCount <= RuntimeMessage.headerByteCountMax,
            let head = buffer.readBytes(length: Int(headerByteCount)),
            let body = buffer.readBytes(length: Int(length) - 4 - Int(headerByteCount))
        else { throw InvalidRuntimeMessage(reason: "its header has \(headerByteCount) bytes") }
        let header: JSONValue
        do {
            header = try JSONValue(parsing: head)
        } catch {
            throw InvalidRuntimeMessage(reason: "its header is not JSON")
        }
        return RuntimeMessage(header: header, body: body)
    }

    mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> RuntimeMessage? {
        try decode(buffer: &buffer)
    }
}
