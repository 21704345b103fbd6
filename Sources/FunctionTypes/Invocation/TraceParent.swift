internal import Crypto

/// Where something stands in a trace: W3C Trace Context's `traceparent`, checked.
///
/// Source: W3C Trace Context, section 3.2. What is not valid there is no value here, so that whoever gets something invalid
/// behaves as if it had got nothing.
package struct TraceParent: Hashable, Sendable, CustomStringConvertible {
    /// Longer texts are not looked at: later versions of the format may add fields, but no sane sender needs so many.
    package static let byteCountMax = 512

    /// 32 hexadecimal digits in lower case, not all zero.
    package let traceID: String
    /// 16 of them: of whoever passes the context on.
    package let spanID: String
    package let isSampled: Bool

    /// Reads `00-<trace>-<span>-<flags>`, and what later versions put behind it.
    package init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.byteCountMax + 1))
        let dash = UInt8(ascii: "-")
        guard (55...Self.byteCountMax).contains(bytes.count), bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Self.byte(bytes[0..<2]), version != 0xFF, let flags = Self.byte(bytes[53..<55]),
            bytes.count == 55 || version > 0 && bytes[55] == dash,
            Self.isID(bytes[3..<35]), Self.isID(bytes[36..<52])
        else { return nil }
        traceID = String(decoding: bytes[3..<35], as: UTF8.self)
        spanID = String(decoding: bytes[36..<52], as: UTF8.self)
        isSampled = flags & 1 == 1
    }

    /// - Returns: nil unless the ids are what the format demands.
    package init?(traceID: some StringProtocol, spanID: some StringProtocol, isSampled: Bool = true) {
        self.init("00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")")
    }

    private init(checkedTraceID: String, spanID: String, isSampled: Bool) {
        traceID = checkedTraceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// The beginning of a trace where nobody gave one: the same words give the same trace.
    package init(beginning words: [String]) {
        let digits = Self.digits(of: ["trace"] + words)
        self.init(checkedTraceID: String(digits.prefix(32)), spanID: String(digits.suffix(16)), isSampled: true)
    }

    /// The same trace one step further: the same words give the same span.
    package func child(_ words: [String]) -> TraceParent {
        TraceParent(checkedTraceID: traceID, spanID: Self.spanID(of: words), isSampled: isSampled)
    }

    /// The span that words name.
    package static func spanID(of words: [String]) -> String { String(digits(of: words).prefix(16)) }

    /// Version 00, whatever version it was read from, with the one flag that is defined there.
    package var description: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    // MARK: - Digits

    /// SHA-256 over the words, each with its length.
    private static func digits(of words: [String]) -> String {
        var hash = SHA256()
        for word in words { hash.update(data: Array("\(word.utf8.count):\(word)".utf8)) }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func isID(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { digit($0) != nil } && bytes.contains { $0 != UInt8(ascii: "0") }
    }

    private static func byte(_ bytes: ArraySlice<UInt8>) -> UInt8? {
        guard let high = bytes.first.flatMap(digit), let low = bytes.last.flatMap(digit) else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
