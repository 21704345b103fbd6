internal import FabricTypes
internal import FunctionTypes

/// The transactions in a function's answer.
///
/// A function asks for transactions by answering a JSON object with a member `transactions`:
/// ```json
/// {"transactions": [{"contract": "rewards", "function": "award", "args": ["alice", "10"]}]}
/// ```
/// Each is a ``LedgerCall``; one that names no channel means that of the events it answers. Any other answer, JSON or not, asks
/// for none. Other members of the object are the function's own.
package enum AnsweredTransactions {
    /// In one answer.
    package static let countMax = 64
    /// Of an answer with transactions.
    package static let byteCountMax = 4 << 20

    /// - Parameter channel: of the events; nil where they come from several, so that each transaction must name its own.
    /// - Throws: ``InvalidLedgerCall`` for an answer that asks for transactions in a way that cannot be meant. Nothing of it may be
    ///   carried out then.
    package static func parse(_ answer: [UInt8], channel: String?) throws(InvalidLedgerCall) -> [LedgerCall] {
        guard mayNameTransactions(answer) else { return [] }
        guard answer.count <= byteCountMax else {
            throw InvalidLedgerCall(
                "An answer with transactions has \(answer.count) bytes; \(byteCountMax) are the most.")
        }
        // What is no JSON object is an ordinary answer.
        guard let members = (try? JSONValue(parsing: answer))?.objectValue, let value = members["transactions"],
            value != .null
        else { return [] }
        guard let list = value.arrayValue else {
            throw InvalidLedgerCall("\"transactions\" must be a list of objects.")
        }
        guard list.count <= countMax else {
            throw InvalidLedgerCall("\"transactions\" has \(list.count) entries; \(countMax) are the most.")
        }
        var calls: [LedgerCall] = []
        for (index, entry) in list.enumerated() {
            calls.append(try LedgerCall(entry, at: "transactions[\(index)]", channel: channel))
        }
        return calls
    }

    /// Spares large answers of other kinds the parsing.
    private static func mayNameTransactions(_ answer: [UInt8]) -> Bool {
        guard answer.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return false }
        // The name may be written with escapes, which nobody does who writes few of them.
        return contains(answer, Array("\"transactions\"".utf8)) || contains(answer, Array("\\u".utf8))
    }

    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, text.count >= word.count else { return false }
        var offset = 0
        let end = text.count - word.count
        while offset <= end {
            if text[offset] == first, text[offset..<(offset + word.count)].elementsEqual(word) { return true }
            offset += 1
        }
        return false
    }
}
