/// CRC-64 with the polynomial of ECMA-182, reflected: what object storage and Function Compute call a code's checksum.
package enum CRC64 {
    private static let table: [UInt64] = (0..<256).map { index in
        (0..<8).reduce(UInt64(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xC96C_5795_D787_0F42 : crc >> 1 }
    }

    package static func checksum(of bytes: [UInt8]) -> UInt64 {
        let table = table
        return bytes.withUnsafeBufferPointer { bytes in
            ~bytes.reduce(~UInt64(0)) { crc, byte in crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
        }
    }
}
