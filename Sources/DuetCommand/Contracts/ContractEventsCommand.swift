internal import ArgumentParser
internal import DuetClient
internal import FabricTypes
internal import Foundation
internal import FunctionTypes
internal import Synchronization

/// `duet contract events`.
struct ContractEventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Follow a contract's events as they are committed, until Ctrl-C.",
        discussion: """
            With --checkpoint nothing is lost or seen twice over a restart of either side: the file holds how far this consumer \
            has come. With --json each event is a line of JSON.
            """)

    @Argument(help: ArgumentHelp("The contract.", valueName: "contract"))
    var contract: String

    @Option(help: ArgumentHelp("The block to begin with, or earliest. (default: the next one)", valueName: "block"))
    var from: String?

    @Option(help: ArgumentHelp("Only events of this name; * stands for any characters.", valueName: "pattern"))
    var name = "*"

    @Option(help: ArgumentHelp("End after so many events.", valueName: "number"))
    var count: Int?

    @Option(help: ArgumentHelp("Go on where this file says, and keep it up to date.", valueName: "file"))
    var checkpoint: String?

    @OptionGroup var options: ContractOptions

    func validate() throws {
        if let from, from != "earliest", BlockNumber(from) == nil {
            throw ValidationError("--from is \"\(from)\": give a block's number, or earliest.")
        }
        if let count, count < 1 { throw ValidationError("--count is \(count): give at least 1.") }
    }

    func run() async throws {
        let file = checkpoint.map { CheckpointFile(path: $0) }
        let start = try file?.read().map { EventStart.after($0) } ?? firstBlock
        let (contract, pattern) = (contract, NamePattern(name))
        let format = options.output.format
        let left = Mutex(count ?? .max)
        do {
            try await options.withChannel { channel in
                if try await LifecycleCalls(channel).definition(of: contract) == nil {
                    Terminal.standardError.write(
                        "The channel has no contract \"\(contract)\" yet: waiting for its first event.\n")
                }
                try await channel.contract(contract).events(from: start) { event in
                    if pattern.matches(event.name) {
                        Terminal.standardOutput.write(Self.line(event, format))
                        try file?.write(event.checkpoint)
                        let isLast = left.withLock { left in
                            left -= 1
                            return left == 0
                        }
                        if isLast { throw Enough() }
                    } else {
                        try file?.write(event.checkpoint)
                    }
                }
            }
        } catch is Enough {}
    }

    private struct Enough: Error {}

    private var firstBlock: EventStart {
        switch from {
        case nil: .next
        case "earliest": .block(0)
        case let number?: BlockNumber(number).map { .block($0) } ?? .next
        }
    }

    static func line(_ event: ContractEvent, _ format: OutputFormat) -> String {
        switch format {
        case .table:
            return "\(event.blockNumber)  \(event.transactionID.prefix(12))  \(event.name.escapingControls)  "
                + "\(PayloadText.line(event.payload))\n"
        case .json:
            let payload = PayloadText.member("payload", event.payload)
            let members: [String: JSONValue] = [
                "block": .integer(Int64(clamping: event.blockNumber)), "transaction": .string(event.transactionID),
                "contract": .string(event.contract), "name": .string(event.name), payload.name: payload.value,
            ]
            return JSONValue.object(members).jsonText + "\n"
        }
    }
}

/// Names with `*` for any characters.
struct NamePattern: Sendable {
    private let parts: [[UInt8]]

    init(_ text: String) {
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    func matches(_ name: String) -> Bool {
        var rest = Array(name.utf8)[...]
        guard let first = parts.first, let last = parts.last, rest.starts(with: first) else { return false }
        guard parts.count > 1 else { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }
}

/// Where a consumer of events notes how far it has come.
private struct CheckpointFile {
    let path: String

    func read() throws -> EventCheckpoint? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(EventCheckpoint.self, from: data)
        } catch {
            throw CommandError(
                .noInput, "\"\(path)\" is no checkpoint of events: delete it to begin anew, or name another file.")
        }
    }

    func write(_ checkpoint: EventCheckpoint) throws {
        do {
            // Beside the place and renamed: half a checkpoint would be none.
            try JSONEncoder().encode(checkpoint).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandError(.failed, "\"\(path)\" cannot be written: \(error.localizedDescription)")
        }
    }
}
