package import FabricTypes
package import FunctionTypes

/// One channel's blocks, as a peer committed or an orderer ordered them.
package protocol LedgerReading: Sendable {
    /// Whether the blocks carry validation codes.
    var isCommitted: Bool { get }

    /// The last block's number plus one.
    var height: BlockNumber { get }

    /// An encoded block; nil where it is not held.
    func block(_ number: BlockNumber) async throws -> Bytes?

    /// Block and place in it; nil where the ledger has no such transaction, or keeps no such index.
    func position(ofTransaction id: String) async throws -> (block: BlockNumber, index: Int)?

    /// Returns once the height is above `height`. Never slows the one who adds blocks.
    ///
    /// - Throws: `CancellationError`, or why no more blocks will come.
    func wait(above height: BlockNumber) async throws
}

/// The ledgers that this node holds.
package protocol LedgerDirectory: Sendable {
    /// Names the network in the sources of events.
    var network: String { get }

    /// The channel's ledger at a peer of the organisation; nil where it has none here.
    func committed(_ channel: String, of organization: OrganizationName) -> (any LedgerReading)?

    /// The channel's blocks at the orderer of this node; nil where there is none.
    func ordered(_ channel: String) -> (any LedgerReading)?

    /// Organisations with a peer here, and the channels it is in.
    var memberships: [(organization: OrganizationName, channel: String)] { get }
}
