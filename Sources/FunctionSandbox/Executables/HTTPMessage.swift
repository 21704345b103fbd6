internal import FunctionCore
internal import FunctionTypes
internal import NIOCore
internal import NIOHTTP1

/// A whole request or response of a runtime, its body with it.
struct HTTPMessage<Head: Sendable & Equatable>: Sendable {
    var head: Head
    var body: [UInt8]
    /// What came after the body.
    var trailers: HTTPHeaders?
}

/// A runtime sent more than it may.
struct OversizedHTTPMessage: Error {
    static let byteCountMax = FunctionLimits.syncPayloadByteCountMax + (1 << 20)
}

/// Joins the parts of messages from inside an instance, up to the limit of an answer.
struct HTTPMessageAssembler<Head: Sendable & Equatable> {
    private var head: Head?
    private var body: [UInt8] = []

    /// - Returns: the message, once its last part is there.
    mutating func take(_ part: HTTPPart<Head, ByteBuffer>) throws(OversizedHTTPMessage) -> HTTPMessage<Head>? {
        switch part {
        case .head(let head):
            self.head = head
            body = []
            return nil
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= OversizedHTTPMessage.byteCountMax else {
                throw OversizedHTTPMessage()
            }
            body += buffer.readableBytesView
            return nil
        case .end(let trailers):
            guard let head else { return nil }
            defer { (self.head, body) = (nil, []) }
            return HTTPMessage(head: head, body: body, trailers: trailers)
        }
    }
}

extension FunctionFailure: Error {}

extension FunctionFailure {
    /// What a runtime reports: an object with `errorMessage`, `errorType` and `stackTrace`, or any text.
    init(reported body: [UInt8], type: String?, isInitialization: Bool) {
        let json = try? JSONValue(parsing: body)  // text is as good
        let text = String(decoding: body.prefix(8192), as: UTF8.self)
        self.init(
            isInitialization ? .unhandledInitialization : .unhandled,
            errorType: String((json?["errorType"]?.stringValue ?? type ?? "Error").prefix(128)),
            message: String((json?["errorMessage"]?.stringValue ?? text).prefix(8192)),
            stackTrace: (json?["stackTrace"]?.arrayValue ?? []).prefix(50).map { line in
                String((line.stringValue ?? line.jsonText).prefix(1024))
            })
    }
}
