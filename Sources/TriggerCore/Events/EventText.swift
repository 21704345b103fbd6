internal import FabricTypes
internal import FunctionTypes

/// Bytes of the ledger in the JSON of events.
enum EventText {
    /// `name` as text, or `nameBase64` where the bytes are none.
    static func members(_ name: String, _ bytes: Bytes) -> [String: JSONValue] {
        if let text = bytes.utf8Text { return [name: .string(text)] }
        return ["\(name)Base64": .string(Base64.encode(bytes.array))]
    }

    /// The value itself where the bytes are JSON, else as ``members(_:_:)``.
    static func decoded(_ name: String, _ bytes: Bytes) -> [String: JSONValue] {
        json(bytes).map { [name: $0] } ?? members(name, bytes)
    }

    /// Nil for what is not JSON.
    static func json(_ bytes: Bytes) -> JSONValue? {
        guard let first = bytes.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else {
            return nil
        }
        // Most payloads that are not JSON are told by their first byte.
        guard #"{["-0123456789tfn"#.utf8.contains(first) else { return nil }
        return try? JSONValue(parsing: bytes.array)
    }

    static func argument(_ bytes: Bytes) -> JSONValue {
        if let text = bytes.utf8Text { return .string(text) }
        return ["base64": .string(Base64.encode(bytes.array))]
    }

    /// RFC 3339 with milliseconds; nil beyond the calendar, where a client's clock may claim to be.
    static func time(_ timestamp: FabricTypes.Timestamp?) -> String? {
        self.timestamp(timestamp)?.iso8601Milliseconds
    }

    static func timestamp(_ timestamp: FabricTypes.Timestamp?) -> FunctionTypes.Timestamp? {
        guard let timestamp, (-62_135_596_800...253_402_300_799).contains(timestamp.seconds),
            (0...999_999_999).contains(timestamp.nanoseconds)
        else { return nil }
        return FunctionTypes.Timestamp(
            milliseconds: timestamp.seconds * 1000 + Int64(timestamp.nanoseconds / 1_000_000))
    }

    static func mspID(_ identity: Bytes) -> String {
        (try? SerializedIdentity(decoding: identity))?.mspID.lossyText ?? ""
    }
}
