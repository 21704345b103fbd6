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

    let request: String
    let kind: String
    /// The marble or owner that it is about.
    let subject: String
    let target: String?
    let actor: PartyView
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
}
