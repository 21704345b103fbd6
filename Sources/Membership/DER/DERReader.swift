package import FabricTypes

/// Walks ASN.1 values in their distinguished encoding without copying.
///
/// Accepts and refuses what Go's `cryptobyte` accepts and refuses: one-byte tags, definite and minimal lengths of at most
/// four bytes. Whether bytes may follow is for the caller to say with ``isAtEnd``.
package struct DERReader {
    package let bytes: Bytes
    package internal(set) var position = 0

    package init(_ bytes: Bytes) {
        self.bytes = bytes
    }

    package var isAtEnd: Bool { position == bytes.count }

    /// Whether the next value has this tag.
    package func isNext(_ tag: DERTag) -> Bool {
        position < bytes.count && bytes[position] == tag.rawValue
    }

    /// The next value, whatever its tag.
    package mutating func read() throws(DERError) -> DERElement {
        let start = position
        guard bytes.count - start >= 2 else { throw DERError(.truncated, offset: start) }
        let tag = bytes[start]
        guard tag & 0x1F != 0x1F else { throw DERError(.unsupportedTag, offset: start) }
        let contentStart: Int
        let length: Int
        let first = bytes[start + 1]
        if first < 0x80 {
            contentStart = start + 2
            length = Int(first)
        } else {
            let lengthByteCount = Int(first & 0x7F)
            guard (1...4).contains(lengthByteCount) else { throw DERError(.invalidLength, offset: start) }
            guard bytes.count - start - 2 >= lengthByteCount else { throw DERError(.truncated, offset: start) }
            contentStart = start + 2 + lengthByteCount
            length = bytes[(start + 2)..<contentStart].reduce(0) { $0 << 8 | Int($1) }
            let isMinimal = length >= 0x80 && length >> ((lengthByteCount - 1) * 8) != 0
            guard isMinimal else { throw DERError(.invalidLength, offset: start) }
        }
        guard bytes.count - contentStart >= length else { throw DERError(.truncated, offset: start) }
        position = contentStart + length
        return DERElement(
            tag: tag, content: bytes[contentStart..<position], encoded: bytes[start..<position])
    }

    /// The next value, header included, which must have this tag.
    package mutating func readElement(_ tag: DERTag) throws(DERError) -> DERElement {
        let start = position
        let element = try read()
        guard element.tag == tag.rawValue else {
            position = start
            throw DERError(.unexpectedTag, offset: start)
        }
        return element
    }

    /// The content of the next value, which must have this tag.
    package mutating func read(_ tag: DERTag) throws(DERError) -> Bytes {
        try readElement(tag).content
    }

    /// The content of the next value if it has this tag.
    package mutating func readIfPresent(_ tag: DERTag) throws(DERError) -> Bytes? {
        isNext(tag) ? try read(tag) : nil
    }

    /// The two's complement bytes of an INTEGER of any size: at least one, no more than needed.
    package mutating func readInteger(_ tag: DERTag = .integer) throws(DERError) -> Bytes {
        let start = position
        let content = try read(tag)
        guard let first = content.first else { throw DERError(.invalidInteger, offset: start) }
        if content.count > 1 {
            let second = content[1]
            let isMinimal = !(first == 0 && second < 0x80) && !(first == 0xFF && second >= 0x80)
            guard isMinimal else { throw DERError(.invalidInteger, offset: start) }
        }
        return content
    }

    /// An INTEGER that fits 64 bits.
    package mutating func readSmallInteger(_ tag: DERTag = .integer) throws(DERError) -> Int64 {
        let start = position
        let content = try readInteger(tag)
        guard content.count <= 8 else { throw DERError(.invalidInteger, offset: start) }
        let signExtension: Int64 = content[0] >= 0x80 ? -1 : 0
        return content.reduce(signExtension) { $0 << 8 | Int64($1) }
    }

    package mutating func readBoolean() throws(DERError) -> Bool {
        let start = position
        let content = try read(.boolean)
        guard content.count == 1, content[0] == 0 || content[0] == 0xFF else {
            throw DERError(.invalidBoolean, offset: start)
        }
        return content[0] == 0xFF
    }

    /// The content of an OBJECT IDENTIFIER whose parts fit 31 bits each.
    package mutating func readObjectIdentifier() throws(DERError) -> Bytes {
        let start = position
        let content = try read(.objectIdentifier)
        guard Self.isObjectIdentifier(content) else { throw DERError(.invalidObjectIdentifier, offset: start) }
        return content
    }

    private static func isObjectIdentifier(_ content: Bytes) -> Bool {
        guard !content.isEmpty else { return false }
        var part: UInt32 = 0
        var isFirstByte = true
        for byte in content {
            if isFirstByte, byte == 0x80 { return false }
            guard part < 1 << 24 else { return false }
            part = part << 7 | UInt32(byte & 0x7F)
            isFirstByte = byte < 0x80
            if isFirstByte { part = 0 }
        }
        return isFirstByte
    }

    package mutating func readBitString() throws(DERError) -> DERBitString {
        let start = position
        let content = try read(.bitString)
        guard let unusedBitCount = content.first, unusedBitCount <= 7 else {
            throw DERError(.invalidBitString, offset: start)
        }
        let bits = content[1..<content.count]
        if let last = bits.last {
            guard last & (1 << unusedBitCount - 1) == 0 else { throw DERError(.invalidBitString, offset: start) }
        } else {
            guard unusedBitCount == 0 else { throw DERError(.invalidBitString, offset: start) }
        }
        return DERBitString(bytes: bits, unusedBitCount: Int(unusedBitCount))
    }
}

/// One ASN.1 value.
package struct DERElement {
    package let tag: UInt8
    package let content: Bytes
    /// Tag and length included.
    package let encoded: Bytes
}

/// A run of bits, first bit first.
package struct DERBitString {
    package let bytes: Bytes
    /// How many of the last byte's low bits are no part of the run; they are zero.
    package let unusedBitCount: Int

    /// Whether the bit is set; bits beyond the end are not.
    package func isSet(_ index: Int) -> Bool {
        let byte = index / 8
        return byte < bytes.count && bytes[byte] & (0x80 >> UInt8(index % 8)) != 0
    }

    /// The bits as a number's bytes: moved right until the last one stands at the end.
    package var rightAligned: Bytes {
        guard unusedBitCount > 0 else { return bytes }
        var carried: UInt8 = 0
        return Bytes(
            bytes.map { byte in
                let shifted = carried << (8 - UInt8(unusedBitCount)) | byte >> UInt8(unusedBitCount)
                carried = byte
                return shifted
            })
    }
}
