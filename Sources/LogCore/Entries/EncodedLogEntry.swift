/// An entry's texts as bytes, the form in which stores keep and search them. The time is kept beside it.
///
/// Layout: topic, source, number of tags, name and value of each, number of fields, name and value of each; texts and
/// counts led by a varint. Decoding never trusts the bytes: what does not fit ends the entry.
package struct EncodedLogEntry: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ entry: LogEntry) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.byteCount + 4 * (entry.fields.count + entry.tags.count) + 8)
        Self.append(entry.topic, to: &bytes)
        Self.append(entry.source, to: &bytes)
        for list in [entry.tags, entry.fields] {
            Self.append(count: list.count, to: &bytes)
            for field in list {
                Self.append(field.name, to: &bytes)
                Self.append(field.value, to: &bytes)
            }
        }
        self.bytes = bytes
    }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func entry(at time: LogTime) -> LogEntry {
        bytes.withUnsafeBufferPointer { LogEntryView(bytes: $0).entry(at: time) }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        append(count: text.utf8.count, to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    private static func append(count: Int, to bytes: inout [UInt8]) {
        var rest = UInt(bitPattern: count)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}

/// A look at the bytes of an encoded entry, without copying them. Valid only as long as they are.
package struct LogEntryView {
    package enum Place: Hashable, Sendable {
        case topic
        case source
        case tag
        case field
    }

    let bytes: UnsafeBufferPointer<UInt8>

    package init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Calls `body` with each searchable field in stored order until it answers true; a tag's name comes without prefix,
    /// topic and source without a name.
    /// - Returns: Whether `body` answered true.
    package func containsField(
        where body: (Place, _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        var position = 0
        let noName = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        guard let topic = text(at: &position) else { return false }
        if body(.topic, noName, topic) { return true }
        guard let source = text(at: &position) else { return false }
        if body(.source, noName, source) { return true }
        for place in [Place.tag, .field] {
            guard let count = count(at: &position) else { return false }
            for _ in 0..<count {
                guard let name = text(at: &position), let value = text(at: &position) else { return false }
                if body(place, name, value) { return true }
            }
        }
        return false
    }

    package func entry(at time: LogTime) -> LogEntry {
        var entry = LogEntry(time: time, fields: [])
        _ = containsField { place, name, value in
            let text = String(decoding: value, as: UTF8.self)
            switch place {
            case .topic: entry.topic = text
            case .source: entry.source = text
            case .tag: entry.tags.append(LogField(String(decoding: name, as: UTF8.self), text))
            case .field: entry.fields.append(LogField(String(decoding: name, as: UTF8.self), text))
            }
            return false
        }
        return entry
    }

    /// The first value under a searchable name.
    package func value(of selector: FieldSelector) -> UnsafeBufferPointer<UInt8>? {
        var found: UnsafeBufferPointer<UInt8>?
        _ = containsField { place, name, value in
            guard selector.selects(place, name) else { return false }
            found = value
            return true
        }
        return found
    }

    private func count(at position: inout Int) -> Int? {
        var value = 0
        var shift = 0
        while position < bytes.count, shift < 56 {
            let byte = bytes[position]
            position += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private func text(at position: inout Int) -> UnsafeBufferPointer<UInt8>? {
        guard let count = count(at: &position), count <= bytes.count - position else { return nil }
        defer { position += count }
        return UnsafeBufferPointer(rebasing: bytes[position..<(position + count)])
    }
}

/// A searchable field's name, ready to be compared with encoded entries.
package struct FieldSelector: Hashable, Sendable {
    private let place: LogEntryView.Place
    /// The whole name, for fields and for a content field that is called like a tag.
    private let name: [UInt8]
    private let tagName: [UInt8]

    package init(_ name: String) {
        self.name = Array(name.utf8)
        if name.utf8.elementsEqual(ReservedField.topic.utf8) {
            place = .topic
        } else if name.utf8.elementsEqual(ReservedField.source.utf8) {
            place = .source
        } else if name.utf8.starts(with: ReservedField.tagPrefix.utf8) {
            place = .tag
        } else {
            place = .field
        }
        tagName = place == .tag ? Array(name.utf8.dropFirst(ReservedField.tagPrefix.utf8.count)) : []
    }

    func selects(_ place: LogEntryView.Place, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        switch place {
        case .topic, .source: place == self.place
        case .tag: self.place == .tag && tagName.elementsEqual(name)
        case .field: (self.place == .field || self.place == .tag) && self.name.elementsEqual(name)
        }
    }
}
