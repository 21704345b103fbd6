internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Membership
internal import OrderingCore

/// Makes a long ledger for those who look at it: real hashes, an orderer's signature under each block, and one signature for
/// all transactions, which nobody checks in a mirror.
///
/// Arguments: the data folder of a network, whose genesis block and orderer's key are used; the folder of the mirror's
/// ledger to make; how many blocks. The blocks lie evenly over the last 30 days. Says the ledger's height at the end.
@main
enum LedgerMaker {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = BlockNumber(arguments[3]) else {
            print("usage: LedgerMaker <data folder of a network> <folder of the ledger> <blocks>")
            exit(64)
        }
        let network = URL(filePath: arguments[1])
        let genesis = Bytes([UInt8](try Data(contentsOf: network.appending(path: "genesis.block"))))
        let folder = URL(filePath: arguments[2])
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var options = LedgerOptions()
        options.blockFolder = { try UnsyncedFolder(path: $0) }
        let ledger = try SQLiteLedger.open(folder: folder.path, options: options)
        defer { ledger.close() }
        var maker = try BlockMaker(
            genesis: genesis, signer: try identity(of: "orderer", in: network),
            creator: try identity(of: "peer", in: network), count: count)
        try ledger.commit(maker.first(for: ledger))
        while ledger.height < count { try ledger.commit(maker.next(for: ledger)) }
        print(ledger.height)
    }

    /// The first node of a kind in the network's folders.
    private static func identity(of kind: String, in network: URL) throws -> SigningIdentity {
        let organizations = network.appending(path: "organizations/\(kind)Organizations")
        guard
            let domain = try FileManager.default.contentsOfDirectory(atPath: organizations.path).sorted().first,
            let name = try FileManager.default.contentsOfDirectory(
                atPath: organizations.appending(path: "\(domain)/\(kind)s").path
            ).sorted().first
        else { throw CocoaError(.fileNoSuchFile) }
        let folder = organizations.appending(path: "\(domain)/\(kind)s/\(name)/msp")
        var files: [String: Bytes] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            // Folders are no files.
            guard let data = try? Data(contentsOf: folder.appending(path: path)) else { continue }
            files[path] = Bytes([UInt8](data))
        }
        return try MSPFolder(files: files).signingIdentity(
            mspID: try MSPID(validating: kind == "orderer" ? "OrdererMSP" : "Org1MSP"))
    }
}

/// Makes one block after another.
private struct BlockMaker {
    private static let contract = Bytes("keyvalue")
    private static let spanSeconds = 30.0 * 86_400

    private let genesis: Block
    private let channelID: Bytes
    private let creator: Bytes
    private let signature: Bytes
    private let signer: BlockSigner
    private let count: BlockNumber
    private let start: Double
    private var assembler: BlockAssembler

    init(genesis: Bytes, signer: SigningIdentity, creator: SigningIdentity, count: BlockNumber) throws {
        var block = try Block(decoding: genesis)
        block.transactionsFilter = TransactionsFilter([.valid])
        self.genesis = block
        channelID = Bytes(
            try ChannelConfiguration(trusting: block, signatures: SignatureTable()).channelID.rawValue)
        self.creator = creator.serialized
        signature = try creator.sign([Bytes("all")])
        self.signer = BlockSigner(signer) {
            var generator = SystemRandomNumberGenerator()
            return Bytes((0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        self.count = max(1, count)
        start = Date().timeIntervalSince1970 - Self.spanSeconds
        assembler = try BlockAssembler(following: block)
    }

    func first(for ledger: SQLiteLedger) throws -> BlockCommit {
        let state = try ledger.snapshot()
        defer { state.close() }
        return try BlockReplay.byDefinitions.commit(
            of: genesis, bytes: genesis.encoded(), over: state, previousCommitHash: nil, privateSets: [])
    }

    /// One or two transactions; of every fortieth block the second one is too late.
    mutating func next(for ledger: SQLiteLedger) throws -> BlockCommit {
        let number = ledger.height
        let isLate = number.isMultiple(of: 40)
        let sets = (0..<(isLate || number.isMultiple(of: 3) ? 2 : 1)).map { set(number, $0) }
        var block = try assembler.next(
            sets.enumerated().map { envelope($1, number: number, index: $0) }, isConfig: false, signer: signer)
        let codes = sets.indices.map { $0 == 1 && isLate ? ValidationCode.mvccReadConflict : .valid }
        block.transactionsFilter = TransactionsFilter(codes)
        let state = try ledger.snapshot()
        defer { state.close() }
        let previous = try ledger.lastCommitHash()
        let valid = sets.indices.filter { codes[$0].isValid }.map { ($0, sets[$0]) }
        let updates = try Self.updates(of: valid, block: number, over: state)
        block.setCommitHash(CommitHash.next(codes: codes, updates: updates, previous: previous))
        return try BlockReplay.byDefinitions.commit(
            of: block, bytes: block.encoded(), over: state, previousCommitHash: previous, privateSets: [])
    }

    private static func updates(
        of sets: [(Int, ReadWriteSet)], block: BlockNumber, over state: some LedgerSnapshot
    ) throws -> StateUpdates {
        var transition = StateTransition(block: block, over: state)
        for (index, set) in sets { try transition.appendUnjudged(set, at: index) }
        return transition.updates
    }

    private func set(_ number: BlockNumber, _ index: Int) -> ReadWriteSet {
        var namespace = NamespaceReadWriteSet(namespace: Self.contract)
        // Keys are written again and again, so that they have histories.
        namespace.publicSet.writes = [
            KVWrite(
                key: Bytes("key-\(number % 1_000)-\(index)"),
                value: Bytes("{\"in\":\(number),\"owner\":\"o\(number % 7)\"}"))
        ]
        return ReadWriteSet(namespaces: [namespace])
    }

    private func envelope(_ set: ReadWriteSet, number: BlockNumber, index: Int) -> Bytes {
        let chaincode = ChaincodeID(name: Self.contract)
        let signatureHeader = SignatureHeader(
            creator: creator, nonce: Digest(of: Bytes("\(number)/\(index)")).bytes[0..<24])
        let time = start + Self.spanSeconds * Double(number) / Double(count)
        let header = Header(
            channelHeader: ChannelHeader(
                type: .endorserTransaction,
                timestamp: Timestamp(seconds: Int64(time), nanoseconds: Int32(number % 1_000) * 1_000_000),
                channelID: channelID, transactionID: Bytes(signatureHeader.transactionID.rawValue),
                extension: ChaincodeHeaderExtension(chaincodeID: chaincode).encoded()
            ).encoded(), signatureHeader: signatureHeader.encoded())
        let proposal = ChaincodeProposalPayload(
            input: ChaincodeInvocationSpec(
                chaincodeSpec: ChaincodeSpec(
                    chaincodeID: chaincode,
                    input: ChaincodeInput(arguments: [Bytes("put"), Bytes("key-\(number)")], isInit: false))
            ).encoded(), transientMap: [:])
        var action = ChaincodeAction()
        action.results = set.encoded()
        action.chaincodeID = chaincode
        action.response = Response(status: 200)
        var response = ProposalResponsePayload()
        response.extension = action.encoded()
        let endorsed = ChaincodeEndorsedAction(
            proposalResponsePayload: response.encoded(),
            endorsements: [Endorsement(endorser: creator, signature: signature)])
        let payload = ChaincodeActionPayload(chaincodeProposalPayload: proposal.encoded(), action: endorsed)
        return Envelope(
            payload: Payload(
                header: header,
                data: Transaction(
                    actions: [TransactionAction(header: header.signatureHeader, payload: payload.encoded())]
                ).encoded()
            ).encoded(), signature: signature
        ).encoded()
    }
}
