internal import Foundation
internal import NodeHTTP

/// The node's access keys on disk: `access-keys.json` in the data folder, readable by its owner alone.
///
/// A first start makes one key with the role `admin`, so that clients that must sign have something to sign with.
struct AccessKeyFile {
    private struct Document: Codable {
        struct Key: Codable {
            var id: String
            var secret: String
            var organization: String
            var role: AccessKey.Role
        }

        var keys: [Key]
    }

    let path: String

    /// Reads the keys, or makes the first one for `organization`.
    ///
    /// - Throws: ``NodeConfigurationError`` for a file that is not of the form or holds an invalid key.
    func load(organization: String) throws -> [AccessKey] {
        if !FileManager.default.fileExists(atPath: path) { try create(organization: organization) }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw NodeConfigurationError(problems: [
                "The access keys in \"\(path)\" cannot be read (\(error)). Mend the file, or move it away to get a new key."
            ])
        }
        let keys = document.keys.compactMap {
            AccessKey(id: $0.id, secret: $0.secret, organization: $0.organization, role: $0.role)
        }
        guard keys.count == document.keys.count, Set(keys.map(\.id)).count == keys.count else {
            throw NodeConfigurationError(problems: [
                "\"\(path)\" holds a key that is not valid or twice: an id has 1 to 128 letters, digits, \"-\" and \"_\"; a "
                    + "secret 1 to 256 visible characters."
            ])
        }
        return keys
    }

    private func create(organization: String) throws {
        let key = Document.Key(
            id: "duet-" + Self.randomText(byteCount: 6), secret: Self.randomText(byteCount: 24),
            organization: organization,
            role: .admin)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let data = try encoder.encode(Document(keys: [key]))
        guard
            FileManager.default.createFile(
                atPath: path, contents: data, attributes: [.posixPermissions: NSNumber(value: 0o600)])
        else {
            throw NodeConfigurationError(problems: ["\"\(path)\" cannot be written. Check the folder's owner."])
        }
    }

    private static func randomText(byteCount: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<byteCount).map { _ in
            let digits = String(generator.next(upperBound: 256 as UInt), radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
