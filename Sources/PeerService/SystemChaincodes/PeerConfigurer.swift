package import FabricTypes
internal import LedgerCore
internal import Membership

/// `cscc`: joins channels and tells their configuration.
///
/// Source: Fabric's `cscc.PeerConfiger`, whose words its refusals repeat.
package struct PeerConfigurer: SystemChaincode {
    package let name = Bytes("cscc")
    private let peer: Peer
    private let access: AccessControl

    package init(peer: Peer, access: AccessControl) {
        self.peer = peer
        self.access = access
    }

    package func invoke(_ invocation: SystemInvocation) async -> Response {
        let arguments = invocation.arguments
        let functionName = arguments.first?.lossyText ?? ""
        let needsArgument = functionName != "GetChannels" && functionName != "JoinBySnapshotStatus"
        guard arguments.count >= (needsArgument ? 2 : 1) else {
            return .failure("Incorrect number of arguments, \(arguments.count)")
        }
        let transaction = invocation.transaction
        guard transaction.chaincode == name else {
            return .failure(
                "Rejecting invoke of CSCC from another chaincode, original invocation for "
                    + "'\(transaction.chaincode.lossyText)'")
        }
        let argument = arguments.count > 1 ? arguments[1] : Bytes()
        switch functionName {
        case "JoinChain": return join(argument, transaction)
        case "JoinChainBySnapshot": return joinBySnapshot(argument, transaction)
        case "JoinBySnapshotStatus":
            return answer(.joinBySnapshotStatus, "access denied for [\(functionName)]: ", transaction) {
                // Nothing of the kind is ever under way: an empty message says so.
                Bytes()
            }
        case "GetConfigBlock": return configBlock(argument, transaction)
        case "GetChannelConfig": return channelConfig(argument, transaction)
        case "GetChannels":
            return answer(.getChannels, "access denied for [\(functionName)]: ", transaction) {
                ChannelQueryResponse(peer.channels.map { ChannelInfo(channelID: Bytes($0.id.rawValue)) }).encoded()
            }
        default: return .failure("Requested function \(functionName) not found.")
        }
    }

    private func join(_ genesis: Bytes, _ transaction: ProposedTransaction) -> Response {
        guard !genesis.isEmpty else {
            return .failure("Cannot join the channel <nil> configuration block provided")
        }
        let channelName: String
        do {
            let block = try Block(decoding: genesis)
            guard let entry = block.data.entries.first else {
                return .failure(
                    "\"JoinChain\" request failed to extract channel id from the block due to [failed to retrieve channel "
                        + "id - block is empty]")
            }
            let header = try Payload(decoding: Envelope(decoding: entry).payload).header
            channelName = try ChannelHeader(decoding: header?.channelHeader ?? Bytes()).channelID.lossyText
        } catch {
            return .failure("Failed to reconstruct the genesis block, \(error)")
        }
        do throws(PeerError) {
            _ = try GenesisBlock.check(genesis, signatures: peer.settings.signatures)
        } catch {
            return .failure(
                "\"JoinChain\" for channelID = \(channelName) failed because of validation of configuration block, "
                    + "because of \(error)")
        }
        do throws(AccessRefusal) {
            try access.check(.joinChain, channelID: Bytes(), transaction)
        } catch {
            return .failure("access denied for [JoinChain][\(channelName)]: [\(error)]")
        }
        do {
            try peer.join(genesis)
            return .success()
        } catch let error as PeerError where error.code == .channelExists {
            return .failure(
                "cannot create ledger from genesis block: ledger [\(channelName)] already exists with state [ACTIVE]")
        } catch {
            return .failure("cannot create ledger from genesis block: \(error)")
        }
    }

    private func joinBySnapshot(_ folder: Bytes, _ transaction: ProposedTransaction) -> Response {
        guard !folder.isEmpty else { return .failure("Cannot join the channel, no snapshot directory provided") }
        do throws(AccessRefusal) {
            try access.check(.joinChainBySnapshot, channelID: Bytes(), transaction)
        } catch {
            return .failure("access denied for [JoinChainBySnapshot]: [\(error)]")
        }
        return .failure(
            "cannot join by snapshot: this peer keeps all blocks of its channels. Join by the channel's genesis block.")
    }

    private func configBlock(_ channelName: Bytes, _ transaction: ProposedTransaction) -> Response {
        answer(
            .getConfigBlock, channel: channelName,
            "access denied for [GetConfigBlock][\(channelName.lossyText)]: ", transaction
        ) { () throws(Failure) in
            let channel = try channel(channelName, "Unknown channel ID, ")
            do {
                if let block = try channel.ledger.block(channel.configBlockNumber) { return block }
            } catch {
                throw Failure(message: "\(error)")
            }
            throw Failure(message: "no such block number [\(channel.configBlockNumber)] in index")
        }
    }

    private func channelConfig(_ channelName: Bytes, _ transaction: ProposedTransaction) -> Response {
        if channelName.isEmpty { return .failure("empty channel name provided") }
        return answer(
            .getChannelConfig, channel: channelName,
            "access denied for [GetChannelConfig][\(channelName.lossyText)]: ", transaction
        ) { () throws(Failure) in
            try channel(channelName, "unknown channel ID, ").configuration.config.encoded()
        }
    }

    private struct Failure: Error {
        let message: String
    }

    private func channel(_ name: Bytes, _ refusal: String) throws(Failure) -> PeerChannel {
        guard let channel = (try? ChannelID(validating: name.lossyText)).flatMap({ peer.channel($0) }) else {
            throw Failure(message: refusal + name.lossyText)
        }
        return channel
    }

    /// Answers whoever has the right to ask.
    private func answer(
        _ resource: AccessResource, channel: Bytes = Bytes(), _ refusal: String, _ transaction: ProposedTransaction,
        _ content: () throws(Failure) -> Bytes
    ) -> Response {
        do throws(AccessRefusal) {
            try access.check(resource, channelID: channel, transaction)
        } catch {
            return .failure("\(refusal)\(error)")
        }
        do throws(Failure) {
            return .success(try content())
        } catch {
            return .failure(error.message)
        }
    }
}
