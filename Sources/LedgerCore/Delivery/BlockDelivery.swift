package import FabricTypes
package import Membership

/// Serves requests for blocks: the rules that orderers and peers share.
///
/// One value per stream. The caller reads requests from the client one after another and gives each to
/// ``serve(_:from:send:)``; it sends the status that comes back and, unless that is `success`, ends the stream. The client
/// having sent its last request is noticed only when the next one is read, so that a stream goes on after it.
/// Source: Fabric's `deliver.Handler`.
package struct BlockDelivery: Sendable {
    /// A block on its way to a client.
    package struct Delivered: Sendable {
        package let number: BlockNumber
        /// The encoded block in the form that was asked for.
        package let block: Bytes
        /// Who asked, for what depends on the reader, such as private data.
        package let reader: SignedData
    }

    private let binding: TLSBinding
    private let givesHeadersAlone: Bool
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - givesHeadersAlone: whether a request may ask for blocks without their data. Orderers do so; Fabric's peers take
    ///     no notice of the wish.
    ///   - now: the server's time.
    package init(binding: TLSBinding, givesHeadersAlone: Bool = true, now: @escaping @Sendable () -> Timestamp) {
        self.binding = binding
        self.givesHeadersAlone = givesHeadersAlone
        self.now = now
    }

    /// Serves one request, and returns the status that the client gets after the last block.
    ///
    /// - Parameters:
    ///   - envelope: the encoded request.
    ///   - chains: finds a channel by the name in the request.
    ///   - send: sends a block; suspends while the client is slow.
    /// - Returns: nil for success.
    /// - Throws: `CancellationError`, and what `send` throws: the client is gone.
    package func serve<Chain: DeliveryChain>(
        _ envelope: Bytes, from chains: (Bytes) -> Chain?, send: (Delivered) async throws -> Void
    ) async throws -> SeekRefusal? {
        do {
            let request = try SeekRequest(decoding: envelope, now: now(), binding: binding)
            guard let chain = chains(request.channelName) else {
                return SeekRefusal(.notFound, "There is no channel \"\(request.channelName.lossyText)\" here.")
            }
            try await deliver(request, from: chain, send: send)
            return nil
        } catch let refusal as SeekRefusal {
            return refusal
        }
    }

    private func deliver<Chain: DeliveryChain>(
        _ request: SeekRequest, from chain: Chain, send: (Delivered) async throws -> Void
    ) async throws {
        let info = try request.seekInfo()
        let isStrict = info.errorResponse != SeekInfo.ErrorResponse.bestEffort
        if isStrict, chain.isHalted { throw Self.halted }
        var access = DeliveryAccess(request.signedData)
        try access.check(chain, now: now())
        let range = try SeekRange(info, height: chain.height)
        var number = range.first
        while true {
            if info.behavior == SeekInfo.Behavior.failIfNotReady, number >= chain.height {
                throw SeekRefusal(.notFound, "Block \(number) does not exist yet.")
            }
            let block = try await Self.block(number, of: chain, isStrict: isStrict)
            try access.check(chain, now: now())
            let isHeaderWanted = givesHeadersAlone && info.contentType == SeekInfo.ContentType.headerWithSignature
            let content = isHeaderWanted ? try Self.withoutData(block) : block
            try await send(Delivered(number: number, block: content, reader: request.signedData))
            if number == range.last { return }
            // Blocks are delivered one by one, so a number never gets near its end.
            number &+= 1
        }
    }

    private static let halted = SeekRefusal(.serviceUnavailable, "This node can add no more blocks to the channel.")

    private static func block<Chain: DeliveryChain>(
        _ number: BlockNumber, of chain: Chain, isStrict: Bool
    ) async throws -> Bytes {
        do {
            if isStrict, chain.isHalted { throw halted }
            if chain.height <= number { try await chain.waitForHeight(above: number) }
            try Task.checkCancellation()
            return try await chain.block(number)
        } catch let error where error is CancellationError || error is SeekRefusal {
            throw error
        } catch is ChainHalted {
            throw halted
        } catch {
            throw SeekRefusal(.serviceUnavailable, "Block \(number) cannot be read. \(error)")
        }
    }

    /// Header and metadata alone; a config block stays whole, since readers need it to judge those that follow.
    private static func withoutData(_ bytes: Bytes) throws -> Bytes {
        let block = try Block(decoding: bytes)
        return block.isConfigBlock ? bytes : block.withoutData.encoded()
    }
}
