/// What a contract asks of a function of the organisation whose peer runs it.
///
/// Asked by invoking the chaincode `_functions`, which every peer of ours has, with the arguments `call`, the function's name and
/// a payload. An extension of Duet's.
package struct FunctionRequest: Hashable, Sendable {
    /// The name under which any chaincode reaches functions. A transaction never touches state under it.
    package static let chaincode = Bytes("_functions")
    package static let method = Bytes("call")
    package static let payloadByteCountMax = 256 * 1024
    package static let answerByteCountMax = 256 * 1024
    /// Calls of one transaction at most.
    package static let countMax = 64

    /// `service/function`: the same name at all organisations.
    package let function: String
    package let payload: Bytes

    package init(function: String, payload: Bytes) {
        self.function = function
        self.payload = payload
    }

    /// Reads the arguments of an invocation of ``chaincode``.
    package init(arguments: [Bytes]) throws(FunctionCallError) {
        guard arguments.count == 2 || arguments.count == 3, arguments[0] == Self.method else {
            throw FunctionCallError(
                .invalidRequest,
                "\"_functions\" takes the arguments \"call\", a function's name and a payload, not \(arguments.count) arguments "
                    + "that begin with \"\((arguments.first ?? Bytes()).prefixText)\".")
        }
        let parts = arguments[1].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let name = arguments[1].utf8Text, parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.count <= 128 })
        else {
            throw FunctionCallError(
                .invalidRequest,
                "\"\(arguments[1].prefixText)\" names no function: write the names of service and function, such as "
                    + "\"prices/quote\".")
        }
        let payload = arguments.count == 3 ? arguments[2] : Bytes()
        guard payload.count <= Self.payloadByteCountMax else {
            throw FunctionCallError(
                .tooLarge,
                "Function \"\(name)\" was not called: its payload has \(payload.count) bytes, of which a contract can send "
                    + "\(Self.payloadByteCountMax).")
        }
        self.init(function: name, payload: payload)
    }

    package var arguments: [Bytes] { [Self.method, Bytes(function), payload] }

    /// SHA-256 of the function's name, a zero byte, and the payload.
    package var digest: Digest { Digest(of: Bytes(function), Bytes([0]), payload) }

    /// How the call stands in the transaction.
    package func recorded(answer: Bytes) -> RecordedCall {
        RecordedCall(request: Bytes(digest.hex), answer: Bytes(Digest(of: answer).hex))
    }
}

/// A call of a function as it stands in a transaction: a read, without version, of a reserved composite key of the calling
/// contract's namespace.
///
/// The key exists in no state, so that the read is valid on every peer, Fabric's too; and organisations whose functions answered
/// differently do not endorse the same bytes.
package struct RecordedCall: Hashable, Sendable {
    private static let separator = UInt8(0)
    private static let objectType = Bytes("duet.call")
    private static let keyPrefix = Bytes(joining: [Bytes([separator]), objectType, Bytes([separator])])

    /// 64 hexadecimal digits each: of the request, and SHA-256 of the answer.
    package let request: Bytes
    package let answer: Bytes

    package init(request: Bytes, answer: Bytes) {
        self.request = request
        self.answer = answer
    }

    /// Nil for all other keys.
    package init?(key: Bytes) {
        let parts = key.split(separator: Self.separator, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, Bytes(parts[1]) == Self.objectType, parts[2].count == 64,
            parts[3].count == 64, parts[4].isEmpty
        else { return nil }
        self.init(request: Bytes(parts[2]), answer: Bytes(parts[3]))
    }

    package var key: Bytes {
        let zero = Bytes([Self.separator])
        return Bytes(joining: [Self.keyPrefix, request, zero, answer, zero])
    }

    /// Whether a key is of those that stand for calls: nothing that a contract may read or write itself.
    package static func isReserved(_ key: Bytes) -> Bool { key.starts(with: keyPrefix) }
}

extension KVRWSet {
    /// The calls that these reads tell of.
    ///
    /// A read that found something, or of a key that the transaction itself writes, is none: a peer that records calls makes
    /// neither.
    package var recordedCalls: [RecordedCall] {
        let calls = reads.filter { $0.version == nil && RecordedCall.isReserved($0.key) }
        guard !calls.isEmpty else { return [] }
        let written = Set(
            (writes.map(\.key) + metadataWrites.map(\.key)).filter { RecordedCall.isReserved($0) })
        return calls.lazy.filter { !written.contains($0.key) }.compactMap { RecordedCall(key: $0.key) }
    }
}

/// Why a contract's call of a function has no answer.
///
/// The contract reads status and message, and may go on without the answer.
package struct FunctionCallError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Int32, Hashable, Sendable, CaseIterable {
        case invalidRequest = 400
        /// The organisation has no such function, or contracts like this one may not call it.
        case notCallable = 404
        /// Payload or answer.
        case tooLarge = 413
        /// Too many calls at once, or in one transaction.
        case throttled = 429
        /// The function was asked and failed.
        case failed = 502
        case timedOut = 504
        /// Functions and contracts called each other too often.
        case tooDeep = 508
    }

    package let code: Code
    /// A whole sentence that names the function.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package var response: Response { Response(status: code.rawValue, message: Bytes(message)) }
}

extension Bytes {
    /// As much of an argument as belongs into a message.
    fileprivate var prefixText: String { Bytes(prefix(80)).lossyText }
}
