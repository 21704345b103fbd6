/// Somebody who owns marbles, as pages see them.
struct OwnerView: Codable, Hashable, Sendable {
    var id: String
    /// As the contract keeps it, in lower case.
    var name: String
    var company: String
    var isEnabled: Bool
    /// Granted by the reward function; 0 without any.
    var points: Int64
}

/// A marble as pages see it.
struct MarbleView: Codable, Hashable, Sendable {
    var id: String
    var color: String
    var size: Int64
    /// The owner's id.
    var owner: String
}

/// Who did something: an organisation's company and the common name of a member.
struct PartyView: Codable, Hashable, Sendable {
    var company: String
    var name: String
}

/// What a valid transaction changed.
enum ChangeView: Hashable, Sendable {
    case owner(OwnerView)
    case marble(MarbleView)
    case marbleGone(id: String)
}

extension ChangeView: Encodable {
    private enum Key: CodingKey {
        case owner, marble, gone
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .owner(let owner): try container.encode(owner, forKey: .owner)
        case .marble(let marble): try container.encode(marble, forKey: .marble)
        case .marbleGone(let id): try container.encode(id, forKey: .gone)
        }
    }
}

/// A transaction of a block as pages see it.
struct TransactionView: Encodable, Hashable, Sendable {
    /// Empty for a configuration change.
    var id: String
    /// Fabric's name of the verdict: `VALID`, `MVCC_READ_CONFLICT`.
    var code: String
    var isValid: Bool
    /// By the client's clock, in milliseconds since 1970; 0 where none is told.
    var time: Int64
    var by: PartyView?
    var contract: String
    var function: String
    var endorsers: [PartyView]
    var changes: [ChangeView]
}

/// A block as pages see it.
struct BlockView: Encodable, Hashable, Sendable {
    var number: UInt64
    var transactions: [TransactionView]
}

/// One thing that happened to a marble.
struct HistoryEntry: Encodable, Hashable, Sendable {
    var block: UInt64
    var transaction: String
    var time: Int64
    var by: PartyView?
    var function: String
    var endorsers: [PartyView]
    /// What the marble was afterwards; nil once it is deleted.
    var marble: MarbleView?
    /// The owner's name and company at that time.
    var owner: PartyView?
}
