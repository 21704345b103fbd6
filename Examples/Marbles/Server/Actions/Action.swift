internal import Foundation

/// What somebody at a page wants done.
struct Action: Sendable {
    enum Kind: Hashable, Sendable {
        case create(color: String, size: Int64, owner: String)
        case transfer(marble: String, owner: String)
        case delete(marble: String)
        case register(name: String, company: String)
        case retire(owner: String)
    }

    /// Made by the page, to know its own actions again.
    let request: String
    /// The id of the owner who acts; nil only for somebody who registers.
    let actor: String?
    let kind: Kind
}

extension Action: Decodable {
    private enum Key: CodingKey {
        case request, actor, kind, color, size, owner, marble, name, company
    }

    /// Texts of a page are bounded before anything looks at them; what they mean the contract decides.
    private static let textByteCountMax = 256

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func text(_ key: Key) throws -> String {
            let text = try container.decode(String.self, forKey: key)
            guard text.utf8.count <= Self.textByteCountMax else {
                throw ActionRefusal(
                    .invalid, "\"\(key.stringValue)\" has more than \(Self.textByteCountMax) bytes.")
            }
            return text
        }
        request = try text(.request)
        guard !request.isEmpty else { throw ActionRefusal(.invalid, "\"request\" is empty.") }
        actor = container.contains(.actor) ? try text(.actor) : nil
        switch try text(.kind) {
        case "create":
            kind = .create(
                color: try text(.color), size: try container.decode(Int64.self, forKey: .size),
                owner: try text(.owner))
        case "transfer": kind = .transfer(marble: try text(.marble), owner: try text(.owner))
        case "delete": kind = .delete(marble: try text(.marble))
        case "register": kind = .register(name: try text(.name), company: try text(.company))
        case "retire": kind = .retire(owner: try text(.owner))
        case let other:
            throw ActionRefusal(
                .invalid, "\"\(other.prefix(40))\" is none of create, transfer, delete, register, retire.")
        }
    }
}

/// Why an action was not even tried.
struct ActionRefusal: Error, Hashable, CustomStringConvertible {
    enum Code: String, Hashable {
        case invalid, notFound, busy
    }

    let code: Code
    let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
