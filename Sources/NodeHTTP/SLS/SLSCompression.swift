internal import CLZ4
internal import CZlib
internal import HTTPTypes

/// The log service's body compressions: one raw LZ4 block without size or frame, and deflate in zlib's wrapping.
enum SLSCompression {
    /// The body as it was before the client compressed it.
    ///
    /// - Parameters:
    ///   - plainByteCount: What `x-log-bodyrawsize` says; nothing may differ from it.
    /// - Throws: ``SLSError`` for a compression that is not known, a size beyond the limit, or bytes that are not what they
    ///   should be.
    static func decompress(
        _ body: [UInt8], type: String, plainByteCount: Int?, plainByteCountMax: Int
    ) throws(SLSError) -> [UInt8] {
        let type = type.lowercased()
        if type.isEmpty || type == "none" { return body }
        guard type == "lz4" || type == "deflate" else {
            throw SLSError(
                status: .badRequest, code: .invalidCompressType,
                message: "The compression \"\(type.prefix(40))\" is not known here: use lz4, deflate or none.")
        }
        guard let plainByteCount, plainByteCount >= 0 else {
            throw SLSError.bodyInvalid("A compressed body needs its plain size in \"x-log-bodyrawsize\".")
        }
        guard plainByteCount <= plainByteCountMax else {
            throw SLSError(
                status: .badRequest, code: .postBodyTooLarge,
                message:
                    "The body is \(plainByteCount) bytes long before compression; at most \(plainByteCountMax) are taken."
            )
        }
        let plain = type == "lz4" ? decompressLZ4(body, plainByteCount) : inflate(body, plainByteCount)
        guard let plain else {
            throw SLSError(
                status: .badRequest, code: .postBodyUncompressError,
                message: "The body does not decompress as \(type) to \(plainByteCount) bytes.")
        }
        return plain
    }

    /// One raw LZ4 block; nil when the bytes are too many for one.
    static func compressLZ4(_ plain: [UInt8]) -> [UInt8]? {
        guard let count = Int32(exactly: plain.count) else { return nil }
        let bound = LZ4_compressBound(count)
        guard bound > 0 else { return nil }
        let compressed = [UInt8](unsafeUninitializedCapacity: Int(bound)) { output, written in
            let size = plain.withUnsafeBytes { input in
                output.withMemoryRebound(to: CChar.self) { output in
                    LZ4_compress_default(
                        input.baseAddress?.assumingMemoryBound(to: CChar.self), output.baseAddress, count, bound)
                }
            }
            written = max(0, Int(size))
        }
        return compressed.isEmpty ? nil : compressed
    }

    private static func decompressLZ4(_ body: [UInt8], _ plainByteCount: Int) -> [UInt8]? {
        guard let bodyCount = Int32(exactly: body.count), let plainCount = Int32(exactly: plainByteCount), bodyCount > 0
        else { return nil }
        var size: Int32 = -1
        let plain = [UInt8](unsafeUninitializedCapacity: max(plainByteCount, 1)) { output, written in
            size = body.withUnsafeBytes { input in
                output.withMemoryRebound(to: CChar.self) { output in
                    LZ4_decompress_safe(
                        input.baseAddress?.assumingMemoryBound(to: CChar.self), output.baseAddress, bodyCount,
                        plainCount)
                }
            }
            written = max(0, Int(size))
        }
        return Int(size) == plainByteCount ? plain : nil
    }

    private static func inflate(_ body: [UInt8], _ plainByteCount: Int) -> [UInt8]? {
        var size = uLong(plainByteCount)
        var code = Z_BUF_ERROR
        let plain = [UInt8](unsafeUninitializedCapacity: max(plainByteCount, 1)) { output, written in
            code = body.withUnsafeBufferPointer {
                uncompress(output.baseAddress, &size, $0.baseAddress, uLong($0.count))
            }
            written = code == Z_OK ? Int(size) : 0
        }
        return code == Z_OK && plain.count == plainByteCount ? plain : nil
    }
}
