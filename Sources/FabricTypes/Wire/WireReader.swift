/// Walks the fields of one encoded protobuf message without copying.
///
/// Accepts and refuses what Go's protobuf library accepts and refuses, but for the limit on nesting, which Go sets at
/// 10,000. Source: the protobuf encoding specification, https://protobuf.dev/programming-guides/encoding/.
package struct WireReader {
    /// How deep messages (and unknown groups) may be nested.
    package static let depthMax = 100
    /// The length of the longest message, which is protobuf's own limit: 2 GiB.
    package static let byteCountMax = Int(Int32.max)

    package let bytes: Bytes
    /// How many messages this one lies within.
    package let depth: Int
    package private(set) var position = 0

    package init(_ bytes: Bytes, depth: Int = 0) throws(WireError) {
        try Self.check(bytes, depth: depth)
        self.bytes = bytes
        self.depth = depth
    }

    /// What must hold before a message's fields are scanned.
    static func check(_ bytes: Bytes, depth: Int) throws(WireError) {
        guard depth < depthMax else { throw WireError(.nestedTooDeeply, offset: 0) }
        guard bytes.offset + bytes.count <= byteCountMax else { throw WireError(.tooLong, offset: 0) }
    }

    /// The next field, or nil at the end.
    package mutating func next() throws(WireError) -> WireField? {
        guard position < bytes.count else { return nil }
        let field = try Self.scan(bytes, at: position, depth: depth)
        position = field.end
        return WireField(field, message: bytes, depth: depth)
    }

    /// - Precondition: the position lies within the bytes.
    static func scan(_ bytes: Bytes, at position: Int, depth: Int) throws(WireError) -> ScannedField {
        try bytes.withUnsafeBuffer { buffer throws(WireError) in
            var scanner = WireScanner(buffer: buffer, position: position)
            return try scanner.field(depth: depth)
        }
    }
}

/// What a scanner finds of a field; positions are in its message.
struct ScannedField {
    /// Field number and wire type, as the protocol packs them: below 2^32.
    let tag: UInt32
    /// The value of a number.
    let scalar: UInt64
    let start: Int
    /// Where the content of a field with a length begins; else the field's own start.
    let contentStart: Int
    let end: Int

    var number: Int { Int(tag >> 3) }
}

/// Reads over a buffer that is valid only as long as the closure that hands it in.
private struct WireScanner {
    // Every access is below `count`, checked where it is made.
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private(set) var position: Int

    /// - Precondition: the buffer holds something at the position.
    init(buffer: UnsafeBufferPointer<UInt8>, position: Int) {
        guard let base = buffer.baseAddress else { preconditionFailure("the buffer is not empty") }
        self.base = base
        self.count = buffer.count
        self.position = position
    }

    /// - Parameter depth: how many messages the field lies within.
    mutating func field(depth: Int) throws(WireError) -> ScannedField {
        let start = position
        let tag = try varint()
        let number = try Self.number(tag, at: start)
        let wireType = UInt8(truncatingIfNeeded: tag & 7)
        let scalar = try value(wireType: wireType, number: number, depth: depth, at: start)
        // Content with a length ends where the scanner stands.
        return ScannedField(
            tag: UInt32(truncatingIfNeeded: tag), scalar: scalar, start: start,
            contentStart: wireType == 2 ? position - Int(truncatingIfNeeded: scalar) : start, end: position)
    }

    private static func number(_ tag: UInt64, at start: Int) throws(WireError) -> Int {
        let number = tag >> 3
        guard number > 0, number < 1 << 29 else { throw WireError(.invalidFieldNumber, offset: start) }
        return Int(truncatingIfNeeded: number)
    }

    /// Passes over a value. Answers with the number it is, or with the length of its content.
    private mutating func value(
        wireType: UInt8, number: Int, depth: Int, at start: Int
    ) throws(WireError) -> UInt64 {
        switch wireType {
        case 0:
            return try varint()
        case 1:
            return try fixed(byteCount: 8)
        case 2:
            let length = try varint()
            guard length <= UInt64(count - position) else { throw WireError(.truncated, offset: position) }
            position += Int(truncatingIfNeeded: length)
            return length
        case 3:
            try skipGroup(number: number, depth: depth + 1)
            return 0
        case 5:
            return try fixed(byteCount: 4)
        default:
            throw WireError(.invalidWireType, offset: start)
        }
    }

    private mutating func varint() throws(WireError) -> UInt64 {
        let start = position
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < count {
            let byte = base[position]
            position += 1
            // The tenth byte holds the one bit that is left of 64.
            if shift == 63, byte > 1 { throw WireError(.overlongVarint, offset: start) }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        throw WireError(.truncated, offset: start)
    }

    /// Reads a number of four or eight bytes, the lowest first.
    private mutating func fixed(byteCount: Int) throws(WireError) -> UInt64 {
        guard count - position >= byteCount else { throw WireError(.truncated, offset: position) }
        var result: UInt64 = 0
        for index in 0..<byteCount {
            result |= UInt64(base[position + index]) << UInt64(index * 8)
        }
        position += byteCount
        return result
    }

    /// Passes over a group, a form that only unknown fields of foreign messages can have.
    private mutating func skipGroup(number: Int, depth: Int) throws(WireError) {
        guard depth < WireReader.depthMax else { throw WireError(.nestedTooDeeply, offset: position) }
        while true {
            let start = position
            let tag = try varint()
            let inner = try Self.number(tag, at: start)
            if tag & 7 == 4 {
                guard inner == number else { throw WireError(.invalidWireType, offset: start) }
                return
            }
            _ = try value(wireType: UInt8(truncatingIfNeeded: tag & 7), number: inner, depth: depth, at: start)
        }
    }
}
