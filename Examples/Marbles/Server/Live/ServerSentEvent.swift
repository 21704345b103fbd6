internal import Foundation

/// One event of a stream to a page, encoded once for everybody who gets it.
struct ServerSentEvent: Sendable {
    let text: String

    /// - Parameter id: by which a page resumes; only what is in the ledger has one.
    init(_ name: String, id: String? = nil, data: String) {
        // JSON has no line breaks of its own, so one data line holds it.
        text = (id.map { "id: \($0)\n" } ?? "") + "event: \(name)\ndata: \(data)\n\n"
    }

    /// Nothing but a sign of life, by which both ends notice that the other is gone. Comments pages would not see.
    static let signOfLife = ServerSentEvent("alive", data: "{}")

    static func json(_ name: String, id: String? = nil, _ value: some Encodable) -> ServerSentEvent {
        ServerSentEvent(name, id: id, data: String(decoding: PageJSON.encode(value), as: UTF8.self))
    }

    static func ledgerReachable(_ isReachable: Bool) -> ServerSentEvent {
        json("ledger", ["isReachable": isReachable])
    }

    static func block(_ block: BlockView, ledger: String) -> ServerSentEvent {
        json("block", id: "\(ledger)-\(block.number)", block)
    }
}

/// JSON as pages get it.
enum PageJSON {
    static func encode(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return try encoder.encode(value)
        } catch {
            // Our own values of texts and numbers always encode.
            preconditionFailure("\(type(of: value)) cannot be encoded: \(error)")
        }
    }
}
