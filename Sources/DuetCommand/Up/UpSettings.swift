internal import DuetNode
internal import Foundation
internal import FunctionSandbox
internal import Logging
internal import NodeHTTP
internal import TriggerService

/// What a start is told by a file or by options. Nil where nothing is said.
struct UpSettings {
    var data: String?
    var listen: [ListenerConfiguration.Address]?
    var hostNames: [String]?
    var tls: TLSFiles?
    var organization: String?
    var needsKey: Bool?
    var sandbox: Confinement.Setting?
    var isInsecureAllowed: Bool?
    var logLevel: Logger.Level?

    var hasNetwork: Bool?
    var network = NetworkRequest()
    var bind: String?
    var demandsClientCertificates: Bool?
    var contracts: [ContractDeployment]?

    var abortStale: Bool?
    var endorsementTimeoutSeconds: Int?
    var identityCallsPerSecond: Int?
    var organizationCallsPerSecond: Int?
    var messageByteCountMax: Int?
    var connectionCountMax: Int?

    var tracingEndpoint: String?
    var tracingEncoding: HTTPSpanCollector.Encoding?
    var tracingHeaders: [String: String]?
    var tracingServiceName: String?

    /// Paths of files with PEM texts.
    struct TLSFiles {
        var certificate: String
        var key: String
    }

    static let dataDefault = ".duet"
    static let listenDefault = ListenerConfiguration.Address(host: "127.0.0.1", port: 8080)
    static let organizationDefault = "Org1MSP"
    static let logLevelDefault = Logger.Level.notice
    static let bindDefault = "127.0.0.1"

    var dataFolder: String { data ?? Self.dataDefault }

    /// These settings, and for what they do not say, those.
    func over(_ base: UpSettings) -> UpSettings {
        var all = self
        all.data = data ?? base.data
        all.listen = listen ?? base.listen
        all.hostNames = hostNames ?? base.hostNames
        all.tls = tls ?? base.tls
        all.organization = organization ?? base.organization
        all.needsKey = needsKey ?? base.needsKey
        all.sandbox = sandbox ?? base.sandbox
        all.isInsecureAllowed = isInsecureAllowed ?? base.isInsecureAllowed
        all.logLevel = logLevel ?? base.logLevel
        all.hasNetwork = hasNetwork ?? base.hasNetwork
        all.network = Self.joined(network, over: base.network)
        all.bind = bind ?? base.bind
        all.demandsClientCertificates = demandsClientCertificates ?? base.demandsClientCertificates
        all.contracts = contracts ?? base.contracts
        all.abortStale = abortStale ?? base.abortStale
        all.endorsementTimeoutSeconds = endorsementTimeoutSeconds ?? base.endorsementTimeoutSeconds
        all.identityCallsPerSecond = identityCallsPerSecond ?? base.identityCallsPerSecond
        all.organizationCallsPerSecond = organizationCallsPerSecond ?? base.organizationCallsPerSecond
        all.messageByteCountMax = messageByteCountMax ?? base.messageByteCountMax
        all.connectionCountMax = connectionCountMax ?? base.connectionCountMax
        all.tracingEndpoint = tracingEndpoint ?? base.tracingEndpoint
        all.tracingEncoding = tracingEncoding ?? base.tracingEncoding
        all.tracingHeaders = tracingHeaders ?? base.tracingHeaders
        all.tracingServiceName = tracingServiceName ?? base.tracingServiceName
        return all
    }

    private static func joined(_ network: NetworkRequest, over base: NetworkRequest) -> NetworkRequest {
        var all = network
        all.channel = network.channel ?? base.channel
        if network.organizations.isEmpty { all.organizations = base.organizations }
        if let count = network.peerCount {
            // Who asks for a number of peers asks for it everywhere.
            for index in all.organizations.indices {
                all.organizations[index].peerCount = count
                all.organizations[index].ports = nil
            }
        }
        all.peerCount = network.peerCount ?? base.peerCount
        all.ordererOrganization = network.ordererOrganization ?? base.ordererOrganization
        all.ordererDomain = network.ordererDomain ?? base.ordererDomain
        all.port = network.port ?? base.port
        all.adminPort = network.adminPort ?? base.adminPort
        all.hasTLS = network.hasTLS ?? base.hasTLS
        all.capability = network.capability ?? base.capability
        all.batch.maxMessageCount = network.batch.maxMessageCount ?? base.batch.maxMessageCount
        all.batch.absoluteMaxBytes = network.batch.absoluteMaxBytes ?? base.batch.absoluteMaxBytes
        all.batch.preferredMaxBytes = network.batch.preferredMaxBytes ?? base.batch.preferredMaxBytes
        all.batch.timeout = network.batch.timeout ?? base.batch.timeout
        return all
    }
}
