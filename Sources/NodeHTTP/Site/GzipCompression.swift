internal import CZlib

/// Compression in gzip's wrapping (RFC 1952), as every browser takes it.
enum GzipCompression {
    /// A window of 32 KiB; 16 more asks zlib for gzip's wrapping.
    private static let windowBits: Int32 = 15 + 16

    /// The content in one piece, packed as well as zlib can.
    static func compress(_ content: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let start = deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(start == Z_OK, "zlib has memory and is of the version we were built for")
        defer { deflateEnd(&stream) }
        var input = content
        return input.withUnsafeMutableBufferPointer { input in
            let bound = deflateBound(&stream, uLong(input.count))
            return [UInt8](unsafeUninitializedCapacity: Int(bound)) { output, written in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(bound)
                let end = deflate(&stream, Z_FINISH)
                precondition(end == Z_STREAM_END, "the output has the size that zlib asked for")
                written = Int(stream.total_out)
            }
        }
    }
}
