import FabricTypes

/// Finds entries of maps that generated Swift code misreads and Go does not.
struct OddMapEntries {
    let schema: ProtoSchema

    /// Whether a message, or one inside it, has a map entry whose key or value has another wire type than declared,
    /// or whose key is not plain ASCII.
    func exist(in bytes: Bytes, of message: String) -> Bool {
        guard let fields = schema.messages[message] else { return false }
        return contains(bytes) { field in
            guard case .bytes(let content) = field.value else { return false }
            return fields.contains { declared in
                guard declared.number == field.number else { return false }
                switch declared.kind {
                case .message(let inner): return exist(in: content, of: inner)
                case .map(let key, let value): return isOdd(entry: content, key: key, value: value)
                default: return false
                }
            }
        }
    }

    private func isOdd(entry: Bytes, key: ProtoSchema.Kind, value: ProtoSchema.Kind) -> Bool {
        contains(entry) { field in
            switch field.number {
            case 1:
                guard fits(field, key) else { return true }
                if case .bytes(let text) = field.value { return text.contains { $0 >= 0x80 } }
                return false
            case 2:
                guard fits(field, value) else { return true }
                if case .message(let inner) = value, case .bytes(let content) = field.value {
                    return exist(in: content, of: inner)
                }
                return false
            default:
                return false
            }
        }
    }

    private func fits(_ field: WireField, _ kind: ProtoSchema.Kind) -> Bool {
        switch (field.value, kind) {
        case (.varint, .varint), (.bytes, .string), (.bytes, .bytes), (.bytes, .message): true
        default: false
        }
    }

    /// Looks at every field up to the end or to the first fault.
    private func contains(_ bytes: Bytes, where predicate: (WireField) -> Bool) -> Bool {
        guard var reader = try? WireReader(bytes) else { return false }
        while let field = try? reader.next() {
            if predicate(field) { return true }
        }
        return false
    }
}
