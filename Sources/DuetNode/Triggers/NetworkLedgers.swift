internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore
internal import OrdererService
internal import PeerService
internal import TriggerService

/// The ledgers of this process's network, as triggers read them.
struct NetworkLedgers: LedgerDirectory {
    let network: String
    let peers: [Peer]
    let orderer: Orderer?

    func committed(_ channel: String, of organization: OrganizationName) -> (any LedgerReading)? {
        guard let id = try? ChannelID(validating: channel) else { return nil }  // no such channel anywhere
        return peers.lazy.filter { $0.mspID.rawValue == organization.rawValue }.compactMap { $0.channel(id) }.first
            .map(CommittedLedger.init)
    }

    func ordered(_ channel: String) -> (any LedgerReading)? {
        guard let id = try? ChannelID(validating: channel) else { return nil }
        return orderer?.channel(id).map(OrderedLedger.init)
    }

    var memberships: [(organization: OrganizationName, channel: String)] {
        var seen: Set<String> = []
        return peers.flatMap { peer in
            peer.channels.compactMap { channel in
                // An MSP whose name no organisation of the function half can have has no functions either.
                guard let organization = try? OrganizationName(validating: peer.mspID.rawValue),
                    seen.insert("\(organization)/\(channel.id)").inserted
                else { return nil }
                return (organization, channel.id.rawValue)
            }
        }
    }
}

private struct CommittedLedger: LedgerReading {
    let channel: PeerChannel

    var isCommitted: Bool { true }
    var height: BlockNumber { channel.commits.height }

    func block(_ number: BlockNumber) async throws -> Bytes? { try await channel.block(number) }

    func position(ofTransaction id: String) async throws -> (block: BlockNumber, index: Int)? {
        try await channel.read { try $0.position(ofTransaction: Bytes(id)) }.map {
            ($0.blockNumber, Int($0.transactionIndex))
        }
    }

    func wait(above height: BlockNumber) async throws { _ = try await channel.commits.wait(above: height) }
}

private struct OrderedLedger: LedgerReading {
    let channel: OrdererChannel

    var isCommitted: Bool { false }
    var height: BlockNumber { channel.height }

    func block(_ number: BlockNumber) async throws -> Bytes? {
        guard number < channel.height else { return nil }
        return try await channel.block(number)
    }

    func position(ofTransaction id: String) -> (block: BlockNumber, index: Int)? { nil }

    func wait(above height: BlockNumber) async throws { try await channel.waitForHeight(above: height) }
}
