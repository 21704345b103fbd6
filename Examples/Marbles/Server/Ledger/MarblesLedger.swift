internal import DuetClient
internal import FabricTypes
internal import Foundation

/// Everything that the pages show of the ledger, worked out from its blocks.
///
/// Pure: blocks come in by number, one after another; nothing else changes it.
struct MarblesLedger: Sendable {
    /// Blocks that are kept to show and to resume from; older ones are the node's to tell.
    static let blockCountMax = 10_000
    /// What is kept of one marble's history; the oldest is dropped first.
    static let historyCountMax = 500

    /// Whose state is read.
    let contract: String

    private(set) var owners: [String: OwnerView] = [:]
    private(set) var marbles: [String: MarbleView] = [:]
    private(set) var blocks: ArraySlice<BlockView> = []
    /// The number of the last block plus one; 0 before the first one.
    private(set) var height: UInt64 = 0
    /// What the ledger held before the first of ``blocks``.
    private var base = MarblesState()
    private var histories: [String: [HistoryEntry]] = [:]
    private var places: [String: UInt64] = [:]

    init(contract: String) {
        self.contract = contract
    }

    func history(of marble: String) -> [HistoryEntry] { histories[marble] ?? [] }

    func block(_ number: UInt64) -> BlockView? {
        guard let first = blocks.first?.number, number >= first, number < height else { return nil }
        return blocks[blocks.startIndex + Int(number - first)]
    }

    /// The block of a transaction among those that are kept.
    func blockNumber(ofTransaction id: String) -> UInt64? { places[id] }

    /// What the ledger held once a block was in it; nil where the block is not among those that are kept.
    func state(after number: UInt64) -> MarblesState? {
        guard let first = blocks.first?.number, number >= first, number < height else { return nil }
        var state = base
        for block in blocks.prefix(Int(number - first) + 1) { state.apply(block) }
        return state
    }

    /// Blocks below a number that are kept, the oldest first.
    func blocks(before number: UInt64, count: Int) -> [BlockView] {
        guard let first = blocks.first?.number, number > first else { return [] }
        return Array(blocks.prefix(Int(min(number, height) - first)).suffix(count))
    }

    /// Takes the next block in.
    ///
    /// - Parameter names: finds names of signers, and remembers them.
    /// - Returns: nil for a block that was taken in before.
    mutating func apply(_ block: ClientBlock, names: inout PartyNames) -> BlockView? {
        guard block.number >= height else { return nil }
        height = block.number + 1
        let view = BlockView(
            number: block.number,
            transactions: block.transactions.map { apply($0, block: block.number, names: &names) })
        for transaction in view.transactions where !transaction.id.isEmpty {
            places[transaction.id] = block.number
        }
        blocks.append(view)
        if blocks.count > Self.blockCountMax {
            let oldest = blocks.removeFirst()
            base.apply(oldest)
            for transaction in oldest.transactions { places[transaction.id] = nil }
        }
        return view
    }

    private mutating func apply(
        _ entry: ClientBlock.Entry, block: UInt64, names: inout PartyNames
    ) -> TransactionView {
        // Block 0 is the channel's beginning and has no verdict.
        let isValid = entry.code.isValid || block == 0
        guard let content = entry.content else {
            return TransactionView(
                id: entry.transactionID, code: isValid ? "VALID" : entry.code.name, isValid: isValid, time: 0, by: nil,
                contract: "", function: "", endorsers: [], changes: [])
        }
        var view = TransactionView(
            id: entry.transactionID, code: entry.code.name, isValid: isValid, time: content.milliseconds,
            by: names.view(content.creator), contract: content.contract,
            function: content.arguments.first?.utf8Text ?? "",
            endorsers: content.endorsers.map { names.view($0) }, changes: [])
        guard isValid else { return view }
        for write in content.writes where write.contract == contract {
            if let change = apply(write, of: view, block: block) { view.changes.append(change) }
        }
        return view
    }

    private mutating func apply(
        _ write: TransactionContent.Write, of transaction: TransactionView, block: UInt64
    ) -> ChangeView? {
        guard let key = write.key.utf8Text else { return nil }
        guard let value = write.value else {
            guard marbles.removeValue(forKey: key) != nil else { return nil }
            remember(nil, marble: key, transaction, block: block)
            return .marbleGone(id: key)
        }
        guard let record = StoredRecord(value) else { return nil }
        switch record.docType {
        case "marble":
            let marble = MarbleView(
                id: key, color: record.color ?? "", size: record.size ?? 0, owner: record.owner?.id ?? "")
            marbles[key] = marble
            remember(marble, marble: key, transaction, block: block)
            return .marble(marble)
        case "marble_owner":
            let owner = OwnerView(
                id: key, name: record.username ?? "", company: record.company ?? "",
                isEnabled: record.enabled ?? false, points: owners[key]?.points ?? 0)
            owners[key] = owner
            return .owner(owner)
        case "marble_points":
            guard let id = record.owner?.id, var owner = owners[id] else { return nil }
            owner.points = record.points ?? 0
            owners[id] = owner
            return .owner(owner)
        default: return nil
        }
    }

    private mutating func remember(
        _ marble: MarbleView?, marble id: String, _ transaction: TransactionView, block: UInt64
    ) {
        let owner = marble.flatMap { owners[$0.owner] }
        var history = histories[id] ?? []
        if history.count == Self.historyCountMax { history.removeFirst() }
        history.append(
            HistoryEntry(
                block: block, transaction: transaction.id, time: transaction.time, by: transaction.by,
                function: transaction.function, endorsers: transaction.endorsers, marble: marble,
                owner: owner.map { PartyView(company: $0.company, name: $0.name) }))
        histories[id] = history
    }
}

extension TransactionContent {
    /// In milliseconds since 1970; what lies beyond any calendar is 0.
    fileprivate var milliseconds: Int64 {
        time.magnitude < 1e12 ? Int64(time * 1_000) : 0
    }
}

/// What the contract stores under a key: an owner, a marble or points.
struct StoredRecord: Decodable {
    struct Owner: Decodable {
        var id: String?
    }

    var docType: String?
    var color: String?
    var size: Int64?
    var owner: Owner?
    var username: String?
    var company: String?
    var enabled: Bool?
    var points: Int64?

    /// Nil for what is no such record.
    init?(_ bytes: Bytes) {
        guard let record = try? JSONDecoder().decode(Self.self, from: Data(bytes.array)) else { return nil }
        self = record
    }
}
