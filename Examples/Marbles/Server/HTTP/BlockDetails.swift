internal import Foundation

/// All there is to say about a block: what the node's API tells of it and its transactions, and what functions it set off.
struct BlockDetails: Sendable {
    /// Transactions of one block that are told in full.
    private static let transactionCountMax = 50
    private static let callCountMax = 8

    let node: NodeAPI
    let runs: RunFollower
    let settings: SiteSettings

    struct View: Encodable {
        let block: APIValue
        let transactions: [APIValue]
        let runs: [RunLine]
    }

    /// - Throws: ``NodeAPI/Failure``.
    func read(_ number: UInt64) async throws -> View {
        let root = ["api", "channels", settings.channel]
        let query = ["organization": settings.companies.first?.msp ?? ""]
        let block = try await node.call(root + ["blocks", "\(number)"], query: query, as: APIValue.self)
        let listed = block["transactions"]?.list ?? []
        var answers: [Int: (transaction: APIValue, lines: [RunLine])] = [:]
        try await withThrowingTaskGroup(of: (Int, APIValue, [RunLine]).self) { group in
            let indices = listed.indices.prefix(Self.transactionCountMax)
            for (count, index) in indices.enumerated() {
                if count >= Self.callCountMax, let (index, transaction, lines) = try await group.next() {
                    answers[index] = (transaction, lines)
                }
                group.addTask {
                    let transaction = try await node.call(
                        root + ["transactions", "\(number):\(index)"], query: query, as: APIValue.self)
                    let id = listed[index]["transaction"]?.text ?? ""
                    return (index, transaction, id.isEmpty ? [] : try await runs.runs(ofTransaction: id))
                }
            }
            for try await (index, transaction, lines) in group { answers[index] = (transaction, lines) }
        }
        let ordered = answers.sorted { $0.key < $1.key }.map(\.value)
        let (transactions, lines) = (ordered.map(\.transaction), ordered.flatMap(\.lines))
        return View(block: block, transactions: transactions, runs: lines)
    }
}

/// JSON of the node's API that is handed on as it is.
enum APIValue: Codable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([APIValue])
    case object([String: APIValue])

    subscript(name: String) -> APIValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var list: [APIValue]? { if case .list(let values) = self { values } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let values = try? container.decode([APIValue].self) {
            self = .list(values)
        } else {
            self = .object(try container.decode([String: APIValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}
