/// How far an action has come, told to every page as it happens.
///
/// Each stage is told when it has really been reached, with the time it really took.
struct Story: Encodable, Sendable {
    enum Stage: String, Encodable, Sendable {
        /// The proposal is signed and on its way to the peers.
        case proposed
        /// Peers of all organisations that the policy asks for have signed the same result.
        case endorsed
        /// An orderer has taken the transaction.
        case ordered
        /// The transaction stands in a block, valid or not; see ``Story/code``.
        case committed
        /// It ended before; ``Story/failedAfter`` says where.
        case refused
        /// Nobody could tell what became of it. The ledger will, if it comes to that.
        case unknown
    }

    struct Refusal: Encodable, Sendable {
        let company: String
        let address: String
        let message: String
    }

    /// A transaction that another one was faster than, or that nobody had time for; nothing came of it.
    struct EarlierAttempt: Encodable, Sendable {
        let transaction: String
        /// The block that it stands in as invalid; nil where it never came that far.
        let block: UInt64?
        /// The ledger's or the network's own words.
        let reason: String
    }

    let request: String
    let kind: String
    /// The marble or owner that it is about.
    let subject: String
    let target: String?
    let actor: PartyView
    /// What was tried before, each as a transaction of its own.
    var earlier: [EarlierAttempt] = []
    var stage = Stage.proposed
    /// The last stage that was reached before it ended.
    var failedAfter: Stage?
    var transaction = ""
    var endorsers: [PartyView] = []
    var block: UInt64?
    var code: String?
    var isConflict: Bool?
    var message: String?
    var refusals: [Refusal] = []
    /// Milliseconds from the beginning to each stage that was reached.
    var milliseconds: [String: Double] = [:]

    /// Why the attempt came to nothing, in one line.
    var reason: String { refusals.first?.message ?? message ?? code ?? "" }

    /// Forgets how far the last attempt has come, and remembers that there was one.
    mutating func beginAgain() {
        earlier.append(EarlierAttempt(transaction: transaction, block: block, reason: reason))
        (stage, failedAfter, transaction, endorsers) = (.proposed, nil, "", [])
        (block, code, isConflict, message, refusals, milliseconds) = (nil, nil, nil, nil, [], [:])
    }
}
