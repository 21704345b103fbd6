internal import ContractService
internal import DuetContract
internal import DuetNode
internal import FabricGRPC
internal import Foundation
internal import FunctionSandbox
internal import NodeHTTP
internal import PeerService

extension UpSettings {
    /// What the node is made from, as far as it can be told, with everything that is wrong, a sentence each.
    ///
    /// - Parameters:
    ///   - linked: into this program.
    ///   - isFresh: whether a network that is there makes room.
    func nodeConfiguration(
        linked: [LinkedContract], isFresh: Bool
    ) -> (configuration: NodeConfiguration, problems: [String]) {
        var problems: [String] = []
        var listener = ListenerConfiguration(addresses: listen ?? [Self.listenDefault])
        if let connectionCountMax { listener.connectionCountMax = connectionCountMax }
        if let tls {
            do {
                listener.tls = try ListenerTLS(certificate: try Self.read(tls.certificate), key: try Self.read(tls.key))
            } catch {
                problems.append("\(error)")
            }
        }
        let configuration = NodeConfiguration(
            dataFolder: dataFolder, listener: listener, hostNames: Set(hostNames ?? []),
            organization: organizationInForce(isFresh: isFresh), needsKey: needsKey ?? false,
            sandbox: sandbox ?? .bubblewrap, isInsecureAllowed: isInsecureAllowed ?? false,
            network: hasNetwork ?? true ? networkConfiguration(linked: linked, isFresh: isFresh) : nil,
            tracing: tracingConfiguration)
        return (configuration, problems + configuration.problems)
    }

    /// The first of the network, where nothing is said: so that callers without a key see the network from inside.
    func organizationInForce(isFresh: Bool) -> String {
        guard organization == nil, hasNetwork ?? true else { return organization ?? Self.organizationDefault }
        // What cannot be read is told when the network is opened.
        let founded = isFresh ? nil : (try? NetworkDescription.kept(in: dataFolder)) ?? nil
        return founded?.organizations.first?.name ?? network.organizations.first?.name ?? Self.organizationDefault
    }

    /// The contracts of this program: those that are linked into it, or else the one to try a network with.
    static func contracts(linked: [LinkedContract]) -> [LinkedContract] {
        linked.isEmpty ? [LinkedContract(KeyValueContract.name, KeyValueContract.self)] : linked
    }

    private func networkConfiguration(linked: [LinkedContract], isFresh: Bool) -> NetworkConfiguration {
        let linked = Self.contracts(linked: linked)
        var gateway = GatewayConfiguration()
        if let abortStale { gateway.abortStale = abortStale }
        if let endorsementTimeoutSeconds { gateway.endorsementTimeout = .seconds(endorsementTimeoutSeconds) }
        gateway.limits.identityRate = identityCallsPerSecond.map { GatewayLimits.Rate(callsPerSecond: $0) }
        gateway.limits.organizationRate = organizationCallsPerSecond.map { GatewayLimits.Rate(callsPerSecond: $0) }
        var limits = RPCServerConfiguration.Limits()
        if let messageByteCountMax { limits.messageByteCountMax = messageByteCountMax }
        if let connectionCountMax { limits.connectionCountMax = connectionCountMax }
        return NetworkConfiguration(
            request: network, isFresh: isFresh, host: bind ?? Self.bindDefault,
            demandsClientCertificates: demandsClientCertificates ?? false, contracts: linked,
            deployments: contracts ?? linked.map { ContractDeployment(name: $0.name) }, gateway: gateway,
            limits: limits)
    }

    /// Nothing is sent unless somebody says where.
    private var tracingConfiguration: TracingConfiguration? {
        tracingEndpoint.map { endpoint in
            TracingConfiguration(
                endpoint: endpoint, encoding: tracingEncoding ?? TracingConfiguration.encodingDefault,
                headers: tracingHeaders ?? [:],
                serviceName: tracingServiceName ?? TracingConfiguration.serviceNameDefault,
                serviceVersion: DuetVersion.current)
        }
    }

    private static let pemByteCountMax = 1 << 20

    private static func read(_ path: String) throws(CommandError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandError(.configuration, "\"\(path)\" cannot be read: check its name and owner.")
        }
        defer { try? handle.close() }  // nothing was written
        guard let data = try? handle.read(upToCount: pemByteCountMax) else {
            throw CommandError(.configuration, "\"\(path)\" cannot be read: it must be a file.")
        }
        return [UInt8](data)
    }
}
