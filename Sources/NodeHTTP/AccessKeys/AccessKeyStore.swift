internal import Synchronization

/// Where access keys are looked up. Answers from memory; called for every signed request.
package protocol AccessKeyStore: Sendable {
    func accessKey(id: String) -> AccessKey?
}

/// An access key store that can also be changed. What a change returned survives a loss of power.
package protocol AccessKeyKeeping: AccessKeyStore {
    /// Sorted by id.
    func accessKeys(of organization: String) -> [AccessKey]

    /// Makes a key with a random secret.
    func makeAccessKey(for organization: String, role: AccessKey.Role) async throws -> AccessKey

    /// - Returns: the key that was removed; nil if the organisation has none with this id.
    func removeAccessKey(id: String, of organization: String) async throws -> AccessKey?
}

/// Access keys that are forgotten with the process.
package final class InMemoryAccessKeys: AccessKeyKeeping {
    private let keys: Mutex<[String: AccessKey]>

    package init(_ keys: [AccessKey] = []) {
        self.keys = Mutex(Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last }))
    }

    package func accessKey(id: String) -> AccessKey? {
        keys.withLock { $0[id] }
    }

    /// Sorted by id.
    package var all: [AccessKey] {
        keys.withLock { $0.values.sorted { $0.id < $1.id } }
    }

    package func accessKeys(of organization: String) -> [AccessKey] {
        all.filter { $0.organization == organization }
    }

    package func makeAccessKey(for organization: String, role: AccessKey.Role) -> AccessKey {
        let key = AccessKey.random(organization: organization, role: role)
        put(key)
        return key
    }

    package func removeAccessKey(id: String, of organization: String) -> AccessKey? {
        keys.withLock { keys in
            guard keys[id]?.organization == organization else { return nil }
            return keys.removeValue(forKey: id)
        }
    }

    /// Adds the key, or replaces the one with its id.
    package func put(_ key: AccessKey) {
        keys.withLock { $0[key.id] = key }
    }

    package func remove(id: String) {
        keys.withLock { $0[id] = nil }
    }
}
