import FabricTypes
import Synchronization

@testable import DuetClient

/// A gateway that answers as a test says, and remembers what it was asked.
final class ScriptedTransport: GatewayTransport {
    typealias Answer = @Sendable (GatewayMethod, Bytes) async throws -> [Bytes]

    struct Call: Hashable, Sendable {
        let method: GatewayMethod
        let request: Bytes
    }

    private let log = Mutex<[Call]>([])
    private let answer: Answer

    /// - Parameter answer: one message for a call, any number for a stream, which then ends well.
    init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    var calls: [Call] { log.withLock { $0 } }

    func call(_ method: GatewayMethod, _ request: Bytes, timeout: Duration?) async throws -> Bytes {
        log.withLock { $0.append(Call(method: method, request: request)) }
        return try await answer(method, request).first ?? Bytes()
    }

    func stream(
        _ method: GatewayMethod, _ request: Bytes, receive: @escaping @Sendable (Bytes) async throws -> Void
    ) async throws {
        log.withLock { $0.append(Call(method: method, request: request)) }
        for message in try await answer(method, request) { try await receive(message) }
    }
}

extension ClientEnvironment {
    /// Fixed time and numbers; pauses that end at once and are remembered.
    static func scripted(
        nonces: [Bytes] = [], timestamp: Timestamp = Timestamp(seconds: 1_795_219_500), pauses: Pauses = Pauses()
    ) -> ClientEnvironment {
        let rest = NonceList(nonces)
        return ClientEnvironment(
            now: { timestamp }, nonce: { rest.next() },
            sleep: { duration in
                try Task.checkCancellation()
                pauses.add(duration)
            })
    }
}

final class Pauses: Sendable {
    private let durations = Mutex<[Duration]>([])

    var all: [Duration] { durations.withLock { $0 } }

    func add(_ duration: Duration) {
        durations.withLock { $0.append(duration) }
    }
}

private final class NonceList: Sendable {
    private let state: Mutex<(rest: [Bytes], count: UInt8)>

    init(_ nonces: [Bytes]) {
        state = Mutex((nonces, 0))
    }

    /// The given ones first, then others.
    func next() -> Bytes {
        state.withLock { state in
            if !state.rest.isEmpty { return state.rest.removeFirst() }
            state.count &+= 1
            return Bytes(Array(repeating: state.count, count: 24))
        }
    }
}
