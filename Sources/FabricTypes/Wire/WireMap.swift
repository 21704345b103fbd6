// Map fields. On the wire a map is a repeated message of key (1) and value (2). A key that occurs again replaces its
// value, a part that is missing is empty, anything else inside an entry is dropped. Keys are texts, kept as bytes.

extension WireField {
    /// Takes in one entry of a `map<string, bytes>`.
    package func merge(into target: inout [Bytes: Bytes]) throws(WireError) {
        guard let entry = try readEntry(BytesMapEntry.self) else { return }
        target[entry.key] = entry.value
    }

    /// Takes in one entry of a map from texts to messages.
    package func merge<Message: WireMessage>(into target: inout [Bytes: Message]) throws(WireError) {
        guard let entry = try readEntry(MessageMapEntry<Message>.self) else { return }
        target[entry.key] = entry.value
    }
}

extension WireWriter {
    /// Writes a map with its keys in bytewise order, which is Go's deterministic order.
    package mutating func write(_ number: Int, map: [Bytes: Bytes]) {
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            write(number, message: BytesMapEntry(key: key, value: value))
        }
    }

    /// Writes a map with its keys in bytewise order, which is Go's deterministic order.
    package mutating func write<Message: WireMessage>(_ number: Int, map: [Bytes: Message]) {
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            write(number, message: MessageMapEntry(key: key, value: value))
        }
    }
}

// Unlike fields elsewhere, an entry's key and value are written also when they are empty: so do Go and Swift.

private struct BytesMapEntry: WireMessage {
    static let messageName = "entry"

    var key = Bytes()
    var value = Bytes()

    init() {}

    init(key: Bytes, value: Bytes) {
        self.key = key
        self.value = value
    }

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&key)
        case 2: field.read(&value)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.writeAlways(1, key)
        writer.writeAlways(2, value)
    }
}

private struct MessageMapEntry<Message: WireMessage>: WireMessage {
    static var messageName: String { "entry" }

    var key = Bytes()
    var value = Message()

    init() {}

    init(key: Bytes, value: Message) {
        self.key = key
        self.value = value
    }

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&key)
        case 2: try field.merge(into: &value)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.writeAlways(1, key)
        writer.write(2, message: value)
    }
}
