internal import Foundation
internal import FunctionTypes
internal import NodeHTTP

/// Connection settings of a network for clients: given by the JSON API, and written into the data folder at each start, since
/// they follow from the network and the address it listens on.
struct ConnectionFiles: NetworkConnections {
    let network: FoundedNetwork
    let host: String

    var folder: String { "\(dataFolder)/\(NetworkFiles.connectionsName)" }

    /// With its full path.
    private var dataFolder: String { URL(fileURLWithPath: network.organizations.path).deletingLastPathComponent().path }

    func profile(of organization: String, _ style: NetworkConnectionStyle) -> JSONValue? {
        guard network.description.organizations.contains(where: { $0.name == organization }) else { return nil }
        return ConnectionProfile(
            description: network.description, folder: dataFolder, host: host, organization: organization
        ).json(style)
    }

    /// The least that `peer` reads before it does anything; whoever has a file of his own keeps to that.
    private static let coreText = """
        peer:
          BCCSP:
            Default: SW
            SW:
              Hash: SHA2
              Security: 256

        """

    /// - Returns: the folder.
    func write() throws -> String {
        let path = folder
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        for organization in network.description.organizations.map(\.name) {
            for style in NetworkConnectionStyle.allCases {
                guard let profile = profile(of: organization, style) else { continue }
                let name = style == .common ? organization : "\(organization)-\(style.rawValue)"
                try DurableFile.write([UInt8](try encoder.encode(profile)), to: "\(path)/\(name).json")
            }
        }
        try DurableFile.write([UInt8](Self.coreText.utf8), to: "\(path)/core.yaml")
        return path
    }
}
