/// One field as it stands in a message.
///
/// Holds the message and positions in it; a slice is made only where somebody asks for one.
package struct WireField {
    package enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(Bytes)
        case group
        case fixed32(UInt32)
    }

    // Four words: what is larger is copied, and its array's references are counted, on every call.
    private let storage: [UInt8]
    private let scalar: UInt64
    // Positions in the storage; `WireReader` takes no message that ends beyond 2 GiB.
    private let start: UInt32
    private let end: UInt32
    /// Field number and wire type, as the protocol packs them.
    let tag: UInt32
    /// How many bytes of the field come before its content.
    private let headByteCount: UInt8
    private let depth: UInt8

    /// - Parameter message: the message in which the field was scanned.
    init(_ scanned: ScannedField, message: Bytes, depth: Int) {
        storage = message.storage
        scalar = scanned.scalar
        start = UInt32(truncatingIfNeeded: message.offset + scanned.start)
        end = UInt32(truncatingIfNeeded: message.offset + scanned.end)
        tag = scanned.tag
        headByteCount = UInt8(truncatingIfNeeded: scanned.contentStart - scanned.start)
        self.depth = UInt8(truncatingIfNeeded: depth)
    }

    package var number: Int { Int(tag >> 3) }

    private var wireType: UInt32 { tag & 7 }

    package var value: Value {
        switch wireType {
        case 0: .varint(scalar)
        case 1: .fixed64(scalar)
        case 2: .bytes(slice(from: contentStart))
        case 3: .group
        default: .fixed32(UInt32(truncatingIfNeeded: scalar))
        }
    }

    /// Tag and content as received.
    package var bytes: Bytes { slice(from: Int(start)) }

    /// How many bytes the tag takes, which may be more than it needs.
    var tagByteCount: Int {
        (bytes.firstIndex { $0 < 0x80 } ?? 0) + 1
    }

    /// Whether the tag takes as few bytes as it can: the last byte of a number that takes more is 0.
    package var hasShortestTag: Bool {
        let tagByteCount = tagByteCount
        return tagByteCount == 1 || bytes[tagByteCount - 1] != 0
    }

    /// The content of a field with a length; nil for other wire types.
    private var content: Bytes? {
        wireType == 2 ? slice(from: contentStart) : nil
    }

    /// The number that the field is; nil for other wire types.
    private var varint: UInt64? {
        wireType == 0 ? scalar : nil
    }

    private var contentStart: Int { Int(start) + Int(headByteCount) }

    private func slice(from position: Int) -> Bytes {
        Bytes(storage: storage, offset: position, count: Int(end) - position)
    }

    // Each reader below changes its target only where the wire type fits: a field of another wire type is unknown and
    // leaves the target as it was, as in Go.

    package func read(_ target: inout Bytes) {
        if let content { target = content }
    }

    package func append(to target: inout [Bytes]) {
        if let content { target.append(content) }
    }

    /// Reads a `string` field whose text is kept as bytes.
    package func readUTF8(_ target: inout Bytes) throws(WireError) {
        guard let content else { return }
        guard content.isUTF8 else { throw WireError(.invalidUTF8, offset: 0) }
        target = content
    }

    /// Reads an element of a repeated `string` field whose texts are kept as bytes.
    package func appendUTF8(to target: inout [Bytes]) throws(WireError) {
        guard let content else { return }
        guard content.isUTF8 else { throw WireError(.invalidUTF8, offset: 0) }
        target.append(content)
    }

    package func read(_ target: inout String) throws(WireError) {
        guard let content else { return }
        guard let text = content.utf8Text else { throw WireError(.invalidUTF8, offset: 0) }
        target = text
    }

    package func append(to target: inout [String]) throws(WireError) {
        guard let content else { return }
        guard let text = content.utf8Text else { throw WireError(.invalidUTF8, offset: 0) }
        target.append(text)
    }

    package func read(_ target: inout UInt64) {
        if let varint { target = varint }
    }

    package func read(_ target: inout Int64) {
        if let varint { target = Int64(bitPattern: varint) }
    }

    package func read(_ target: inout UInt32) {
        if let varint { target = UInt32(truncatingIfNeeded: varint) }
    }

    package func read(_ target: inout Int32) {
        if let varint { target = Int32(truncatingIfNeeded: varint) }
    }

    package func read(_ target: inout Bool) {
        if let varint { target = varint != 0 }
    }

    /// Merges an embedded message into what earlier fields of the same number left.
    package func merge<Message: WireMessage>(into target: inout Message) throws(WireError) {
        guard let content else { return }
        try target.merge(content, depth: Int(depth) + 1)
    }

    /// Merges an embedded message whose absence means something.
    package func merge<Message: WireMessage>(into target: inout Message?) throws(WireError) {
        guard let content else { return }
        var message = target ?? Message()
        // Hostile bytes may repeat the field without end: arrays inside must not be copied each time.
        target = nil
        try message.merge(content, depth: Int(depth) + 1)
        target = message
    }

    package func append<Message: WireMessage>(to target: inout [Message]) throws(WireError) {
        guard let content else { return }
        var message = Message()
        try message.merge(content, depth: Int(depth) + 1)
        target.append(message)
    }

    /// Reads one entry of a `map`. Entries do not count as a level of nesting, their messages do.
    func readEntry<Entry: WireMessage>(_ type: Entry.Type) throws(WireError) -> Entry? {
        guard let content else { return nil }
        var entry = Entry()
        try entry.merge(content, depth: Int(depth))
        return entry
    }
}
