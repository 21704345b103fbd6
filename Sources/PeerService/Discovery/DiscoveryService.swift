package import FabricTypes
internal import LedgerCore
package import Logging
internal import Membership

/// Tells clients of peers, orderers and ways to have a transaction endorsed: Fabric's `discovery.Discovery`.
///
/// For client libraries from before the gateway. Any number of calls at once. What it tells of peers is as of the moment.
/// Source: Fabric's `discovery.Service`.
package struct DiscoveryService: Sendable {
    /// More queries or interests are no client's.
    private static let queryCountMax = 200

    private let peer: Peer
    private let access: AccessControl
    private let directory: any NodeDirectory
    private let hasTLS: Bool
    private let startedAt: UInt64
    private let logger: Logger

    /// - Parameters:
    ///   - access: judges callers by the peer's own organisation.
    ///   - directory: the peers that are told of.
    ///   - hasTLS: whether callers must prove that the connection is theirs, as stock peers demand.
    package init(
        peer: Peer, access: AccessControl, directory: any NodeDirectory, hasTLS: Bool, startedAt: UInt64, logger: Logger
    ) {
        self.peer = peer
        self.access = access
        self.directory = directory
        self.hasTLS = hasTLS
        self.startedAt = startedAt
        self.logger = logger
    }

    /// - Parameter certificateHash: of what the caller showed in the TLS handshake.
    /// - Returns: an encoded `discovery.Response`, a result for each query; a query that fails is an error in it.
    /// - Throws: ``DiscoveryRefusal`` for a request that is not well formed.
    package func discover(
        _ request: SignedDiscoveryRequest, certificateHash: Digest?
    ) async throws(DiscoveryRefusal) -> Bytes {
        let (queries, data) = try check(request, certificateHash)
        var results: [Bytes] = []
        for query in queries { results.append(await answer(query, by: data)) }
        return DiscoveryAnswer.response(results)
    }

    private func check(
        _ request: SignedDiscoveryRequest, _ certificateHash: Digest?
    ) throws(DiscoveryRefusal) -> ([DiscoveryQuery], SignedData) {
        let decoded: DiscoveryRequest
        do {
            decoded = try DiscoveryRequest(decoding: request.payload)
        } catch {
            throw DiscoveryRefusal("failed parsing request: \(error.stockMessage)")
        }
        guard let authentication = decoded.authentication else {
            throw DiscoveryRefusal("access denied, no authentication info in request")
        }
        guard !authentication.clientIdentity.isEmpty else {
            throw DiscoveryRefusal("access denied, client identity wasn't supplied")
        }
        if hasTLS {
            guard let certificateHash else { throw DiscoveryRefusal("client didn't send a TLS certificate") }
            guard certificateHash.bytes == authentication.clientTLSCertificateHash else {
                throw DiscoveryRefusal("client claimed TLS hash doesn't match computed TLS hash from gRPC stream")
            }
        }
        guard decoded.queries.count <= Self.queryCountMax else {
            throw DiscoveryRefusal(
                "The request has \(decoded.queries.count) queries; at most \(Self.queryCountMax) are answered at once.")
        }
        return (
            decoded.queries,
            SignedData(
                identity: authentication.clientIdentity, message: [request.payload], signature: request.signature)
        )
    }

    // MARK: Queries

    private static let accessDenied = DiscoveryAnswer.error("access denied")
    private static let unknownQuery = DiscoveryAnswer.error("unknown or missing request type")

    private func answer(_ query: DiscoveryQuery, by data: SignedData) async -> Bytes {
        guard !query.channel.isEmpty else {
            guard (try? access.checkLocal(.admin, data)) != nil else { return Self.accessDenied }
            guard case .localPeers = query.kind else { return Self.unknownQuery }
            return await localPeers()
        }
        guard let id = try? ChannelID(validating: query.channel.lossyText), let channel = peer.channel(id),
            (try? channel.configuration.policies.check(.applicationWriters, [data])) != nil
        else { return Self.accessDenied }
        switch query.kind {
        case .config: return config(of: channel)
        case .peers(let filter): return await members(of: channel, filter.interests.last)
        case .endorsers(let query): return await endorsers(query.interests, on: channel)
        case .localPeers, nil: return Self.unknownQuery
        }
    }

    private func localPeers() async -> Bytes {
        var known: [DiscoveryAnswer.KnownPeer] = []
        for channel in peer.channels {
            for found in await directory.peers(of: channel.id, toRun: Bytes())
            where !known.contains(where: { $0.identity == found.identity }) {
                known.append(Self.described(found, versions: [:]))
            }
        }
        return DiscoveryAnswer.members(known, of: nil, startedAt: startedAt)
    }

    private func config(of channel: PeerChannel) -> Bytes {
        let configuration = channel.configuration
        let ordering = configuration.orderer.organizations
        var msps: [Bytes: Bytes] = [:]
        for organization in ordering + configuration.application.organizations {
            msps[organization.mspID.bytes] = organization.msp.config
        }
        // Addresses that are nobody's in particular count where no organisation gives its own.
        let hasOwn = ordering.contains { !$0.endpoints.isEmpty }
        var orderers: [Bytes: [(host: String, port: UInt32)]] = [:]
        for organization in ordering {
            let texts = hasOwn ? organization.endpoints : configuration.ordererAddresses
            orderers[organization.mspID.bytes] = texts.compactMap(Self.endpoint)
        }
        return DiscoveryAnswer.config(msps: msps, orderers: orderers)
    }

    /// `host:port`, with brackets around a host of version 6; nil for anything else.
    private static func endpoint(_ text: String) -> (host: String, port: UInt32)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (String(host), UInt32(port))
    }

    private func members(of channel: PeerChannel, _ interest: ChaincodeInterest?) async -> Bytes {
        let planning = await planning(on: channel, toRun: interest?.chaincodes.first?.name)
        var peers = planning.peers
        if let interest, !interest.chaincodes.isEmpty {
            do {
                peers = try await planning.authorizedPeers(for: interest)
            } catch {
                return DiscoveryAnswer.error(Self.text(of: error))
            }
        }
        let versions = await versions(of: peers, planning)
        return DiscoveryAnswer.members(
            peers.map { Self.described($0, versions: versions) }, of: channel.id, startedAt: startedAt)
    }

    private func endorsers(_ interests: [ChaincodeInterest], on channel: PeerChannel) async -> Bytes {
        guard !interests.isEmpty else {
            return DiscoveryAnswer.error("chaincode query must have at least one chaincode interest")
        }
        guard interests.count <= Self.queryCountMax else {
            return DiscoveryAnswer.error(
                "The query has \(interests.count) interests; at most \(Self.queryCountMax) are answered at once.")
        }
        for interest in interests {
            guard !interest.chaincodes.isEmpty else {
                return DiscoveryAnswer.error("chaincode interest must contain at least one chaincode")
            }
            guard !interest.chaincodes.contains(where: \.name.isEmpty) else {
                return DiscoveryAnswer.error("chaincode name in interest cannot be empty")
            }
        }
        var descriptors: [Bytes] = []
        for interest in interests {
            let name = interest.chaincodes.first?.name ?? Bytes()
            let planning = await planning(on: channel, toRun: name)
            do {
                let (layouts, peers) = try await planning.layouts(for: interest)
                let versions = await versions(of: peers, planning)
                descriptors.append(
                    Self.descriptor(
                        of: name, layouts, peers.map { Self.described($0, versions: versions) }, on: channel.id,
                        startedAt))
            } catch {
                logger.info(
                    "No descriptor can be made",
                    metadata: ["channel.id": "\(channel.id)", "chaincode": "\(name.lossyText)", "error": "\(error)"])
                let names = interest.chaincodes.map { "name:\"\($0.name.lossyText)\"" }
                return DiscoveryAnswer.error(
                    "failed constructing descriptor for chaincodes:{\(names.joined(separator: " "))}")
            }
        }
        return DiscoveryAnswer.endorsers(descriptors)
    }

    private static func descriptor(
        of chaincode: Bytes, _ layouts: [EndorsementLayout], _ peers: [DiscoveryAnswer.KnownPeer],
        on channel: ChannelID, _ startedAt: UInt64
    ) -> Bytes {
        var groups: [[Int]] = []
        let quantities = layouts.map { layout in
            var quantities: [Int: UInt64] = [:]
            for place in layout.places {
                let group = groups.firstIndex(of: place) ?? groups.endIndex
                if group == groups.endIndex { groups.append(place) }
                quantities[group, default: 0] += 1
            }
            return quantities
        }
        return DiscoveryAnswer.descriptor(
            of: chaincode, groups: groups.map { group in group.map { peers[$0] } }, layouts: quantities, on: channel,
            startedAt: startedAt)
    }

    // MARK: Peers

    private func planning(on channel: PeerChannel, toRun chaincode: Bytes?) async -> EndorsementPlanning {
        EndorsementPlanning(
            peers: await directory.peers(of: channel.id, toRun: chaincode ?? Bytes()), channel: channel,
            channelID: Bytes(channel.id.rawValue))
    }

    /// Of all chaincodes that the peers can run.
    private func versions(of peers: [ChannelPeer], _ planning: EndorsementPlanning) async -> [Bytes: Bytes] {
        let names = peers.reduce(into: Set<Bytes>()) { $0.formUnion($1.chaincodes) }
        // Without them the names are told alone.
        return (try? await planning.versions(of: names)) ?? [:]
    }

    private static func described(_ peer: ChannelPeer, versions: [Bytes: Bytes]) -> DiscoveryAnswer.KnownPeer {
        DiscoveryAnswer.KnownPeer(
            mspID: peer.peer.mspID.bytes, endpoint: peer.peer.endpoint, identity: peer.identity,
            ledgerHeight: peer.ledgerHeight,
            chaincodes: peer.chaincodes.sorted().map { ($0, versions[$0] ?? Bytes()) })
    }

    private static func text(of error: any Error) -> String {
        (error as? EndorsementPlanError)?.message ?? "The ledger cannot be read: \(error)"
    }
}

/// Why a discovery request is not answered at all.
package struct DiscoveryRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Fabric's words.
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
