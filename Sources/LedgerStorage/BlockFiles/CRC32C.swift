internal import FabricTypes

/// The Castagnoli checksum, which finds all short bursts of wrong bits. Source: RFC 3720, appendix B.4.
struct CRC32C {
    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { state ^ 0xFFFF_FFFF }

    mutating func update(_ bytes: Bytes) {
        state = bytes.withUnsafeBytes { Self.update(state, $0) }
    }

    private static func update(_ initial: UInt32, _ buffer: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { table in
            var state = initial
            var position = 0
            // Eight bytes a step: each takes its own table, so that the look-ups do not wait for one another.
            while buffer.count - position >= 8 {
                let word =
                    UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                    ^ UInt64(state)
                state =
                    table[7 * 256 + Int(word & 0xFF)] ^ table[6 * 256 + Int(word >> 8 & 0xFF)]
                    ^ table[5 * 256 + Int(word >> 16 & 0xFF)] ^ table[4 * 256 + Int(word >> 24 & 0xFF)]
                    ^ table[3 * 256 + Int(word >> 32 & 0xFF)] ^ table[2 * 256 + Int(word >> 40 & 0xFF)]
                    ^ table[1 * 256 + Int(word >> 48 & 0xFF)] ^ table[Int(word >> 56)]
                position += 8
            }
            while position < buffer.count {
                state = table[Int((state ^ UInt32(buffer[position])) & 0xFF)] ^ state >> 8
                position += 1
            }
            return state
        }
    }

    /// Eight tables of 256 entries: entry `[k][b]` is what byte `b` contributes `k` bytes later.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for table in 1..<8 {
            for byte in 0..<256 {
                let previous = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = tables[Int(previous & 0xFF)] ^ previous >> 8
            }
        }
        return tables
    }()
}
