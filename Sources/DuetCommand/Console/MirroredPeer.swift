internal import DuetClient
internal import FabricTypes

/// What is asked of a peer before its channels are followed: which there are, and how each begins.
struct MirroredPeer: Sendable {
    /// Less than a call waits by itself, whose failure would say nothing of the cause.
    private static let timeMax = Duration.seconds(10)

    let client: NetworkClient
    /// `host:port`.
    let address: String

    /// The first block of each channel.
    ///
    /// - Parameters:
    ///   - names: the channels; none for all that the peer has joined.
    ///   - kept: channels that are mirrored already. They are told with the others where the peer gives them, and left out
    ///     where it does not: peers may leave channels.
    /// - Throws: ``CommandError`` that says what the peer refuses, and to whom.
    func genesisBlocks(of names: [String], kept: [ChannelID]) async throws -> [Bytes] {
        try await withThrowingTaskGroup(of: [Bytes]?.self) { group in
            group.addTask { try await ask(names, kept) }
            group.addTask {
                try await Task.sleep(for: Self.timeMax)
                return nil
            }
            defer { group.cancelAll() }
            guard let blocks = try await group.next() ?? nil else {
                throw CommandError(
                    .unreachable,
                    "The peer at \(address) does not answer within \(Self.timeMax). It may be overloaded, demand TLS, or demand a "
                        + "certificate of clients, which this command has none of: see the peer's log."
                )
            }
            return blocks
        }
    }

    private func ask(_ names: [String], _ kept: [ChannelID]) async throws -> [Bytes] {
        do {
            var channels = try names.map { try ChannelID(validating: $0) }
            if channels.isEmpty { channels = try await client.joinedChannels() }
            guard !channels.isEmpty else {
                throw CommandError(.failed, "The peer at \(address) has joined no channel yet.")
            }
            var blocks: [Bytes] = []
            for channel in channels {
                do {
                    blocks.append(try await client.channel(channel).firstBlock())
                } catch let error as ClientError {
                    throw refusal(error, of: "the blocks of channel \"\(channel)\"")
                }
            }
            for channel in kept where !channels.contains(channel) {
                do {
                    blocks.append(try await client.channel(channel).firstBlock())
                } catch is ClientError {
                    // The console tells while it runs which channels the peer does not give.
                    continue
                }
            }
            return blocks
        } catch let error as ClientError {
            throw refusal(error, of: "the names of its channels", hint: " Or name the channels with --channel.")
        } catch let error as InvalidName {
            throw CommandError(.usage, "--channel: \(error)")
        }
    }

    private func refusal(_ error: ClientError, of what: String, hint: String = "") -> CommandError {
        let identity = client.identity.mspID
        let message = error.message.hasSuffix(".") ? error.message : error.message + "."
        let isDenied =
            error.code == .permissionDenied || error.code == .unauthenticated
            || error.message.contains("access denied") || error.message.contains("creator")
        guard isDenied else {
            return CommandError(
                error.code == .unavailable ? .unreachable : .failed,
                "The peer at \(address) does not give \(what): \(message)\(hint)".escapingControls)
        }
        return CommandError(
            .notAllowed,
            ("The peer at \(address) refuses \(what) to this identity of \"\(identity)\": \(message) Give the MSP folder "
                + "of a member of the channel with --msp-folder, and its MSP id with --organization.\(hint)")
                .escapingControls)
    }
}
