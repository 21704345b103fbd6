internal import FunctionCore
internal import FunctionTypes

// What an instance answers. All of it comes from code we do not trust.
extension RuntimeMessage {
    /// The outcome in a `result` message.
    ///
    /// - Parameter isHTTP: what was asked, so that an instance cannot answer the other kind.
    func outcome(isHTTP: Bool) -> InvocationOutcome {
        if let error = header["error"] { return .failure(Self.failure(error, isInitialization: false)) }
        guard body.count <= FunctionLimits.syncPayloadByteCountMax else {
            return Self.malformed(
                "the answer has \(body.count) bytes; \(FunctionLimits.syncPayloadByteCountMax) are the most")
        }
        guard isHTTP else { return .event(body) }
        guard let http = header["http"], let status = http["status"]?.integerValue, (200...599).contains(status) else {
            let shown = header["http"]?["status"]?.jsonText ?? "nothing"
            return Self.malformed("the status is \(shown.prefix(40)); 200 to 599 can be sent")
        }
        var headers: [NamedValue] = []
        var byteCount = 0
        for pair in http["headers"]?.arrayValue ?? [] {
            guard let parts = pair.arrayValue, parts.count == 2, let name = parts[0].stringValue,
                let value = parts[1].stringValue, Self.isHeaderName(name), Self.isHeaderValue(value)
            else { return Self.malformed("the header \(pair.jsonText.prefix(80)) cannot be sent") }
            byteCount += name.utf8.count + value.utf8.count
            headers.append(NamedValue(name, value))
        }
        guard byteCount <= FunctionLimits.answerHeaderByteCountMax else {
            return Self.malformed(
                "the headers have \(byteCount) bytes; \(FunctionLimits.answerHeaderByteCountMax) are the most")
        }
        return .http(HTTPAnswer(status: Int(status), headers: headers, body: body))
    }

    /// The failure in a `loaded` or `initialized` message; nil if there is none.
    var initializationFailure: FunctionFailure? {
        header["error"].map { Self.failure($0, isInitialization: true) }
    }

    private static let textCharacterCountMax = 8192

    private static func failure(_ error: JSONValue, isInitialization: Bool) -> FunctionFailure {
        let isHandled = error["isHandled"]?.boolValue == true
        let kind: FunctionFailure.Kind =
            switch (isHandled, isInitialization) {
            case (true, false): .handled
            case (false, false): .unhandled
            case (true, true): .handledInitialization
            case (false, true): .unhandledInitialization
            }
        let stack = (error["stackTrace"]?.arrayValue ?? []).prefix(50).compactMap(\.stringValue)
        return FunctionFailure(
            kind, errorType: String((error["errorType"]?.stringValue ?? "Error").prefix(128)),
            message: String((error["errorMessage"]?.stringValue ?? "").prefix(textCharacterCountMax)),
            stackTrace: stack.map { String($0.prefix(1024)) })
    }

    static func malformed(_ reason: String) -> InvocationOutcome {
        .failure(
            FunctionFailure(
                .unhandled, errorType: FunctionFailure.responseType,
                message: "The function's answer cannot be sent on: \(reason)."))
    }

    /// A token of RFC 9110.
    private static func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                ServiceName.isLetter(byte) || ServiceName.isDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    private static func isHeaderValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
