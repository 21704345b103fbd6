internal import FunctionTypes

/// A trace as a tree of lines, for people. Control characters are shown as escapes.
struct TraceText {
    private var lines: [String] = []
    private let terminal: Terminal

    private init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// What `duet tx show --functions` prints.
    static func tree(of trace: JSONValue, for terminal: Terminal = .standardOutput) -> String {
        var text = TraceText(terminal)
        text.add(text.title(ofTransaction: trace), [])
        text.addContents(of: trace, [])
        if text.lines.count == 1 { text.lines.append("No function of this organisation had to do with it.") }
        if trace["isComplete"]?.boolValue == false {
            let next = trace["next"]?.stringValue.map { " (the JSON API goes on behind \"\($0)\")" } ?? ""
            text.lines.append("Not complete: more belongs to it than is shown\(next).")
        }
        return text.lines.map { $0 + "\n" }.joined()
    }

    /// What `duet invocation show` prints for a request id.
    static func tree(ofInvocation trace: JSONValue, for terminal: Terminal = .standardOutput) -> String {
        var text = TraceText(terminal)
        if let origin = trace["origin"] {
            text.add(text.title(ofTransaction: origin), [])
        } else {
            text.add(terminal.paint("Nothing on a ledger caused it", .gray), [])
        }
        let invocations = trace["invocations"]?.arrayValue ?? []
        let written = trace["transactions"]?.arrayValue ?? []
        for (index, invocation) in invocations.enumerated() {
            text.add(invocation: invocation, [written.isEmpty && index == invocations.count - 1])
        }
        for (index, transaction) in written.enumerated() {
            text.add(written: transaction, [index == written.count - 1])
        }
        if let channel = trace["origin"]?.word("channel"), let id = trace["origin"]?.word("transaction") {
            text.lines.append("See also: duet tx show \(channel) \(id) --functions".escapingControls)
        }
        return text.lines.map { $0 + "\n" }.joined()
    }

    // MARK: - Nodes

    /// - Parameter isLast: of each level from the root on, whether the node is the last one there.
    private mutating func add(_ line: String, _ isLast: [Bool]) {
        let rails = isLast.dropLast().map { $0 ? "   " : "│  " }.joined()
        lines.append(rails + (isLast.last.map { $0 ? "└─ " : "├─ " } ?? "") + line)
    }

    private mutating func addContents(of trace: JSONValue, _ isLast: [Bool]) {
        func list(_ name: String) -> [JSONValue] { trace[name]?.arrayValue ?? [] }
        let cause = trace["cause"]
        let (checks, calls, triggers) = (list("checks"), list("calls"), list("triggers"))
        let invocations = list("invocations")
        var rest = (cause == nil ? 0 : 1) + checks.count + calls.count + triggers.count + invocations.count
        func next() -> [Bool] {
            rest -= 1
            return isLast + [rest == 0]
        }
        if let cause { add(title(ofCause: cause), next()) }
        for check in checks {
            let place = next()
            add(title(ofCheck: check), place)
            if let invocation = check["invocation"] { add(invocation: invocation, place + [true]) }
        }
        for call in calls {
            let place = next()
            add(title(ofCall: call), place)
            if let invocation = call["invocation"] { add(invocation: invocation, place + [true]) }
        }
        for trigger in triggers { add(trigger: trigger, next()) }
        for invocation in invocations { add(invocation: invocation, next()) }
    }

    private mutating func add(trigger: JSONValue, _ isLast: [Bool]) {
        add(title(ofTrigger: trigger), isLast)
        let invocations = trigger["invocations"]?.arrayValue ?? []
        let written = trigger["transactions"]?.arrayValue ?? []
        for (index, invocation) in invocations.enumerated() {
            add(invocation: invocation, isLast + [written.isEmpty && index == invocations.count - 1])
        }
        for (index, transaction) in written.enumerated() {
            add(written: transaction, isLast + [index == written.count - 1])
        }
    }

    private mutating func add(invocation: JSONValue, _ isLast: [Bool]) {
        add(title(ofInvocation: invocation), isLast)
        let written = invocation["transactions"]?.arrayValue ?? []
        let rails = isLast.map { $0 ? "   " : "│  " }.joined() + (written.isEmpty ? "   " : "│  ")
        for entry in invocation["logs"]?.arrayValue ?? [] {
            let line = LogLine(showsAllFields: false).text(LogLineEntry(message: entry), for: terminal)
            lines.append(rails + line.dropLast())
        }
        if invocation["hasMoreLogs"]?.boolValue == true {
            lines.append(rails + terminal.paint("… more lines: duet logs query \(invocation.logQuery)", .gray))
        }
        for (index, transaction) in written.enumerated() {
            add(written: transaction, isLast + [index == written.count - 1])
        }
    }

    private mutating func add(written transaction: JSONValue, _ isLast: [Bool]) {
        guard let trace = transaction["trace"] else {
            let (channel, id) = (transaction.word("channel") ?? "", transaction.word("transaction") ?? "")
            return add("wrote \(id.escapingControls) on \(channel.escapingControls)", isLast)
        }
        add("wrote \(title(ofTransaction: trace))", isLast)
        addContents(of: trace, isLast)
    }

    // MARK: - Lines

    private func title(ofTransaction trace: JSONValue) -> String {
        var parts = ["transaction \(trace.word("transaction") ?? "–")".escapingControls]
        if trace["transaction"] == nil { parts = ["block"] }
        let channel = trace.word("channel") ?? ""
        if let block = trace["block"]?.integerValue {
            parts.append("\(channel) \(block)\(trace["index"]?.integerValue.map { ":\($0)" } ?? "")".escapingControls)
        } else {
            parts.append(terminal.paint("in no block of \(channel)".escapingControls, .yellow))
        }
        if let code = trace.word("code") {
            parts.append(terminal.paint(code.escapingControls, trace["isValid"]?.boolValue == true ? .green : .red))
        }
        if let contract = trace.word("contract") {
            parts.append("\(contract).\(trace.word("function") ?? "")".escapingControls)
        }
        if let id = trace.word("traceId") { parts.append(terminal.paint("trace \(id)", .gray)) }
        return parts.joined(separator: "  ")
    }

    private func title(ofCause cause: JSONValue) -> String {
        let name = cause.word("trigger").map { "trigger \($0)" } ?? "trigger \(cause.word("triggerId") ?? "")"
        let transaction = cause.word("transaction").map { "  transaction \($0)" } ?? ""
        return "caused by \(name)  event \(cause.word("event") ?? "")\(transaction)".escapingControls
    }

    private func title(ofCheck check: JSONValue) -> String {
        let verdict = check.word("verdict") ?? ""
        let isAllowed = verdict == "allowed" || verdict == "failedAllowed"
        let message = check.word("message").map { "  \($0)" } ?? ""
        let source = check["isCached"]?.boolValue == true ? "  (kept verdict)" : ""
        return "check \(check.word("check") ?? "") (\(check.functionName))  ".escapingControls
            + terminal.paint(CheckText.verdict(verdict).escapingControls, isAllowed ? .green : .red)
            + "\(message)\(source)  \(Self.time(check["durationMicroseconds"]))".escapingControls
    }

    private func title(ofCall call: JSONValue) -> String {
        let name = call.word("function") == nil ? "an organisation's function" : call.functionName
        var parts = ["call of \(name) by contract \(call.word("contract") ?? "")".escapingControls]
        if let outcome = call.word("outcome") {
            parts.append(terminal.paint(outcome.escapingControls, outcome == "answered" ? .green : .red))
            parts.append(Self.time(call["durationMicroseconds"]))
        }
        if let answer = call.word("answerHash") { parts.append("answer \(answer.prefix(16))…".escapingControls) }
        if call["isRecorded"]?.boolValue == false { parts.append("not in the transaction") }
        if let message = call.word("message") { parts.append(message.escapingControls) }
        return parts.joined(separator: "  ")
    }

    private func title(ofTrigger trigger: JSONValue) -> String {
        let status = trigger.word("status") ?? ""
        let attempts = trigger["attemptCount"]?.integerValue ?? 1
        var parts = [
            "trigger \(trigger.word("trigger") ?? trigger.word("triggerType") ?? "") (\(trigger.word("sink") ?? trigger.functionName))"
                .escapingControls,
            terminal.paint(status.escapingControls, status == "handled" ? .green : .yellow),
        ]
        if attempts > 1 { parts.append("\(attempts) attempts") }
        if let replay = trigger.word("replay") { parts.append("replay \(replay)".escapingControls) }
        parts.append("event \(trigger.word("event") ?? "")".escapingControls)
        if let reason = trigger.word("reason") ?? trigger.word("error") { parts.append(reason.escapingControls) }
        return parts.joined(separator: "  ")
    }

    private func title(ofInvocation invocation: JSONValue) -> String {
        let status = invocation.word("status") ?? ""
        let timing = invocation["timing"]
        var parts = [
            "\(invocation.word("kind") ?? "") of \(invocation.functionName)".escapingControls,
            "request \(invocation.word("requestId") ?? "")".escapingControls,
            terminal.paint(status.escapingControls, status == "succeeded" ? .green : .red),
        ]
        if let attempt = invocation["attempt"]?.integerValue, attempt > 1 { parts.append("attempt \(attempt)") }
        let colds = ["sandbox", "runtimeStart", "codeLoad", "initializer"].compactMap {
            timing?["\($0)Microseconds"]?.integerValue
        }
        // Each is below the time since 1970, four of them below the limit.
        let cold = colds.isEmpty ? "" : ", cold start \(Self.time(.integer(colds.reduce(0, &+))))"
        parts.append(
            "\(Self.time(timing?["totalMicroseconds"])) (queue \(Self.time(timing?["queueMicroseconds"]))\(cold), run "
                + "\(Self.time(timing?["runMicroseconds"])))")
        if let error = invocation.word("error") { parts.append(error.escapingControls) }
        return parts.joined(separator: "  ")
    }

    /// Microseconds as `1.23 ms`.
    private static func time(_ value: JSONValue?) -> String {
        let hundredths = max(0, value?.integerValue ?? 0) / 10
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ms"
    }
}

extension LogLineEntry {
    /// An entry of an invocation that is named above it: its time, level and message alone.
    fileprivate init(message value: JSONValue) {
        let fields = (value["fields"]?.objectValue ?? [:]).filter { ["level", "message"].contains($0.key) }
        self.init(.object(["time": value["time"] ?? "", "fields": .object(fields)]))
    }
}

extension JSONValue {
    /// A member that is a text with something in it.
    fileprivate func word(_ name: String) -> String? {
        self[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    fileprivate var functionName: String { "\(word("service") ?? "")/\(word("function") ?? "")" }

    fileprivate var logQuery: String {
        "\(word("project") ?? "")/\(word("logstore") ?? "") 'requestId: \(word("requestId") ?? "")'".escapingControls
    }
}
