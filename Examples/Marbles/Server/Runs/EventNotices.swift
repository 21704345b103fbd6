internal import Logging
internal import NIOHTTP1

/// Tells the tutorial's function of every action, as the tutorial does: one HTTP call at the moment of the wish.
///
/// The call says what was wished and, beyond the tutorial, the id of the transaction, so that the function's line in the log
/// leads to its block. Nobody waits for it and nothing repeats it: what must not be lost hangs on the ledger by triggers.
struct EventNotices: Sendable {
    private struct Notice: Sendable {
        let type: String
        let transaction: String
    }

    /// Calls at once, and notices that wait for one; beyond that a notice is dropped.
    private static let callCountMax = 8
    private static let noticeCountMax = 256

    private let node: NodeAPI
    private let service: String
    private let function: String
    private let logger: Logger
    private let notices: AsyncStream<Notice>
    private let continuation: AsyncStream<Notice>.Continuation

    init(node: NodeAPI, service: String, function: String, logger: Logger) {
        self.node = node
        self.service = service
        self.function = function
        self.logger = logger
        (notices, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.noticeCountMax))
    }

    func tell(type: String, transaction: String) {
        if case .dropped = continuation.yield(Notice(type: type, transaction: transaction)) {
            logger.debug("Too many notices wait; one is dropped", metadata: ["transaction.id": "\(transaction)"])
        }
    }

    /// Makes the calls until it is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var runningCount = 0
            for await notice in notices {
                if runningCount == Self.callCountMax {
                    await group.next()
                    runningCount -= 1
                }
                group.addTask { await call(notice) }
                runningCount += 1
            }
        }
    }

    private func call(_ notice: Notice) async {
        do {
            _ = try await node.exchange(
                .GET, ["2016-08-15", "proxy", service, function, ""],
                query: ["type": notice.type, "transaction": notice.transaction])
        } catch {
            // Without the template nothing is deployed under this name, which is no fault.
            logger.debug("The function was not told", metadata: ["error": "\(error)"])
        }
    }
}
