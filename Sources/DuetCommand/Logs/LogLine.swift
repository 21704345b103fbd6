internal import FunctionTypes

/// An entry as the JSON API tells it.
struct LogLineEntry {
    let time: String
    let topic: String?
    let source: String?
    let tags: [String: String]
    let fields: [String: String]

    init(_ value: JSONValue) {
        time = value["time"]?.stringValue ?? ""
        topic = value["topic"]?.stringValue
        source = value["source"]?.stringValue
        tags = Self.texts(value["tags"])
        fields = Self.texts(value["fields"])
    }

    private static func texts(_ value: JSONValue?) -> [String: String] {
        (value?.objectValue ?? [:]).mapValues { $0.stringValue ?? $0.jsonText }
    }
}

/// Lays an entry out as one line for people: time, level, where from, message; the rest on request.
///
/// ```
/// 2024-02-01T03:04:05.123Z  ERROR  marblesFC/processEvent  no such marble
/// ```
struct LogLine {
    /// Whether fields that have no place of their own are shown behind the message. Always so for entries without one.
    let showsAllFields: Bool

    /// Fields with a place of their own in the line.
    private static let placed: Set<String> = ["level", "message", "serviceName", "functionName"]

    /// The line, ended. Control characters are shown as escapes, so that a log cannot command the terminal.
    func text(_ entry: LogLineEntry, for terminal: Terminal = .standardOutput) -> String {
        let message = entry.fields["message"]
        var parts = [terminal.paint(Self.milliseconds(entry.time).escapingControls, .gray)]
        if let level = entry.fields["level"] { parts.append(paint(level, terminal)) }
        if let place = place(of: entry) { parts.append(terminal.paint(place.escapingControls, .gray)) }
        if let message { parts.append(message.escapingControls) }
        if showsAllFields || message == nil {
            var rest = entry.fields.filter { !Self.placed.contains($0.key) }
            for (name, value) in entry.tags { rest["__tag__:\(name)"] = value }
            if let source = entry.source { rest["__source__"] = source }
            for (name, value) in rest.sorted(by: { $0.key < $1.key }) {
                parts.append(terminal.paint("\(name)=".escapingControls, .gray) + value.escapingControls)
            }
        } else if let ledgerPlace = ledgerPlace(of: entry) {
            parts.append(terminal.paint(ledgerPlace.escapingControls, .gray))
        }
        return parts.joined(separator: "  ") + "\n"
    }

    /// `…05.123456789Z` as `…05.123Z`; a person reads no more.
    private static func milliseconds(_ time: String) -> String {
        guard let point = time.lastIndex(of: "."), time.last == "Z" else { return time }
        return time[...point] + time[point...].dropFirst().dropLast().prefix(3) + "Z"
    }

    private func place(of entry: LogLineEntry) -> String? {
        switch (entry.fields["serviceName"], entry.fields["functionName"]) {
        case (let service?, let function?): "\(service)/\(function)"
        case (let service?, nil): service
        case (nil, let function?): function
        case (nil, nil): entry.topic
        }
    }

    /// The way to what a function ran for: `mychannel 7 tx 3f9a…`, as `duet tx show` takes it.
    private func ledgerPlace(of entry: LogLineEntry) -> String? {
        guard let channel = entry.fields["channel"] else { return nil }
        let block = entry.fields["blockNumber"].map { " block \($0)" } ?? ""
        let transaction = entry.fields["txId"].map { " tx \($0)" } ?? ""
        return "\(channel)\(block)\(transaction)"
    }

    private func paint(_ level: String, _ terminal: Terminal) -> String {
        let text = level.escapingControls
        switch level.lowercased() {
        case "error", "critical", "fatal": return terminal.paint(text, .red)
        case "warn", "warning": return terminal.paint(text, .yellow)
        default: return text
        }
    }
}
