internal import ArgumentParser
internal import Foundation
internal import FunctionTypes

/// `duet network env`.
struct NetworkEnvironmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Print the variables by which Fabric's peer finds the network.",
        discussion: """
            For a shell on the node's own machine: eval "$(duet network env)". ORDERER_ADDRESS and ORDERER_CA are for peer's \
            options: -o "$ORDERER_ADDRESS" --tls --cafile "$ORDERER_CA".
            """)

    @Option(help: ArgumentHelp("Whose identity signs: a name of \"identity list\".", valueName: "name"))
    var user = "Admin"

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let profile = try await options.call(.get, ["api", "network", "connection"])
        let network = try await options.call(.get, ["api", "network"])
        let identities = try await options.call(.get, ["api", "identities"])
        let organization = profile["client"]?["organization"]?.stringValue ?? ""
        let found = identities.arrayValue?.first { identity in
            let name = identity["name"]?.stringValue ?? ""
            return name == user || name.hasPrefix("\(user)@")
        }
        guard let folder = found?["mspFolder"]?.stringValue else {
            throw CommandError(
                .failed, "The organisation \"\(organization)\" has no identity \"\(user)\". See \"identity list\".")
        }
        let peerName = profile["organizations"]?[organization]?["peers"]?.arrayValue?.first?.stringValue ?? ""
        let orderer = profile["orderers"]?.objectValue?.values.first
        var variables =
            [
                ("CORE_PEER_LOCALMSPID", organization), ("CORE_PEER_MSPCONFIGPATH", folder),
            ] + Self.node("CORE_PEER_ADDRESS", "CORE_PEER_TLS_ROOTCERT_FILE", profile["peers"]?[peerName])
            + [("CORE_PEER_TLS_ENABLED", Self.hasTLS(profile["peers"]?[peerName]) ? "true" : "false")]
            + Self.node("ORDERER_ADDRESS", "ORDERER_CA", orderer)
        // Who has a core.yaml of his own keeps to it.
        if let folder = network["connectionsFolder"]?.stringValue,
            ProcessInfo.processInfo.environment["FABRIC_CFG_PATH"] == nil
        {
            variables.append(("FABRIC_CFG_PATH", folder))
        }
        try options.output.print(Dictionary(variables) { $1 }) { _ in
            variables.map { "export \($0.0)=\(Self.quoted($0.1))\n" }.joined()
        }
    }

    private static func hasTLS(_ node: JSONValue?) -> Bool {
        node?["url"]?.stringValue?.hasPrefix("grpcs://") ?? false
    }

    private static func node(_ address: String, _ authority: String, _ node: JSONValue?) -> [(String, String)] {
        guard let url = node?["url"]?.stringValue, let scheme = url.firstRange(of: "://") else { return [] }
        let path = node?["tlsCACerts"]?["path"]?.stringValue
        return [(address, String(url[scheme.upperBound...]))] + (path.map { [(authority, $0)] } ?? [])
    }

    /// As a shell takes it for one word, whatever is in it.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-:@+".utf8.contains(byte)
            }
        }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
