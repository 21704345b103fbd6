internal import CPCRE2
internal import GRDBSQLite

/// A regular expression in a statement, by PCRE2 with bounds on steps and memory. Kept by SQLite while the pattern of a
/// call stays the same.
final class SelectPattern {
    private static let patternByteCountMax = 4_096
    private static let stepCountMax: UInt32 = 1_000_000
    private static let memoryMaxKiB: UInt32 = 8_192

    private struct Failure: Error {
        let message: String
    }

    private let code: OpaquePointer
    private let limits: OpaquePointer
    private let match: OpaquePointer

    static func like(_ context: OpaquePointer?, _ text: UnsafeBufferPointer<UInt8>, _ pattern: String) {
        answer(context) { sqlite3_result_int(context, try compiled(context, pattern).find(in: text) ? 1 : 0) }
    }

    static func extract(
        _ context: OpaquePointer?, _ text: UnsafeBufferPointer<UInt8>, _ pattern: String, group: Int
    ) {
        answer(context) {
            let pattern = try compiled(context, pattern)
            guard try pattern.find(in: text), let range = pattern.range(ofGroup: group) else {
                return sqlite3_result_null(context)
            }
            SQLiteAnswer.text(UnsafeBufferPointer(rebasing: text[range]), to: context)
        }
    }

    private static func answer(_ context: OpaquePointer?, _ body: () throws -> Void) {
        do {
            try body()
        } catch let failure as Failure {
            sqlite3_result_error(context, failure.message, -1)
        } catch {
            sqlite3_result_error(context, "the pattern cannot be matched", -1)
        }
    }

    /// The pattern of this call, from SQLite's keeping if it was compiled for an earlier row.
    private static func compiled(_ context: OpaquePointer?, _ pattern: String) throws -> SelectPattern {
        if let kept = sqlite3_get_auxdata(context, 1) {
            return Unmanaged<SelectPattern>.fromOpaque(kept).takeUnretainedValue()
        }
        let made = try SelectPattern(pattern)
        // SQLite keeps it only for a constant argument, and may let it go at once; ours stays in our hands until then.
        sqlite3_set_auxdata(context, 1, Unmanaged.passRetained(made).toOpaque()) { kept in
            if let kept { Unmanaged<SelectPattern>.fromOpaque(kept).release() }
        }
        return made
    }

    private init(_ pattern: String) throws {
        guard pattern.utf8.count <= Self.patternByteCountMax else {
            throw Failure(message: "the pattern is longer than \(Self.patternByteCountMax) bytes")
        }
        var number: Int32 = 0
        var offset = 0
        let bytes = Array(pattern.utf8) + [0]
        let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C)
        guard let code = pcre2_compile_8(bytes, bytes.count - 1, options, &number, &offset, nil) else {
            throw Failure(message: "the pattern \"\(pattern)\" is not valid: \(Self.message(number)) at byte \(offset)")
        }
        guard let limits = pcre2_match_context_create_8(nil) else {
            pcre2_code_free_8(code)
            throw Failure(message: "there is no memory left for a pattern")
        }
        guard let match = pcre2_match_data_create_from_pattern_8(code, nil) else {
            pcre2_match_context_free_8(limits)
            pcre2_code_free_8(code)
            throw Failure(message: "there is no memory left for a pattern")
        }
        pcre2_set_match_limit_8(limits, Self.stepCountMax)
        pcre2_set_heap_limit_8(limits, Self.memoryMaxKiB)
        self.code = code
        self.limits = limits
        self.match = match
    }

    deinit {
        pcre2_match_data_free_8(match)
        pcre2_match_context_free_8(limits)
        pcre2_code_free_8(code)
    }

    private func find(in text: UnsafeBufferPointer<UInt8>) throws -> Bool {
        let result = withUnsafePointer(to: 0 as UInt8) { empty in
            pcre2_match_8(code, text.baseAddress ?? empty, text.count, 0, 0, match, limits)
        }
        if result >= 0 { return true }
        if result == PCRE2_ERROR_NOMATCH { return false }
        throw Failure(message: "the pattern cannot be matched: \(Self.message(result)); use a simpler one")
    }

    private func range(ofGroup group: Int) -> Range<Int>? {
        guard group >= 0, group < Int(pcre2_get_ovector_count_8(match)), let vector = pcre2_get_ovector_pointer_8(match)
        else { return nil }
        let (start, end) = (vector[2 * group], vector[2 * group + 1])
        // A group that took no part has no place; a look-behind can put the end before the start.
        guard let start = Int(exactly: start), let end = Int(exactly: end), start >= 0, start <= end else { return nil }
        return start..<end
    }

    private static func message(_ number: Int32) -> String {
        let capacity = 256
        let text = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = max(0, Int(pcre2_get_error_message_8(number, buffer.baseAddress, capacity)))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
