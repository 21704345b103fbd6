package import FabricTypes
internal import LedgerCore
package import Membership
internal import OrderingCore

extension OrdererChannel: DeliveryChain {
    package var configurationSequence: UInt64 { configuration.sequence }

    package var isHalted: Bool { feed.halt != nil }

    package func waitForHeight(above height: BlockNumber) async throws {
        _ = try await feed.wait(above: height)
    }

    package func block(_ number: BlockNumber) async throws -> Bytes {
        if let block = recent[number] { return block }
        return try await reading.run { [log] in try log.block(number) }
    }

    /// Readers of the channel may read; during maintenance only those of the orderers' organisations.
    package func checkAccess(_ signedData: SignedData) throws(PolicyError) {
        let configuration = configuration
        let path = configuration.orderer.isInMaintenance ? PolicyPath.ordererReaders : .channelReaders
        try configuration.policies.check(path, [signedData])
    }
}
