/// One entry of a protobuf map, which travels as a repeated message of a key and a value.
///
/// An absent key is empty, an absent value is the empty message; unknown fields of an entry are dropped, as in Go.
package struct WireMapEntry<Value: WireMessage>: WireMessage {
    package static var messageName: String { "\(Value.messageName) entry" }

    package var key = Bytes()
    package var value = Value()

    package init() {}

    package init(key: Bytes, value: Value) {
        self.key = key
        self.value = value
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&key)
        case 2: try field.merge(into: &value)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.writeAlways(1, key)
        writer.write(2, message: value)
    }
}

extension WireField {
    /// Reads one entry of a `map<string, Message>` field; of entries with the same key the last one stands.
    package func insert<Value: WireMessage>(into target: inout [Bytes: Value]) throws(WireError) {
        var entry: WireMapEntry<Value>?
        try merge(into: &entry)
        if let entry { target[entry.key] = entry.value }
    }
}

extension WireWriter {
    /// Writes a `map<string, Message>` field in the bytewise order of its keys.
    package mutating func write<Value: WireMessage>(_ number: Int, map: [Bytes: Value]) {
        for key in map.keys.sorted() {
            write(number, message: map[key].map { WireMapEntry(key: key, value: $0) })
        }
    }
}
