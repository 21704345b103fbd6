internal import Foundation
internal import Logging
internal import NodeHTTP

/// What every part of a node is made from.
struct NodeBase: Sendable {
    let configuration: NodeConfiguration
    /// The data folder's full path; it exists.
    let folder: String
    /// The node's own log. Parts that start after the log service get one that leads there too.
    var logger: Logger
    let accessKeysPath: String
    /// A key of the default organisation.
    let firstAccessKeyID: String?
    let keys: AccessKeyFile
    let access: AccessControl

    /// Makes the data folder and reads the access keys.
    ///
    /// - Throws: ``NodeConfigurationError`` with every problem of the configuration at once.
    static func open(_ configuration: NodeConfiguration, logger: Logger) throws -> NodeBase {
        let problems = configuration.problems
        guard problems.isEmpty else { throw NodeConfigurationError(problems: problems) }
        let folder = URL(fileURLWithPath: configuration.dataFolder).standardizedFileURL.path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: NSNumber(value: 0o700)])
        } catch {
            throw NodeConfigurationError(problems: [
                "The data folder \"\(folder)\" cannot be made (\(error.localizedDescription)). Check its owner."
            ])
        }
        let accessKeysPath = folder + "/access-keys.json"
        let keys = try AccessKeyFile(path: accessKeysPath, organization: configuration.organization)
        return NodeBase(
            configuration: configuration, folder: folder, logger: logger, accessKeysPath: accessKeysPath,
            firstAccessKeyID: keys.firstKey(of: configuration.organization)?.id, keys: keys,
            access: AccessControl(keys: keys, anonymousOrganization: configuration.anonymousOrganization))
    }
}
