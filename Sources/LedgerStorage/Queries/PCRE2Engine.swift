internal import CPCRE2
package import FabricTypes
package import LedgerCore

/// `$regex` by PCRE2, in UTF mode and without its just-in-time compiler, so that every machine counts the same steps.
package struct PCRE2Engine: RegexEngine {
    /// Bytes of a pattern.
    package static let patternByteCountMax = 4096
    /// Steps that one match may take.
    package static let stepCountMax: UInt32 = 1_000_000
    /// Memory that one match may take, in KiB.
    package static let memoryMax: UInt32 = 8192

    package init() {}

    package func compile(_ pattern: Bytes) throws(SelectorError) -> any RegexPattern {
        guard pattern.count <= Self.patternByteCountMax else {
            throw SelectorError(
                .invalidPattern,
                "The pattern of \"$regex\" has \(pattern.count) bytes; at most \(Self.patternByteCountMax) are allowed."
            )
        }
        return try PCRE2Pattern(pattern)
    }
}

private final class PCRE2Pattern: RegexPattern {
    // Neither is changed after `init`; PCRE2 documents compiled patterns and contexts as safe to share between threads.
    private nonisolated(unsafe) let code: OpaquePointer
    private nonisolated(unsafe) let limits: OpaquePointer

    init(_ pattern: Bytes) throws(SelectorError) {
        var number: Int32 = 0
        var offset = 0
        let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C)
        let code = pattern.withUnsafeBytes { buffer in
            // An empty pattern has no address of its own, and PCRE2 wants one.
            withUnsafePointer(to: 0 as UInt8) { empty in
                pcre2_compile_8(
                    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty, buffer.count, options, &number,
                    &offset, nil)
            }
        }
        guard let code else {
            throw SelectorError(
                .invalidPattern,
                "The pattern \"\(pattern.lossyText)\" of \"$regex\" is not valid: \(Self.message(number)) at byte \(offset)."
            )
        }
        guard let limits = pcre2_match_context_create_8(nil) else {
            pcre2_code_free_8(code)
            throw SelectorError(.patternLimit, "There is no memory left to match a pattern of \"$regex\".")
        }
        pcre2_set_match_limit_8(limits, PCRE2Engine.stepCountMax)
        pcre2_set_heap_limit_8(limits, PCRE2Engine.memoryMax)
        self.code = code
        self.limits = limits
    }

    deinit {
        pcre2_match_context_free_8(limits)
        pcre2_code_free_8(code)
    }

    func occurs(in text: Bytes) throws(SelectorError) -> Bool {
        guard let match = pcre2_match_data_create_8(1, nil) else {
            throw SelectorError(.patternLimit, "There is no memory left to match a pattern of \"$regex\".")
        }
        defer { pcre2_match_data_free_8(match) }
        let result = text.withUnsafeBytes { buffer in
            withUnsafePointer(to: 0 as UInt8) { empty in
                pcre2_match_8(
                    code, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty, buffer.count, 0, 0, match,
                    limits)
            }
        }
        if result >= 0 { return true }
        if result == PCRE2_ERROR_NOMATCH { return false }
        throw SelectorError(
            .patternLimit, "A pattern of \"$regex\" cannot be matched: \(Self.message(result)). Use a simpler pattern.")
    }

    private static func message(_ number: Int32) -> String {
        let capacity = 256
        let text = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = max(0, Int(pcre2_get_error_message_8(number, buffer.baseAddress, capacity)))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
