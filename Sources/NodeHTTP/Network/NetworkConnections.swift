package import FunctionTypes

/// Settings by which clients find the network.
package protocol NetworkConnections: Sendable {
    /// Where the profiles stand as files, with a `core.yaml` for Fabric's `peer`; on the node's own machine.
    var folder: String { get }

    /// A connection profile; nil for an organisation that is not of the network.
    func profile(of organization: String, _ style: NetworkConnectionStyle) -> JSONValue?
}

/// Who reads a connection profile.
package enum NetworkConnectionStyle: String, Hashable, Sendable, CaseIterable {
    /// Fabric's common connection profile.
    case common
    /// fabric-sdk-py, which reads the same keys with other values.
    case fabricSDKPy = "fabric-sdk-py"
}
