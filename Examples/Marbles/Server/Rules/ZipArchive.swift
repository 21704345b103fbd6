internal import Foundation

/// A zip archive of one file, stored as it is: all that a function's code needs.
///
/// Source: PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
enum ZipArchive {
    /// - Parameters:
    ///   - name: ASCII, such as `index.js`.
    ///   - content: at most 64 KiB.
    static func holding(_ name: String, _ content: [UInt8]) -> Data {
        precondition(content.count <= 1 << 16 && name.utf8.count < 256)
        // Version 2.0, no flags, stored; 1980-01-01, so that the same file gives the same archive.
        let facts =
            little(20, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2) + little(checksum(content), 4)
            + little(UInt32(content.count), 4) + little(UInt32(content.count), 4) + little(UInt32(name.utf8.count), 2)
            + little(0, 2)
        let local = little(0x0403_4b50, 4) + facts + Array(name.utf8) + content
        let central =
            little(0x0201_4b50, 4) + little(20, 2) + facts + [UInt8](repeating: 0, count: 14) + Array(name.utf8)
        let end =
            little(0x0605_4b50, 4) + little(0, 4) + little(1, 2) + little(1, 2) + little(UInt32(central.count), 4)
            + little(UInt32(local.count), 4) + little(0, 2)
        return Data(local + central + end)
    }

    private static func little(_ value: UInt32, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// CRC-32 as in ISO 3309.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
