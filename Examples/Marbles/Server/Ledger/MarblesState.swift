/// Who owned what at one moment.
struct MarblesState: Hashable, Sendable {
    private(set) var owners: [String: OwnerView] = [:]
    private(set) var marbles: [String: MarbleView] = [:]

    /// Goes on by one block.
    mutating func apply(_ block: BlockView) {
        for change in block.transactions.lazy.flatMap(\.changes) {
            switch change {
            case .owner(let owner): owners[owner.id] = owner
            case .marble(let marble): marbles[marble.id] = marble
            case .marbleGone(let id): marbles[id] = nil
            }
        }
    }
}
