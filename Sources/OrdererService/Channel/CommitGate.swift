package import FabricTypes
internal import Synchronization

/// Knows whether the peers that share the orderer's process have caught up with its chain.
///
/// While a block is in flight, envelopes gather instead of being cut at once, so that a busy channel gets large blocks and
/// the peers are not flooded with small ones. Without such peers the gate is always open.
final class CommitGate: Sendable {
    private struct State {
        var heights: [UInt64: BlockNumber] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())
    private let opened: @Sendable () -> Void

    /// - Parameter opened: called whenever a peer has come further.
    init(opened: @escaping @Sendable () -> Void) {
        self.opened = opened
    }

    func enroll(height: BlockNumber) -> UInt64 {
        state.withLock { state in
            defer { state.next &+= 1 }
            state.heights[state.next] = height
            return state.next
        }
    }

    func report(_ height: BlockNumber, by key: UInt64) {
        state.withLock { $0.heights[key] = height }
        opened()
    }

    func leave(_ key: UInt64) {
        state.withLock { _ = $0.heights.removeValue(forKey: key) }
        opened()
    }

    /// Whether all peers have committed what is below this height.
    func isOpen(at height: BlockNumber) -> Bool {
        state.withLock { $0.heights.values.allSatisfy { $0 >= height } }
    }
}

/// Through which a peer of the same process tells the orderer how far it has come. Optional; ends with its last reference.
package final class CommitReporter: Sendable {
    private let gate: CommitGate
    private let key: UInt64

    init(_ gate: CommitGate, height: BlockNumber) {
        self.gate = gate
        key = gate.enroll(height: height)
    }

    deinit {
        gate.leave(key)
    }

    /// - Parameter height: the number of the last block that the peer has committed, plus one.
    package func committed(height: BlockNumber) {
        gate.report(height, by: key)
    }
}
