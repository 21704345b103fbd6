internal import FabricTypes
internal import NIOCore
internal import Synchronization

/// The open connections of one server: how many, which of them have not begun to speak, and what certificates they showed.
final class ConnectionTable: Sendable {
    private struct State {
        var openCount = 0
        /// All that are open, by the order in which they came.
        var channels: [UInt64: any Channel] = [:]
        /// Those that have not sent a first word after their handshake.
        var unfinished: [UInt64: any Channel] = [:]
        var next: UInt64 = 0
        /// No unfinished connection is older.
        var oldest: UInt64 = 0
        var certificateHashes: [String: Digest] = [:]
        var refusedCount = 0
    }

    private let countMax: Int
    private let state = Mutex(State())

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// Connections that were ever taken in.
    var openedCount: UInt64 { state.withLock { $0.next } }
    var closedCount: UInt64 { state.withLock { $0.next - UInt64($0.openCount) } }
    var openCount: Int { state.withLock { $0.openCount } }
    /// Connections that were closed for want of room, unfinished ones among them.
    var refusedCount: Int { state.withLock { $0.refusedCount } }

    /// Takes a connection in; nil if there is no room for it.
    ///
    /// - Returns: its number, to be given to ``finish(_:certificateHash:address:)`` and
    ///   ``close(_:address:isFinished:)``.
    func open(_ channel: any Channel) -> UInt64? {
        let (number, displaced) = state.withLock { state -> (UInt64?, (any Channel)?) in
            var displaced: (any Channel)?
            if state.openCount >= countMax {
                state.refusedCount += 1
                displaced = Self.takeOldest(&state)
                guard displaced != nil else { return (nil, nil) }
            } else {
                state.openCount += 1
            }
            let number = state.next
            state.next += 1
            state.unfinished[number] = channel
            state.channels[number] = channel
            return (number, displaced)
        }
        displaced?.close(promise: nil)
        return number
    }

    /// The handshake is done, and the caller has begun to speak.
    ///
    /// - Returns: false if the connection has lost its place to a newer one and is being closed.
    func finish(_ number: UInt64, certificateHash: Digest?, address: String) -> Bool {
        state.withLock { state in
            guard state.unfinished.removeValue(forKey: number) != nil else { return false }
            if let certificateHash { state.certificateHashes[address] = certificateHash }
            return true
        }
    }

    /// The connection is gone.
    ///
    /// - Parameter isFinished: whether ``finish(_:certificateHash:address:)`` has taken it.
    func close(_ number: UInt64, address: String, isFinished: Bool) {
        state.withLock { state in
            state.channels[number] = nil
            if isFinished {
                state.certificateHashes[address] = nil
                state.openCount -= 1
            } else if state.unfinished.removeValue(forKey: number) != nil {
                state.openCount -= 1
            }
        }
    }

    /// Closes connections that have not begun to speak: nothing is lost with them.
    func closeUnfinished() {
        for channel in state.withLock({ Array($0.unfinished.values) }) { channel.close(promise: nil) }
    }

    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    func certificateHash(of address: String) -> Digest? {
        state.withLock { $0.certificateHashes[address] }
    }

    private static func takeOldest(_ state: inout State) -> (any Channel)? {
        while state.oldest < state.next {
            defer { state.oldest += 1 }
            if let channel = state.unfinished.removeValue(forKey: state.oldest) { return channel }
        }
        return nil
    }
}
