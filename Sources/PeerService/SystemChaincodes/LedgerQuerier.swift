package import FabricTypes
internal import LedgerCore
internal import Membership

/// `qscc`: what a peer's ledgers hold, in blocks and transactions.
///
/// Source: Fabric's `qscc.LedgerQuerier`, whose words its refusals repeat.
package struct LedgerQuerier: SystemChaincode {
    private enum Function: String {
        case chainInfo = "GetChainInfo"
        case blockByNumber = "GetBlockByNumber"
        case blockByHash = "GetBlockByHash"
        case transactionByID = "GetTransactionByID"
        case blockByTransactionID = "GetBlockByTxID"
    }

    package let name = Bytes("qscc")
    private let peer: Peer
    private let access: AccessControl

    package init(peer: Peer, access: AccessControl) {
        self.peer = peer
        self.access = access
    }

    package func invoke(_ invocation: SystemInvocation) async -> Response {
        let arguments = invocation.arguments
        guard arguments.count >= 2 else {
            return .failure("Incorrect number of arguments, \(arguments.count)")
        }
        guard invocation.transaction.chaincode == name else {
            return .failure(
                "Rejecting invoke of QSCC from another chaincode because of potential for deadlocks, original invocation "
                    + "for '\(invocation.transaction.chaincode.lossyText)'")
        }
        let functionName = arguments[0].lossyText
        let channelName = arguments[1].lossyText
        let function = Function(rawValue: functionName)
        guard function == .chainInfo || arguments.count >= 3 else {
            return .failure("missing 3rd argument for \(functionName)")
        }
        guard let channel = (try? ChannelID(validating: channelName)).flatMap({ peer.channel($0) }) else {
            return .failure("Invalid chain ID, \(channelName)")
        }
        do throws(AccessRefusal) {
            try access.check(
                AccessResource(Bytes("qscc/\(functionName)")), channelID: arguments[1], invocation.transaction)
        } catch {
            return .failure("access denied for [\(functionName)][\(channelName)]: [\(error)]")
        }
        let parameter = arguments.count > 2 ? arguments[2] : Bytes()
        switch function {
        case .chainInfo: return Self.chainInfo(of: channel.channelLedger)
        case .blockByNumber: return block(number: parameter.lossyText, of: channel.ledger)
        case .blockByHash: return block(hash: parameter, of: channel.ledger)
        case .transactionByID: return transaction(parameter, of: channel.ledger)
        case .blockByTransactionID: return block(ofTransaction: parameter, of: channel.ledger)
        case nil: return .failure("Requested function \(functionName) not found.")
        }
    }

    /// A sentence of Fabric's index for what is not in it, or whatever a store has to say.
    private struct Missing: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    static func chainInfo(of ledger: ChannelLedger) -> Response {
        do {
            let height = ledger.store.height
            let snapshot = ledger.origin.map { BootstrappingSnapshotInfo(lastBlockInSnapshot: $0.number) }
            if height > 0, let last = try ledger.store.block(height - 1) {
                let header = try Block(decoding: last).header
                return .success(
                    BlockchainInfo(
                        height: height, currentBlockHash: header.hash.bytes, previousBlockHash: header.previousHash,
                        bootstrappingSnapshotInfo: snapshot
                    ).encoded())
            }
            // Nothing has been added to the snapshot yet.
            guard let origin = ledger.origin, origin.number &+ 1 == height else {
                throw Missing("the ledger has no blocks")
            }
            return .success(
                BlockchainInfo(
                    height: height, currentBlockHash: origin.hash.bytes, previousBlockHash: origin.previousHash,
                    bootstrappingSnapshotInfo: snapshot
                ).encoded())
        } catch {
            return .failure("Failed to get block info with error \(error)")
        }
    }

    private func block(number text: String, of ledger: any LedgerStore) -> Response {
        let number: BlockNumber
        do throws(GoNumber.Fault) {
            number = try GoNumber.unsigned(text)
        } catch {
            return .failure("Failed to parse block number with error \(error)")
        }
        do {
            // The greatest number stands for the newest block.
            guard let block = try ledger.block(number == .max ? max(1, ledger.height) - 1 : number) else {
                throw Missing("no such block number [\(number)] in index")
            }
            return .success(block)
        } catch {
            return .failure("Failed to get block number \(number), error \(error)")
        }
    }

    private func block(hash: Bytes, of ledger: any LedgerStore) -> Response {
        do {
            guard let digest = Digest(hash), let number = try ledger.blockNumber(ofHeaderHash: digest),
                let block = try ledger.block(number)
            else { throw Missing("no such block hash [\(hash.hex)] in index") }
            return .success(block)
        } catch {
            return .failure("Failed to get block hash \(hash.lossyText), error \(error)")
        }
    }

    private func transaction(_ id: Bytes, of ledger: any LedgerStore) -> Response {
        do {
            let (position, block) = try block(holding: id, of: ledger)
            let entries = try Block(decoding: block).data.entries
            guard entries.indices.contains(position.transactionIndex) else { throw missing(id) }
            let transaction = ProcessedTransaction(
                transactionEnvelope: try Envelope(decoding: entries[position.transactionIndex]),
                validationCode: Int32(position.code.rawValue))
            return .success(transaction.encoded())
        } catch {
            return .failure("Failed to get transaction with id \(id.lossyText), error \(error)")
        }
    }

    private func block(ofTransaction id: Bytes, of ledger: any LedgerStore) -> Response {
        do {
            return .success(try block(holding: id, of: ledger).block)
        } catch {
            return .failure("Failed to get block for txID \(id.lossyText), error \(error)")
        }
    }

    private func block(
        holding id: Bytes, of ledger: any LedgerStore
    ) throws -> (position: TransactionPosition, block: Bytes) {
        guard let position = try ledger.position(ofTransaction: id),
            let block = try ledger.block(position.blockNumber)
        else { throw missing(id) }
        return (position, block)
    }

    private func missing(_ id: Bytes) -> Missing {
        Missing("no such transaction ID [\(id.lossyText)] in index")
    }
}
