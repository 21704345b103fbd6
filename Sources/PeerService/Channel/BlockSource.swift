package import FabricTypes

/// What delivers a channel's blocks to a peer: the orderer of the same process, or one behind a network.
///
/// The peer trusts nothing of it: every block is verified.
package protocol BlockSource: Sendable {
    /// The channel's blocks from a number on, in order, as they are made: encoded `common.Block`s.
    ///
    /// The stream ends or throws when the source can give no more for now; the peer asks again. Make it with
    /// `AsyncThrowingStream(unfolding:)`, so that it produces what is asked for and nothing piles up.
    func blocks(of channel: ChannelID, from number: BlockNumber) -> AsyncThrowingStream<Bytes, any Error>
}
