internal import Synchronization

/// Where access keys are looked up. Answers from memory; called for every signed request.
package protocol AccessKeyStore: Sendable {
    func accessKey(id: String) -> AccessKey?
}

/// Access keys held in memory; the node fills it at start.
package final class InMemoryAccessKeys: AccessKeyStore {
    private let keys: Mutex<[String: AccessKey]>

    package init(_ keys: [AccessKey] = []) {
        self.keys = Mutex(Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last }))
    }

    package func accessKey(id: String) -> AccessKey? {
        keys.withLock { $0[id] }
    }

    /// Adds the key, or replaces the one with its id.
    package func put(_ key: AccessKey) {
        keys.withLock { $0[key.id] = key }
    }

    package func remove(id: String) {
        keys.withLock { $0[id] = nil }
    }
}
