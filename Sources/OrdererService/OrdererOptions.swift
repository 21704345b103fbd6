/// What an orderer's owner may set.
package struct OrdererOptions: Sendable {
    /// How many envelopes of one channel may wait for their block; what comes beyond is answered `SERVICE_UNAVAILABLE`.
    package var queuedEnvelopeCountMax = 20_000
    /// The same in bytes.
    package var queuedByteCountMax = 256 << 20
    /// How many channels may be joined.
    package var channelCountMax = 1_000
    package var time = OrdererTime.system

    package init() {}
}
