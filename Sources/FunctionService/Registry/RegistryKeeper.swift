internal import Foundation
package import FunctionCore
internal import Synchronization

/// The registry that is in force: read from memory, changed one change at a time, each stored before it counts.
package final class RegistryKeeper: Sendable {
    private let registry: Mutex<Registry>
    private let store: any RegistryStore
    private let storage: BlockingQueue
    private let time: ServiceTime
    private let observers = Mutex<[@Sendable (Registry) -> Void]>([])

    /// Reads what is stored. Blocks.
    package init(
        store: any RegistryStore, limits: Registry.Limits = Registry.Limits(), eventSources: (any EventSources)? = nil,
        time: ServiceTime
    ) throws {
        let stored = try store.load()
        self.store = store
        self.time = time
        storage = BlockingQueue(label: "duet.functions.registry")
        registry = Mutex(
            Registry(
                services: stored.services, domains: stored.domains, limits: limits,
                eventSources: eventSources))
    }

    /// Reads the registry without copying it. `body` must be short.
    package func read<Result: Sendable, Failure: Error>(
        _ body: (borrowing Registry) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try registry.withLock { registry throws(Failure) in try body(registry) }
    }

    /// Called after every change, on the thread that made it, with the registry now in force.
    package func onChange(_ observer: @escaping @Sendable (Registry) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    /// Applies a change to a copy, stores it, then puts it in force. When this returns the change survives a loss of power.
    ///
    /// - Throws: what `body` throws, or a storage failure; nothing has changed then.
    package func change<Result: Sendable>(
        _ body: @escaping @Sendable (inout Registry, Registry.Occasion) throws -> Result
    ) async throws -> Result {
        try await storage.run { [self] in
            var copy = registry.withLock { $0 }
            let occasion = Registry.Occasion(now: time.now(), makeID: Self.makeID)
            let result = try body(&copy, occasion)
            let changes = copy.takeChanges()
            guard !changes.isEmpty else { return result }
            try store.commit(changes)
            registry.withLock { $0 = copy }
            for observer in observers.withLock({ $0 }) { observer(copy) }
            return result
        }
    }

    /// Tries a change on a copy and throws the copy away: what a dry run shows.
    package func rehearse<Result: Sendable>(
        _ body: (inout Registry, Registry.Occasion) throws -> Result
    ) throws -> Result {
        var copy = registry.withLock { $0 }
        return try body(&copy, Registry.Occasion(now: time.now(), makeID: Self.makeID))
    }

    @Sendable private static func makeID() -> String {
        UUID().uuidString.lowercased()
    }
}
