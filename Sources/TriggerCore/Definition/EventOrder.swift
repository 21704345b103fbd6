internal import FabricTypes
internal import FunctionTypes

/// Which events must wait for each other.
package enum EventOrder: Hashable, Sendable {
    /// All of them: one delivery at a time, in the ledger's order.
    case channel
    /// Those of one key; different keys run in parallel.
    case key(KeySource)

    /// Where an event's key stands.
    package enum KeySource: Hashable, Sendable {
        /// A member of the contract event's JSON payload, by its path: `/marble/name`.
        case payload([String])
        /// An argument behind the function's name, from 0.
        case argument(Int)
        /// The first key that the transaction writes.
        case writtenKey
        /// The creator's organisation.
        case creator
    }

    package static let keyByteCountMax = 1024

    /// The key of an event; events without one share the empty key and are in order among themselves.
    func key(of transaction: LedgerTransaction, _ action: LedgerAction?) -> String {
        guard case .key(let source) = self else { return "" }
        let key = Self.text(source, transaction, action)
        guard key.utf8.count > Self.keyByteCountMax else { return key }
        // A hash keeps different keys apart without keeping what somebody else made long.
        return "sha256:" + Digest(of: Bytes(key)).hex
    }

    private static func text(_ source: KeySource, _ transaction: LedgerTransaction, _ action: LedgerAction?) -> String {
        switch source {
        case .payload(let path):
            guard var value = action?.event.flatMap({ EventText.json($0.payload) }) else { return "" }
            for name in path {
                guard let next = value.objectValue?[name] else { return "" }
                value = next
            }
            return value.stringValue ?? (value == .null ? "" : value.jsonText)
        case .argument(let index):
            guard let arguments = action?.input.arguments, index + 1 < arguments.count else { return "" }
            return arguments[index + 1].utf8Text ?? arguments[index + 1].hex
        case .writtenKey:
            let write = action?.readWriteSet.namespaces.lazy.flatMap(\.publicSet.writes).first
            return write.map { $0.key.lossyText } ?? ""
        case .creator:
            return transaction.creatorMSPID
        }
    }

    /// Reads `payload:/id`, `argument:0`, `key` and `creator`; nil for anything else.
    static func source(_ text: String) -> KeySource? {
        if text == "key" { return .writtenKey }
        if text == "creator" { return .creator }
        if let index = text.trimmed("argument:").flatMap({ Int($0) }), (0..<1000).contains(index) {
            return .argument(index)
        }
        guard let pointer = text.trimmed("payload:"), pointer.hasPrefix("/"), pointer.utf8.count > 1 else { return nil }
        let names = pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard names.count <= 20 else { return nil }
        // RFC 6901's escapes.
        return .payload(names.map { String($0.replacing("~1", with: "/").replacing("~0", with: "~")) })
    }
}

extension String {
    fileprivate func trimmed(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
