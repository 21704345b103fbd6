package import FunctionTypes
internal import Synchronization

/// Keeps records of invocations in memory: for tests and demonstrations.
package final class MemoryTraceStore: TraceStore {
    private struct State {
        var invocations: [(number: Int64, record: InvocationRecord, others: [String])] = []
        var submissions: [SubmissionRecord] = []
        var count: Int64 = 0
    }

    /// Invocations and submissions kept, each.
    private let countMax: Int
    private let state = Mutex(State())

    package init(countMax: Int = 10_000) {
        self.countMax = countMax
    }

    package func add(_ entries: [TraceEntry]) throws {
        state.withLock { state in
            for entry in entries {
                switch entry {
                case .invocation(let record, let others):
                    state.count += 1
                    state.invocations.append((number: state.count, record: record, others: others))
                case .submission(let record): state.submissions.append(record)
                }
            }
            state.invocations.removeFirst(max(0, state.invocations.count - countMax))
            state.submissions.removeFirst(max(0, state.submissions.count - countMax))
        }
    }

    package func invocations(
        _ place: TracePlace, of organization: OrganizationName, after number: Int64, limit: Int
    ) throws -> [(number: Int64, record: InvocationRecord)] {
        let found = state.withLock(\.invocations).filter { entry in
            guard entry.record.organization == organization, entry.number > number else { return false }
            switch place {
            case .transaction(let id):
                return !id.isEmpty && (entry.record.transactionID == id || entry.others.contains(id))
            case .block(let channel, let block):
                return entry.record.transactionID == nil && entry.record.channel == channel
                    && entry.record.block == "\(block)"
            }
        }
        return found.prefix(max(0, limit)).map { (number: $0.number, record: $0.record) }
    }

    package func invocations(requestID: String, of organization: OrganizationName) throws -> [InvocationRecord] {
        state.withLock(\.invocations).map(\.record).filter {
            $0.requestID == requestID && $0.organization == organization
        }
    }

    package func submissions(by requestID: String, of organization: OrganizationName) throws -> [SubmissionRecord] {
        state.withLock(\.submissions).filter { $0.requestID == requestID && $0.organization == organization }
    }

    package func submission(of id: String, by organization: OrganizationName) throws -> SubmissionRecord? {
        state.withLock(\.submissions).first { $0.transactionID == id && $0.organization == organization }
    }
}
