internal import FabricTypes
internal import FunctionTypes
internal import LedgerCore
internal import Membership

/// A committed block as the JSON API shows it.
struct BlockDescription {
    private let block: Block
    private let byteCount: Int

    init(_ block: Block, byteCount: Int) {
        self.block = block
        self.byteCount = byteCount
    }

    /// Without transactions.
    var summary: NetworkJSON { .object(present: members) }

    /// With transactions, each in short.
    var whole: NetworkJSON { whole(explained: [:]) }

    /// - Parameter explanations: why transactions are not valid, by their place.
    func whole(explained explanations: [Int: NetworkJSON]) -> NetworkJSON {
        var members = members
        members["transactions"] = .array(
            block.data.entries.enumerated().map { index, entry in
                var summary =
                    TransactionDescription(PreparedTransaction(entry), code: code(index), index: index).summary
                summary["explanation"] = explanations[index]
                return .object(summary)
            })
        return .object(present: members)
    }

    /// Places of the transactions that are not valid.
    var invalidIndices: [Int] { block.data.entries.indices.filter { !code($0).isValid } }

    private var codes: [ValidationCode] { block.transactionsFilter.codes }

    /// The genesis block has no codes.
    private func code(_ index: Int) -> ValidationCode {
        codes.indices.contains(index) ? codes[index] : block.number == 0 ? .valid : .notValidated
    }

    private var members: [String: NetworkJSON?] {
        let header = block.header
        let entries = block.data.entries
        return [
            "number": .integer(Int64(clamping: header.number)), "hash": .string(header.hash.hex),
            "previousHash": .string(header.previousHash.hex), "dataHash": .string(header.dataHash.hex),
            "byteCount": .integer(Int64(byteCount)), "transactionCount": .integer(Int64(entries.count)),
            "validCount": .integer(Int64(entries.indices.count { code($0).isValid })),
            "isConfig": .bool(block.isConfigBlock),
            // A damaged slot names nobody; peers refuse such blocks anyway.
            "configBlock": (try? block.lastConfigIndex()).map { .integer(Int64(clamping: $0)) },
            "commitHash": (try? block.commitHash())?.map { .string($0.hex) },
            "orderers": .array(orderers), "time": time,
        ]
    }

    /// A block itself has no time: what its first transaction claims.
    private var time: NetworkJSON? {
        block.data.entries.first.flatMap { PreparedTransaction($0).channelHeader?.timestamp }.map {
            .string(NetworkText.time(seconds: $0.seconds, nanoseconds: $0.nanoseconds))
        }
    }

    private var orderers: [NetworkJSON] {
        let signatures = (try? Metadata(decoding: block.metadata[.signatures]))?.signatures ?? []
        return signatures.compactMap { signature in
            (try? SignatureHeader(decoding: signature.signatureHeader)).map { NetworkText.identity($0.creator) }
        }
    }
}
