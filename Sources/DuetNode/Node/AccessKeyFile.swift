internal import Dispatch
internal import Foundation
internal import NodeHTTP

/// The node's access keys: held in memory, and in `access-keys.json` in the data folder, readable by its owner alone.
///
/// A first start makes one key with the role `admin`, so that clients that must sign have something to sign with.
final class AccessKeyFile: AccessKeyKeeping {
    private struct Document: Codable {
        struct Key: Codable {
            var id: String
            var secret: String
            var organization: String
            var role: AccessKey.Role
        }

        var keys: [Key]
    }

    private let path: String
    private let keys: InMemoryAccessKeys
    /// Changes come one after the other, and wait for the disk here.
    private let queue = DispatchQueue(label: "duet.access-keys")

    /// Reads the keys, or makes the first one for `organization`.
    ///
    /// - Throws: ``NodeConfigurationError`` for a file that is not of the form or holds an invalid key.
    init(path: String, organization: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            let first = AccessKey.random(organization: organization, role: .admin)
            keys = InMemoryAccessKeys([first])
            try write([first])
            return
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw NodeConfigurationError(problems: [
                "The access keys in \"\(path)\" cannot be read (\(error)). Mend the file, or move it away to get a new key."
            ])
        }
        let read = document.keys.compactMap {
            AccessKey(id: $0.id, secret: $0.secret, organization: $0.organization, role: $0.role)
        }
        guard read.count == document.keys.count, Set(read.map(\.id)).count == read.count else {
            throw NodeConfigurationError(problems: [
                "\"\(path)\" holds a key that is not valid or twice: an id has 1 to 128 letters, digits, \"-\" and \"_\"; a "
                    + "secret 1 to 256 visible characters."
            ])
        }
        keys = InMemoryAccessKeys(read)
    }

    func accessKey(id: String) -> AccessKey? { keys.accessKey(id: id) }

    func accessKeys(of organization: String) -> [AccessKey] { keys.accessKeys(of: organization) }

    /// A key of the organisation, an admin's if it has one.
    func firstKey(of organization: String) -> AccessKey? {
        let own = accessKeys(of: organization)
        return own.first { $0.role == .admin } ?? own.first
    }

    func makeAccessKey(for organization: String, role: AccessKey.Role) async throws -> AccessKey {
        try await change { keys in
            let key = AccessKey.random(organization: organization, role: role)
            keys.append(key)
            return key
        }
    }

    func removeAccessKey(id: String, of organization: String) async throws -> AccessKey? {
        try await change { keys in
            guard let index = keys.firstIndex(where: { $0.id == id && $0.organization == organization }) else {
                return nil
            }
            return keys.remove(at: index)
        }
    }

    /// Stores a change, then puts it in force.
    private func change<Result: Sendable>(
        _ body: @escaping @Sendable (inout [AccessKey]) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    with: Swift.Result {
                        let old = keys.all
                        var new = old
                        let result = try body(&new)
                        try write(new)
                        for key in old where !new.contains(key) { keys.remove(id: key.id) }
                        for key in new { keys.put(key) }
                        return result
                    })
            }
        }
    }

    /// Puts a new file in the place of the old one; on return it survives a loss of power.
    private func write(_ keys: [AccessKey]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let document = Document(
            keys: keys.map {
                .init(id: $0.id, secret: $0.secret.text, organization: $0.organization, role: $0.role)
            })
        let data = try encoder.encode(document)
        let new = path + ".new"
        guard
            FileManager.default.createFile(
                atPath: new, contents: nil, attributes: [.posixPermissions: NSNumber(value: 0o600)]),
            let handle = FileHandle(forWritingAtPath: new)
        else { throw Self.cannotBeWritten(path) }
        do {
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
            guard rename(new, path) == 0 else { throw Self.cannotBeWritten(path) }
        } catch {
            throw Self.cannotBeWritten(path)
        }
    }

    private static func cannotBeWritten(_ path: String) -> NodeConfigurationError {
        NodeConfigurationError(problems: [
            "\"\(path)\" cannot be written. Check the folder's owner and the disk's space."
        ])
    }
}
