package import FabricTypes
internal import OrderingCore

extension Orderer {
    /// Orders one envelope: `orderer.AtomicBroadcast/Broadcast` for a single message.
    ///
    /// - Parameter envelope: the encoded `common.Envelope`.
    /// - Returns: success once the envelope stands in a durable block.
    package func broadcast(_ envelope: Bytes) async -> BroadcastResponse {
        await withCheckedContinuation { continuation in
            submit(envelope) { continuation.resume(returning: $0) }
        }
    }

    /// Judges and queues one envelope; those submitted one after another to a channel are ordered in that order.
    ///
    /// - Parameter answer: called once, from any thread, perhaps before this returns. Must not block.
    package func submit(_ envelope: Bytes, answer: @escaping @Sendable (BroadcastResponse) -> Void) {
        let arrival = options.time.uptime()
        do throws(IntakeRefusal) {
            let received = try ReceivedEnvelope(decoding: envelope)
            guard let channel = channel(named: received.channelName) else {
                throw IntakeRefusal(.badRequest, "channel does not exist")
            }
            channel.submit(received) { [figures, time = options.time, name = channel.id.rawValue] response in
                figures.add(response.status, channel: name, after: time.uptime() - arrival)
                answer(response)
            }
        } catch {
            figures.add(error.response.status, channel: "", after: options.time.uptime() - arrival)
            answer(error.response)
        }
    }
}
