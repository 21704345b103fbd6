internal import FabricTypes
internal import LedgerCore
internal import Membership

/// A peer's channel as its event streams read it.
struct PeerDeliveryChain: DeliveryChain {
    let channel: PeerChannel
    /// What readers must have access to.
    let resource: AccessResource

    var height: BlockNumber { channel.commits.height }

    var configurationSequence: UInt64 { channel.configuration.sequence }

    /// What is committed can be read from a stopped channel too; only who waits for more is told.
    var isHalted: Bool { false }

    func waitForHeight(above height: BlockNumber) async throws {
        do {
            _ = try await channel.commits.wait(above: height)
        } catch let error as PeerError where error.code == .channelStopped {
            throw ChainHalted(error.message)
        }
    }

    func block(_ number: BlockNumber) async throws -> Bytes {
        guard let block = try await channel.block(number) else {
            throw LedgerStoreError(
                .failed, "Block \(number) of channel \"\(channel.id)\" is below its height and cannot be found.")
        }
        return block
    }

    func checkAccess(_ signedData: SignedData) throws(PolicyError) {
        try channel.configuration.checkAccess(to: resource, [signedData])
    }
}
