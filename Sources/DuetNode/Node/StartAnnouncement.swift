internal import ServiceLifecycle

/// Tells that the node is up once its listeners are bound and its parts ready; then waits for the end.
struct StartAnnouncement<Value: Sendable>: Service {
    let listening: OneShot<Value>
    let parts: [NodePart]
    let announce: @Sendable (Value, [String]) async -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            guard let value = await listening.value else { return }
            var lines: [String] = []
            for part in parts { lines += await part.readiness() }
            guard !Task.isCancelled else { return }
            await announce(value, lines)
        }
        try? await gracefulShutdown()  // throws when cancelled, which ends the service as well
    }
}
