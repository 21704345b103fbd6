import FunctionCore
import Testing

@Suite("Changes that share a storage transaction")
struct GroupCommitTests {
    private struct Refused: Error {}
    private struct DiskFailed: Error {}

    /// Drains until `count` changes were stored.
    private func drain(
        _ commit: GroupCommit<Int, Int>, until count: Int, _ store: ([Int]) throws -> [Int]
    ) async {
        var stored = 0
        while stored < count {
            commit.drain { changes in
                stored += changes.count
                return try store(changes)
            }
            await Task.yield()
        }
    }

    @Test("each change gets its own answer")
    func answers() async throws {
        let commit = GroupCommit<Int, Int>()
        async let answers = withThrowingTaskGroup { group in
            for change in 0..<50 {
                group.addTask { (change, try await commit.perform(change, refusal: Refused()) {}) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        await drain(commit, until: 50) { $0.map { $0 * 10 } }
        #expect(try await answers == Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, $0 * 10) }))
    }

    @Test("a failure is told to all that wait, and the next change is stored")
    func failures() async throws {
        let commit = GroupCommit<Int, Int>()
        async let failed = Result<Int, any Error> { try await commit.perform(1, refusal: Refused()) {} }
        await drain(commit, until: 1) { _ in throw DiskFailed() }
        let outcome = await failed
        #expect(throws: DiskFailed.self) { try outcome.get() }
        async let stored = commit.perform(2, refusal: Refused()) {}
        await drain(commit, until: 1) { $0 }
        #expect(try await stored == 2)
    }

    @Test("more than may wait are refused")
    func refusals() async {
        let commit = GroupCommit<Int, Int>(countMax: 0)
        await #expect(throws: Refused.self) { try await commit.perform(1, refusal: Refused()) {} }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
