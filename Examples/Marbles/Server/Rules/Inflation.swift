internal import CZlib

/// Unpacks what was packed by the method "deflate", as files in zip archives are.
enum Inflation {
    /// - Parameter byteCount: of the content, as the archive states it.
    /// - Returns: nil if the bytes are damaged or hold more or less than `byteCount`.
    static func content(of packed: ArraySlice<UInt8>, byteCount: Int) -> [UInt8]? {
        guard let packedByteCount = UInt32(exactly: packed.count), let size = UInt32(exactly: byteCount) else {
            return nil
        }
        var isWhole = false
        let content = [UInt8](unsafeUninitializedCapacity: max(byteCount, 1)) { output, written in
            isWhole =
                packed.withUnsafeBufferPointer {
                    duet_inflate_bare($0.baseAddress, packedByteCount, output.baseAddress, size)
                } == Z_OK
            written = isWhole ? byteCount : 0
        }
        return isWhole ? content : nil
    }
}
