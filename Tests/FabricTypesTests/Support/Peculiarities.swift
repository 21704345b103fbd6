import FabricTypes

/// Finds what generated Swift code takes otherwise than Go does, so that a view which follows Go is not blamed.
struct Peculiarities {
    let schema: ProtoSchema
    let message: String
    let bytes: Bytes

    /// Whether a map entry anywhere has a key or value of another wire type than declared, at which generated code
    /// loses its place, or a key beyond ASCII, which generated code takes for equal with other bytes of the same text.
    var haveOddMapEntry: Bool {
        anyField(in: bytes, of: message) { declared, field in
            guard case .map(let key, let value) = declared?.kind, case .bytes(let entry) = field.value else {
                return false
            }
            return isOdd(entry: entry, key: key, value: value)
        }
    }

    /// Whether a state key anywhere is not UTF-8. Generated code knows it as bytes.
    var haveIllFormedStateKey: Bool {
        anyField(in: bytes, of: message) { declared, field in
            guard declared?.kind == .stateKey, case .bytes(let key) = field.value else { return false }
            return !key.isUTF8
        }
    }

    /// Whether a field anywhere has a longer tag than it needs, which generated code keeps in an unknown field.
    var haveLongTag: Bool {
        anyField(in: bytes, of: message) { _, field in !field.hasShortestTag }
    }

    /// Whether a field, in the message or in one inside it, is as asked for.
    private func anyField(
        in bytes: Bytes, of message: String, where predicate: (ProtoSchema.Field?, WireField) -> Bool
    ) -> Bool {
        guard let fields = schema.messages[message] else { return false }
        return visit(bytes) { field in
            let declared = fields.first { $0.number == field.number }
            if predicate(declared, field) { return true }
            guard case .bytes(let content) = field.value else { return false }
            switch declared?.kind {
            case .message(let inner):
                return anyField(in: content, of: inner, where: predicate)
            case .map(_, .message(let inner)):
                return visit(content) { part in
                    guard part.number == 2, case .bytes(let value) = part.value else { return false }
                    return anyField(in: value, of: inner, where: predicate)
                }.found
            default:
                return false
            }
        }.found
    }

    private func isOdd(entry: Bytes, key: ProtoSchema.Kind, value: ProtoSchema.Kind) -> Bool {
        let (found, end) = visit(entry) { field in
            switch (field.number, field.value) {
            case (1, .bytes(let text)): wireType(of: key) != 2 || text.contains { $0 >= 0x80 }
            case (1, _): wireType(of: field) != wireType(of: key)
            case (2, _): wireType(of: field) != wireType(of: value)
            default: false
            }
        }
        if found { return true }
        // A field that does not read may still show its number and its unexpected wire type.
        guard end < entry.count else { return false }
        switch (entry[end] & 0x7F) >> 3 {
        case 1: return entry[end] & 7 != wireType(of: key)
        case 2: return entry[end] & 7 != wireType(of: value)
        default: return false
        }
    }

    private func wireType(of field: WireField) -> UInt8 { field.bytes[0] & 7 }

    private func wireType(of kind: ProtoSchema.Kind) -> UInt8 { kind == .varint ? 0 : 2 }

    /// Looks at every field up to the first that is found, or that does not read, which begins at `end`.
    private func visit(_ bytes: Bytes, where predicate: (WireField) -> Bool) -> (found: Bool, end: Int) {
        var end = 0
        guard var reader = try? WireReader(bytes) else { return (false, end) }
        while let field = try? reader.next() {
            if predicate(field) { return (true, end) }
            end += field.bytes.count
        }
        return (false, end)
    }
}
