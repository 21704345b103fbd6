package import FabricTypes
package import Membership

/// One channel as a deliver service reads it: an orderer's chain, or a peer's ledger.
///
/// Concurrency: any number of streams read at once.
package protocol DeliveryChain: Sendable {
    /// The number of the last block that may be delivered, plus one. Never falls.
    var height: BlockNumber { get }

    /// How often the channel's configuration has changed. Whenever it rises, readers are judged anew.
    var configurationSequence: UInt64 { get }

    /// Whether the node can add no more blocks to this channel. What it has can still be read.
    var isHalted: Bool { get }

    /// Returns once ``height`` is above the given one.
    ///
    /// - Throws: ``ChainHalted`` when the chain is halted, also while this waits; `CancellationError`.
    func waitForHeight(above height: BlockNumber) async throws

    /// An encoded block below ``height``.
    ///
    /// - Throws: whatever keeps it from being read; the stream ends with `serviceUnavailable`.
    func block(_ number: BlockNumber) async throws -> Bytes

    /// Whether the signer of a request may read the channel, by the configuration in force.
    func checkAccess(_ signedData: SignedData) throws(PolicyError)
}

/// The chain takes no more blocks: nothing that waits for one will see it.
package struct ChainHalted: Error, Hashable, Sendable, CustomStringConvertible {
    /// A whole sentence.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
