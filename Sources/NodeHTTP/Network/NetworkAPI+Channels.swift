internal import FabricTypes
internal import FunctionTypes
internal import HTTPTypes
internal import LedgerCore
internal import Membership
internal import PeerService

extension NetworkAPI {
    var channelRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/channels", "listChannels", "List the channels that the organisation's peers have joined.",
                parameters: [Self.organization],
                answer: .list("Channel")
            ) { call in
                var answers: [NetworkJSON] = []
                for channel in channels(of: organization(call)) {
                    answers.append(try await Self.describe(channel))
                }
                return JSONAnswer.value(.array(answers))
            },
            APIRoute(
                .get, "/api/channels/{channel}", "getChannel",
                "Describe a channel: how far it is, who is in it, how it is ordered.",
                parameters: [Self.channel, Self.organization],
                answer: .json("Channel")
            ) { call in JSONAnswer.value(try await Self.describe(try channel(call))) },
        ]
    }

    private static func describe(_ channel: PeerChannel) async throws -> NetworkJSON {
        let height = channel.commits.height
        let last = try await channel.block(height - min(height, 1)).map { try Block(decoding: $0) }
        let configuration = channel.configuration
        let size = configuration.orderer.batchSize
        let problem: String? = if case .stopped(let reason) = channel.condition { "\(reason)" } else { nil }
        return .object(present: [
            "name": .string(channel.id.rawValue), "height": .integer(Int64(clamping: height)),
            "currentBlockHash": (last?.header.hash.hex).map { .string($0) },
            "previousBlockHash": (last?.header.previousHash.hex).map { .string($0) },
            "configSequence": .integer(Int64(clamping: configuration.sequence)),
            "configBlock": .integer(Int64(clamping: channel.configBlockNumber)),
            "organizations": .array(configuration.application.organizations.map { .string($0.mspID.rawValue) }),
            "ordererOrganizations": .array(configuration.orderer.organizations.map { .string($0.mspID.rawValue) }),
            "ordererAddresses": .array(
                (configuration.ordererAddresses + configuration.orderer.endpoints).map { .string($0) }),
            "capabilities": [
                "channel": .string(configuration.capabilities.channel.rawValue),
                "orderer": .string(configuration.capabilities.orderer.rawValue),
                "application": .string(configuration.capabilities.application.rawValue),
            ],
            "ordering": [
                "consensus": .string(configuration.orderer.consensusType.type),
                "isInMaintenance": .bool(configuration.orderer.isInMaintenance),
                "maxMessageCount": .integer(Int64(size.maxMessageCount)),
                "absoluteMaxBytes": .integer(Int64(size.absoluteMaxBytes)),
                "preferredMaxBytes": .integer(Int64(size.preferredMaxBytes)),
                "batchTimeout": .string("\(configuration.orderer.batchTimeout)"),
            ],
            "policies": policies(of: configuration),
            "problem": problem.map { .string($0) },
        ])
    }

    /// The rules that people ask for.
    private static func policies(of configuration: ChannelConfiguration) -> NetworkJSON {
        let paths: [PolicyPath] = [
            .channelReaders, .channelWriters, .channelAdmins, .applicationAdmins, .endorsement, .lifecycleEndorsement,
            .ordererAdmins, .blockValidation,
        ]
        return .object(
            Dictionary(
                paths.map { ($0.description, .string(configuration.policies[$0].text)) },
                uniquingKeysWith: { first, _ in first }))
    }

    // MARK: Definitions

    var definitionRoutes: [APIRoute] {
        let name = APIRoute.Parameter.path("contract", "Name of the contract (chaincode).")
        return [
            APIRoute(
                .get, "/api/channels/{channel}/definitions", "listDefinitions",
                "List the contracts whose definitions are committed on a channel.",
                parameters: [Self.channel, Self.organization],
                answer: .list("Definition")
            ) { call in
                let channel = try channel(call)
                return JSONAnswer.value(
                    .array(
                        try await Self.withSnapshot(channel) { snapshot, _ in
                            let names = try Self.names(snapshot)
                            return try names.compactMap { try Self.definition($0, snapshot, channel.configuration) }
                        }))
            },
            APIRoute(
                .get, "/api/channels/{channel}/definitions/{contract}", "getDefinition",
                "Describe a contract's committed definition.", parameters: [Self.channel, name, Self.organization],
                answer: .json("Definition")
            ) { call in
                let channel = try channel(call)
                let name = call.path("contract")
                let found = try await Self.withSnapshot(channel) { snapshot, _ in
                    try Self.definition(Bytes(name), snapshot, channel.configuration)
                }
                guard let found else {
                    throw APIError(
                        status: .notFound, code: "DefinitionNotFound",
                        message: "Channel \"\(channel.id)\" has no contract \"\(name.prefix(100))\".")
                }
                return JSONAnswer.value(found)
            },
        ]
    }

    /// Reads a channel's state where calls may block, and gives the snapshot back.
    static func withSnapshot<Result: Sendable>(
        _ channel: PeerChannel, _ body: @escaping @Sendable (any LedgerSnapshot, any LedgerStore) throws -> Result
    ) async throws -> Result {
        try await channel.read { ledger in
            let snapshot = try ledger.snapshot()
            defer { snapshot.close() }
            return try body(snapshot, ledger)
        }
    }

    private static func names(_ reader: some StateReader) throws -> [Bytes] {
        try DefinitionReader(reader).names()
    }

    private static func definition(
        _ name: Bytes, _ reader: some StateReader, _ configuration: ChannelConfiguration
    ) throws -> NetworkJSON? {
        let found: ChaincodeDefinition?
        do {
            found = try DefinitionReader(reader).definition(of: name)
        } catch let error as DefinitionError {
            return ["name": .string(name.lossyText), "problem": .string(error.message)]
        }
        guard let found else { return nil }
        return [
            "name": .string(found.name.lossyText), "sequence": .integer(found.sequence),
            "version": .string(found.version.lossyText), "isInitRequired": .bool(found.isInitRequired),
            "endorsementPlugin": .string(found.endorsementPlugin.lossyText),
            "validationPlugin": .string(found.validationPlugin.lossyText),
            "endorsementPolicy": .string(found.endorsementPolicyText(in: configuration)),
            "collections": .array(found.collections.map { .string($0.name.lossyText) }),
            "approvals": try approvals(of: found, reader, configuration),
        ]
    }

    /// Which organisations approved exactly this definition: their approvals are private, their hashes are not.
    private static func approvals(
        of definition: ChaincodeDefinition, _ reader: some StateReader, _ configuration: ChannelConfiguration
    ) throws -> NetworkJSON {
        let approval = LifecycleKeys.approval(of: definition.name, sequence: definition.sequence)
        let entries = LifecycleRecord.parameters(of: definition).entries(at: approval, kind: .namespaces)
        var approvals: [String: NetworkJSON] = [:]
        for organization in configuration.application.organizations {
            let collection = CollectionID(
                namespace: LifecycleKeys.namespace, collection: ImplicitCollection.name(of: organization.mspID))
            let isApproved = try entries.allSatisfy { entry in
                try reader.hashedValue(of: Digest(of: entry.key).bytes, in: collection)?.value
                    == Digest(of: entry.value).bytes
            }
            approvals[organization.mspID.rawValue] = .bool(isApproved)
        }
        return .object(approvals)
    }
}
