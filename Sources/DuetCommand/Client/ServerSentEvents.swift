/// One event of a stream.
struct ServerSentEvent: Hashable, Sendable {
    /// The last id the stream named, from which it can be taken up again.
    var id: String?
    /// `message` where the stream does not say.
    var name: String
    var data: String
}

/// Takes a stream of server-sent events apart, however its bytes are cut.
///
/// Source: HTML Standard, "Server-sent events". Lines end with a line feed, with or without a carriage return before it.
struct ServerSentEvents {
    /// Bytes of one event; a longer one is an error.
    static let byteCountMax = 64 << 20

    struct TooLong: Error {}

    /// The last id seen, also of events without data.
    private(set) var lastID: String?
    private var line: [UInt8] = []
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false

    /// - Returns: The events that are complete now.
    /// - Throws: ``TooLong``.
    mutating func append(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                if let event = endLine() { events.append(event) }
                line.removeAll(keepingCapacity: true)
            } else {
                line.append(byte)
                guard line.count + data.count <= Self.byteCountMax else { throw TooLong() }
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "id": lastID = value.contains(0) ? lastID : String(decoding: value, as: UTF8.self)
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            data += value
            hasData = true
        default: break  // comments, and fields this reader does not know
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name = ""
            data = []
            hasData = false
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            id: lastID, name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self))
    }
}
