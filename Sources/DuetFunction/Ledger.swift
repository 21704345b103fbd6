internal import FunctionTypes

/// Calls contracts on the ledger, under the identity of the function's service.
///
/// Every call blocks its thread for as long as the ledger takes; bound by the function's own time-out.
public struct Ledger: Sendable {
    /// A call of a contract.
    public struct Call: Sendable {
        public var contract: String
        public var function: String
        public var arguments: [[UInt8]]
        /// Nil stands for the channel of the event that the function runs for, or the one channel of the service's organisation.
        public var channel: String?
        /// For the contract's eyes only; never on the ledger.
        public var transient: [String: [UInt8]] = [:]
        /// MSP IDs of those who are to endorse; empty lets the gateway plan.
        public var endorsingOrganizations: [String] = []
        /// Of a transaction: submitted again under the same key it takes effect once, and tells what became of it.
        public var idempotencyKey: String?

        public init(_ contract: String, _ function: String, _ arguments: [[UInt8]], channel: String? = nil) {
            self.contract = contract
            self.function = function
            self.arguments = arguments
            self.channel = channel
        }

        public init(_ contract: String, _ function: String, texts: String..., channel: String? = nil) {
            self.init(contract, function, texts.map { Array($0.utf8) }, channel: channel)
        }
    }

    /// A transaction that stands valid in the ledger.
    public struct Committed: Sendable {
        public let transactionID: String
        public let blockNumber: UInt64
        /// What the contract answered.
        public let result: [UInt8]
    }

    /// Where a transaction stands.
    public struct Place: Hashable, Sendable {
        public let blockNumber: UInt64
        /// In its block.
        public let index: Int
        /// A validation code, such as `VALID`.
        public let code: String
    }

    /// Why the ledger did not do what was asked.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// A status of the gateway such as `Aborted`, or a validation code such as `MVCC_READ_CONFLICT`.
        public let code: String
        public let message: String
        public let transactionID: String?

        public var description: String { "\(code): \(message)" }
    }

    let requestID: String

    /// What the contract answers; nothing is written.
    public func evaluate(_ call: Call) throws -> [UInt8] {
        Self.bytes(try send("/v1/evaluate", call)["result"])
    }

    /// Submits a transaction and waits until it stands valid in the ledger.
    ///
    /// - Throws: ``Failure``, also for a transaction that was committed as invalid: submit anew if that makes sense.
    public func submit(_ call: Call) throws -> Committed {
        let answer = try send("/v1/submit", call)
        let (code, id) = (answer["code"]?.stringValue ?? "", answer["transactionId"]?.stringValue ?? "")
        let block = answer["block"]?.integerValue ?? 0
        guard code == "VALID" else {
            throw Failure(
                code: code, message: "Transaction \(id) stands in block \(block) as \(code).", transactionID: id)
        }
        return Committed(
            transactionID: id, blockNumber: UInt64(clamping: block), result: Self.bytes(answer["result"]))
    }

    /// Where a transaction stands in the ledger.
    ///
    /// - Throws: ``Failure`` `NotFound` where it does not.
    public func place(of transactionID: String, on channel: String? = nil) throws -> Place {
        let query = channel.map { "?channel=\($0)" } ?? ""
        // Neither an id nor a channel's name holds anything that a path must not.
        guard (transactionID + (channel ?? "")).utf8.allSatisfy({ (0x2D...0x7A).contains($0) }) else {
            throw Failure(code: "Invalid", message: "This is no transaction's id.", transactionID: transactionID)
        }
        let answer = try exchange("GET", "/v1/transactions/\(transactionID)\(query)", [])
        return Place(
            blockNumber: UInt64(clamping: answer["block"]?.integerValue ?? 0),
            index: Int(clamping: answer["index"]?.integerValue ?? 0), code: answer["code"]?.stringValue ?? "")
    }

    private func send(_ target: String, _ call: Call) throws -> JSONValue {
        let content = JSONValue.object(present: [
            "contract": .string(call.contract), "function": .string(call.function),
            "args": .array(call.arguments.map(Self.value)), "channel": call.channel.map(JSONValue.string),
            "transient": call.transient.isEmpty ? nil : .object(call.transient.mapValues(Self.value)),
            "endorsingOrganizations": call.endorsingOrganizations.isEmpty
                ? nil : .array(call.endorsingOrganizations.map(JSONValue.string)),
            "idempotencyKey": target == "/v1/submit" ? call.idempotencyKey.map(JSONValue.string) : nil,
        ]).jsonBytes
        return try exchange("POST", target, content)
    }

    private func exchange(_ method: String, _ target: String, _ content: [UInt8]) throws -> JSONValue {
        guard let path = EnvironmentVariable.value("DUET_LEDGER_SOCKET"), let socket = UnixSocket(path: path) else {
            throw Failure(
                code: "Unavailable", message: "There is no ledger: the node runs no network.", transactionID: nil)
        }
        let head = [
            "\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close", "Content-Type: application/json",
            "Content-Length: \(content.count)",
            "Authorization: Bearer \(EnvironmentVariable.value("DUET_LEDGER_TOKEN") ?? "")",
            "Duet-Request-Id: \(requestID)", "", "",
        ].joined(separator: "\r\n")
        guard socket.write(Array(head.utf8) + content), let body = Self.body(readFrom: socket),
            let answer = try? JSONValue(parsing: body)
        else {
            throw Failure(code: "Unavailable", message: "The node ended the call.", transactionID: nil)
        }
        guard let error = answer["error"] else { return answer }
        throw Failure(
            code: error["code"]?.stringValue ?? "Unknown", message: error["message"]?.stringValue ?? "",
            transactionID: error["transactionId"]?.stringValue)
    }

    private static let byteCountMax = 64 << 20

    /// The body of the one response on a connection, by its length or to its end.
    private static func body(readFrom socket: UnixSocket) -> [UInt8]? {
        var received: [UInt8] = []
        while received.count <= byteCountMax {
            let part = socket.read(upTo: 1 << 16)
            received += part
            guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else {
                if part.isEmpty { return nil }
                continue
            }
            let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
            let line = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            let length = line.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
            let body = received[end.upperBound...]
            if let length, body.count >= length { return Array(body.prefix(length)) }
            if part.isEmpty { return length == nil ? Array(body) : nil }
        }
        return nil
    }

    /// Texts as they are, other bytes as base64.
    private static func value(_ bytes: [UInt8]) -> JSONValue {
        String(validating: bytes, as: UTF8.self).map(JSONValue.string) ?? ["base64": .string(Base64.encode(bytes))]
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8] {
        if let text = value?.stringValue { return Array(text.utf8) }
        return value?["base64"]?.stringValue.flatMap { Base64.decode($0) } ?? []
    }
}
