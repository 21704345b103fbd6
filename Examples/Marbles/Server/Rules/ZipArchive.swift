internal import CZlib
internal import Foundation

/// Zip archives as a function's code needs them: made of one file, stored as it is, and read file by file.
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
    private static func checksum(_ content: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32(0, content, UInt32(content.count)))
    }

    // MARK: - Reading

    /// An archive that cannot be read.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    private static let endByteCount = 22
    private static let entryByteCount = 46
    private static let localByteCount = 30

    /// A file's content.
    ///
    /// - Parameters:
    ///   - name: as in the archive's directory, such as `index.js`.
    ///   - byteCountMax: a longer file is refused.
    /// - Returns: nil where the archive holds no such file.
    /// - Throws: ``Unreadable``, whatever the bytes are.
    static func content(of name: String, in archive: [UInt8], byteCountMax: Int) throws -> [UInt8]? {
        let name = Array(name.utf8)
        let reader = Reader(bytes: archive)
        // Behind the end there may be a comment; ours and the node's have none.
        let end = archive.count - endByteCount
        guard end >= 0, try reader.number(end, 4) == 0x0605_4b50 else {
            throw Unreadable(description: "The function's code is no zip archive.")
        }
        var offset = try reader.number(end + 16, 4)
        for _ in 0..<(try reader.number(end + 10, 2)) {
            guard try reader.number(offset, 4) == 0x0201_4b50 else { throw Reader.damaged }
            let nameByteCount = try reader.number(offset + 28, 2)
            let next =
                offset + entryByteCount + nameByteCount + (try reader.number(offset + 30, 2))
                + (try reader.number(offset + 32, 2))
            if try reader.slice(offset + entryByteCount, nameByteCount).elementsEqual(name) {
                return try reader.content(ofEntryAt: offset, byteCountMax: byteCountMax)
            }
            offset = next
        }
        return nil
    }

    /// Reads within the archive's bounds only.
    private struct Reader {
        static let damaged = Unreadable(description: "The archive of the function's code is damaged.")

        let bytes: [UInt8]

        func slice(_ offset: Int, _ byteCount: Int) throws -> ArraySlice<UInt8> {
            guard offset >= 0, byteCount >= 0, offset <= bytes.count, byteCount <= bytes.count - offset else {
                throw Self.damaged
            }
            return bytes[offset..<offset + byteCount]
        }

        /// Little-endian, at most four bytes.
        func number(_ offset: Int, _ byteCount: Int) throws -> Int {
            try slice(offset, byteCount).reversed().reduce(0) { $0 << 8 | Int($1) }
        }

        func content(ofEntryAt entry: Int, byteCountMax: Int) throws -> [UInt8] {
            let (packedByteCount, byteCount) = (try number(entry + 20, 4), try number(entry + 24, 4))
            guard byteCount <= byteCountMax else {
                throw Unreadable(
                    description: "The function's file has \(byteCount) bytes; up to \(byteCountMax) are shown.")
            }
            let local = try number(entry + 42, 4)
            let start = local + localByteCount + (try number(local + 26, 2)) + (try number(local + 28, 2))
            let packed = try slice(start, packedByteCount)
            switch try number(entry + 10, 2) {
            case 0:
                guard packedByteCount == byteCount else { throw Self.damaged }
                return Array(packed)
            case 8:
                guard let content = Inflation.content(of: packed, byteCount: byteCount) else { throw Self.damaged }
                return content
            case let method: throw Unreadable(description: "The function's code is packed by method \(method).")
            }
        }
    }
}
