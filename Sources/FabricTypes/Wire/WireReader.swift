/// Walks the fields of one encoded protobuf message without copying.
///
/// Accepts and refuses what Go's and Swift's protobuf libraries accept and refuse. Source: the protobuf encoding
/// specification, https://protobuf.dev/programming-guides/encoding/.
package struct WireReader {
    /// How deep messages (and unknown groups) may be nested.
    package static let depthMax = 100

    package let bytes: Bytes
    /// How many messages this one lies within.
    package let depth: Int
    package private(set) var position = 0

    package init(_ bytes: Bytes, depth: Int = 0) throws(WireError) {
        guard depth < Self.depthMax else { throw WireError(.nestedTooDeeply, offset: 0) }
        self.bytes = bytes
        self.depth = depth
    }

    /// The next field, or nil at the end.
    package mutating func next() throws(WireError) -> WireField? {
        guard position < bytes.count else { return nil }
        let start = position
        let tag = try varint()
        let number = tag >> 3
        guard number > 0, number < 1 << 29 else { throw WireError(.invalidFieldNumber, offset: start) }
        let value = try value(wireType: UInt8(tag & 7), number: Int(number), at: start)
        return WireField(number: Int(number), value: value, bytes: bytes[start..<position], depth: depth)
    }

    private mutating func value(wireType: UInt8, number: Int, at start: Int) throws(WireError) -> WireField.Value {
        switch wireType {
        case 0:
            return .varint(try varint())
        case 1:
            return .fixed64(UInt64(littleEndian: try fixed()))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.count - position) else { throw WireError(.truncated, offset: position) }
            let content = bytes[position..<(position + Int(length))]
            position += Int(length)
            return .bytes(content)
        case 3:
            try skipGroup(number: number, depth: depth + 1)
            return .group
        case 5:
            return .fixed32(UInt32(littleEndian: try fixed()))
        default:
            throw WireError(.invalidWireType, offset: start)
        }
    }

    private mutating func varint() throws(WireError) -> UInt64 {
        let start = position
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            // The tenth byte holds the one bit that is left of 64.
            if shift == 63, byte > 1 { throw WireError(.overlongVarint, offset: start) }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        throw WireError(.truncated, offset: start)
    }

    private mutating func fixed<Word: FixedWidthInteger>() throws(WireError) -> Word {
        let size = MemoryLayout<Word>.size
        guard bytes.count - position >= size else { throw WireError(.truncated, offset: position) }
        let word = bytes[position..<(position + size)].withUnsafeBytes { $0.loadUnaligned(as: Word.self) }
        position += size
        return word
    }

    /// Passes over a group, a form that only unknown fields of foreign messages can have.
    private mutating func skipGroup(number: Int, depth: Int) throws(WireError) {
        guard depth < Self.depthMax else { throw WireError(.nestedTooDeeply, offset: position) }
        while true {
            let start = position
            let tag = try varint()
            let inner = tag >> 3
            guard inner > 0, inner < 1 << 29 else { throw WireError(.invalidFieldNumber, offset: start) }
            switch tag & 7 {
            case 4:
                guard inner == UInt64(number) else { throw WireError(.invalidWireType, offset: start) }
                return
            case 3:
                try skipGroup(number: Int(inner), depth: depth + 1)
            default:
                _ = try value(wireType: UInt8(tag & 7), number: Int(inner), at: start)
            }
        }
    }
}

/// One field as it stands in a message.
package struct WireField {
    package enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(Bytes)
        case group
        case fixed32(UInt32)
    }

    package let number: Int
    package let value: Value
    /// Tag and content as received: what to keep of an unknown field.
    package let bytes: Bytes
    fileprivate let depth: Int

    fileprivate init(number: Int, value: Value, bytes: Bytes, depth: Int) {
        self.number = number
        self.value = value
        self.bytes = bytes
        self.depth = depth
    }

    // Each reader below changes its target only where the wire type fits: a field of another wire type is unknown and
    // leaves the target as it was, as in Go.

    package func read(_ target: inout Bytes) {
        if case .bytes(let content) = value { target = content }
    }

    package func append(to target: inout [Bytes]) {
        if case .bytes(let content) = value { target.append(content) }
    }

    /// Reads a `string` field whose text is kept as bytes.
    package func readUTF8(_ target: inout Bytes) throws(WireError) {
        guard case .bytes(let content) = value else { return }
        guard content.isUTF8 else { throw WireError(.invalidUTF8, offset: 0) }
        target = content
    }

    /// Reads an element of a repeated `string` field whose texts are kept as bytes.
    package func appendUTF8(to target: inout [Bytes]) throws(WireError) {
        guard case .bytes(let content) = value else { return }
        guard content.isUTF8 else { throw WireError(.invalidUTF8, offset: 0) }
        target.append(content)
    }

    package func read(_ target: inout String) throws(WireError) {
        guard case .bytes(let content) = value else { return }
        guard let text = content.utf8Text else { throw WireError(.invalidUTF8, offset: 0) }
        target = text
    }

    package func append(to target: inout [String]) throws(WireError) {
        guard case .bytes(let content) = value else { return }
        guard let text = content.utf8Text else { throw WireError(.invalidUTF8, offset: 0) }
        target.append(text)
    }

    package func read(_ target: inout UInt64) {
        if case .varint(let number) = value { target = number }
    }

    package func read(_ target: inout Int64) {
        if case .varint(let number) = value { target = Int64(bitPattern: number) }
    }

    package func read(_ target: inout UInt32) {
        if case .varint(let number) = value { target = UInt32(truncatingIfNeeded: number) }
    }

    package func read(_ target: inout Int32) {
        if case .varint(let number) = value { target = Int32(truncatingIfNeeded: number) }
    }

    package func read(_ target: inout Bool) {
        if case .varint(let number) = value { target = number != 0 }
    }

    /// Merges an embedded message into what earlier fields of the same number left.
    package func merge<Message: WireMessage>(into target: inout Message) throws(WireError) {
        guard case .bytes(let content) = value else { return }
        try target.merge(content, depth: depth + 1)
    }

    /// Merges an embedded message whose absence means something.
    package func merge<Message: WireMessage>(into target: inout Message?) throws(WireError) {
        guard case .bytes(let content) = value else { return }
        var message = target ?? Message()
        // Hostile bytes may repeat the field without end: arrays inside must not be copied each time.
        target = nil
        try message.merge(content, depth: depth + 1)
        target = message
    }

    package func append<Message: WireMessage>(to target: inout [Message]) throws(WireError) {
        guard case .bytes(let content) = value else { return }
        var message = Message()
        try message.merge(content, depth: depth + 1)
        target.append(message)
    }

    /// Reads one entry of a `map`. Entries do not count as a level of nesting, their messages do.
    func readEntry<Entry: WireMessage>(_ type: Entry.Type) throws(WireError) -> Entry? {
        guard case .bytes(let content) = value else { return nil }
        var entry = Entry()
        try entry.merge(content, depth: depth)
        return entry
    }
}
