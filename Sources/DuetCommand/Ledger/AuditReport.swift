internal import FabricTypes
internal import Foundation
internal import LedgerCore

/// Prints what an audit finds: for programs block by block as it goes, for people in tables at the end.
struct AuditReport {
    private let format: OutputFormat
    private let terminal: Terminal
    private var blockCount = 0
    private var transactionCounts: [ValidationCode: Int] = [:]
    private var lastBlock: AuditedBlock?
    private var recomputedCount = 0

    init(_ format: OutputFormat, on terminal: Terminal) {
        self.format = format
        self.terminal = terminal
        if format == .json { terminal.write("{\"blocks\":[") }
    }

    mutating func append(_ block: AuditedBlock) {
        if format == .json { terminal.write((blockCount == 0 ? "\n" : ",\n") + Self.json(block)) }
        blockCount += 1
        if block.isRecomputed { recomputedCount += 1 }
        for code in block.codes { transactionCounts[code, default: 0] += 1 }
        lastBlock = block
    }

    func finish(_ audit: LedgerAudit) {
        switch format {
        case .json:
            let differences = audit.differences.map(Self.json).joined(separator: ",\n")
            terminal.write(
                "],\n\"differences\":[" + differences + "],\n\"differenceCount\":\(audit.differenceCount)}\n")
        case .table:
            terminal.write(text(audit))
        }
    }

    // MARK: - For programs

    private static func json(_ block: AuditedBlock) -> String {
        let codes = block.codes.map { "\($0.rawValue)" }.joined(separator: ",")
        return "{\"number\":\(block.number),\"headerHash\":\"\(block.headerHash)\",\"dataHash\":\"\(block.dataHash)\","
            + "\"commitHash\":\"\(block.commitHash?.hex ?? "")\",\"codes\":[\(codes)],"
            + "\"isRecomputed\":\(block.isRecomputed)}"
    }

    private struct DifferenceJSON: Encodable {
        let block: UInt64?
        let kind: String
        let transactions: [Int]
        let message: String
    }

    private static func json(_ difference: AuditDifference) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let value = DifferenceJSON(
            block: difference.blockNumber, kind: difference.kind.rawValue,
            transactions: difference.transactionIndexes, message: difference.message)
        // Numbers and texts always encode.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    // MARK: - For people

    private func text(_ audit: LedgerAudit) -> String {
        var text = codeTable() + "\n"
        if !audit.differences.isEmpty { text += Self.differenceTable(audit.differences) + "\n" }
        let omitted = audit.differenceCount - audit.differences.count
        if omitted > 0 { text += "\(omitted) more differences are not listed.\n" }
        return text + summary(audit)
    }

    private func codeTable() -> String {
        var table = TextTable([.init("Code", .right), .init("Name"), .init("Transactions", .right)])
        for (code, count) in transactionCounts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            table.append(["\(code.rawValue)", "\(code.name)", "\(count)"])
        }
        return table.rendered(for: terminal)
    }

    private static func differenceTable(_ differences: [AuditDifference]) -> String {
        var table = TextTable([.init("Block", .right), .init("What"), .init("Difference")])
        for difference in differences {
            table.append([
                "\(difference.blockNumber.map(String.init) ?? "?")", .init(difference.kind.rawValue, .red),
                "\(difference.message)",
            ])
        }
        return table.rendered()
    }

    private func summary(_ audit: LedgerAudit) -> String {
        let channel = audit.channelID.map { " of channel \($0)" } ?? ""
        let transactionCount = transactionCounts.values.reduce(0, +)
        var text =
            "Audited \(Self.count(blockCount, "block")) with \(Self.count(transactionCount, "transaction"))\(channel)"
        if recomputedCount < blockCount {
            text += ", \(blockCount - recomputedCount) of them by their own claims, since blocks before them are lost"
        }
        text += ".\n"
        if let lastBlock {
            text += "Block \(lastBlock.number) has the hash \(lastBlock.headerHash)"
            text += lastBlock.commitHash.map { " and the commit hash \($0).\n" } ?? ".\n"
        }
        return audit.differenceCount == 0
            ? text + "Nothing differs from what the blocks claim.\n"
            : text + "Found \(Self.count(audit.differenceCount, "difference")).\n"
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        count == 1 ? "one \(noun)" : "\(count) \(noun)s"
    }
}
