package import FabricTypes
internal import LedgerCore
internal import Logging
package import Membership
internal import Synchronization

/// A peer: its identity and the channels it has joined.
///
/// Safe to use from any thread.
package final class Peer: Sendable {
    package let settings: PeerSettings
    private let ledgers: any LedgerProvider
    private let state = Mutex(State())

    private struct State {
        var channels: [ChannelID: PeerChannel] = [:]
        /// Channels that are being joined.
        var joining: Set<ChannelID> = []
        /// Told of channels joined later.
        var followers: [AsyncStream<PeerChannel>.Continuation] = []
    }

    /// Opens all channels that have a ledger. Blocks.
    ///
    /// - Throws: the error of the first channel that cannot be opened.
    package init(settings: PeerSettings, ledgers: any LedgerProvider) throws {
        self.settings = settings
        self.ledgers = ledgers
        for id in try ledgers.channelIDs().sorted(by: { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) })
        {
            let ledger = try ledgers.open(id)
            // A crash while joining leaves an empty one: the channel is joined again.
            guard ledger.store.height > 0 else {
                ledger.close()
                continue
            }
            let channel = try PeerChannel(opening: ledger, id: id, settings: settings)
            state.withLock { $0.channels[id] = channel }
        }
    }

    package var mspID: MSPID { settings.signer.mspID }
    package var signer: SigningIdentity { settings.signer }

    package func channel(_ id: ChannelID) -> PeerChannel? {
        state.withLock { $0.channels[id] }
    }

    /// By name.
    package var channels: [PeerChannel] {
        state.withLock { Array($0.channels.values) }
            .sorted { $0.id.rawValue.utf8.lexicographicallyPrecedes($1.id.rawValue.utf8) }
    }

    /// Joins a channel by its first block. Blocks.
    ///
    /// - Throws: ``PeerError`` `unusableGenesis`, `channelExists`; the errors of the store.
    @discardableResult
    package func join(_ genesis: Bytes) throws -> PeerChannel {
        let id = try GenesisBlock.check(genesis, signatures: settings.signatures).1.channelID
        let isNew = state.withLock { state in
            state.channels[id] == nil && state.joining.insert(id).inserted
        }
        guard isNew else {
            throw PeerError(.channelExists, "This peer has joined channel \"\(id)\" already.")
        }
        defer { state.withLock { _ = $0.joining.remove(id) } }
        let ledger = try ledgers.open(id)
        let channel: PeerChannel
        do {
            channel = try PeerChannel.join(with: genesis, in: ledger, settings: settings)
        } catch {
            ledger.close()
            throw error
        }
        let followers = state.withLock { state in
            state.channels[id] = channel
            return state.followers
        }
        for follower in followers { follower.yield(channel) }
        settings.logger.notice("Channel joined", metadata: ["channel.id": "\(id)"])
        return channel
    }

    /// The channels joined so far and those joined later. Bounded by the number of channels of a peer.
    package func allChannels() -> AsyncStream<PeerChannel> {
        let (stream, continuation) = AsyncStream.makeStream(of: PeerChannel.self, bufferingPolicy: .unbounded)
        let known = state.withLock { state in
            state.followers.append(continuation)
            return Array(state.channels.values)
        }
        for channel in known { continuation.yield(channel) }
        return stream
    }

    /// Ends all channels and gives their files back.
    package func close() {
        let (channels, followers) = state.withLock { state in (Array(state.channels.values), state.followers) }
        for follower in followers { follower.finish() }
        for channel in channels { channel.close() }
    }
}
