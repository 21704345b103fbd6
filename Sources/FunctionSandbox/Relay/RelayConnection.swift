internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The node's end of the connection to an instance's relay, the first process in its sandbox.
///
/// It starts the runtime and opens ports when told so. When this connection ends, so does the relay, and all with it.
final class RelayConnection: Sendable {
    private struct State {
        var channel: (any Channel)?
        var closedReason: String?
        /// What the relay has told and nobody asked for yet, and who waits for what, by letter.
        var told: [UInt8: UInt32] = [:]
        var waiters: [UInt8: CheckedContinuation<UInt32?, Never>] = [:]
        var onServer: (@Sendable (Bool) -> Void)?
    }

    private let state = Mutex(State())

    /// Waits until the relay is up; false if it never will be.
    func waitForHello() async -> Bool { await wait(for: UInt8(ascii: "H")) != nil }

    /// Starts the one program of this instance.
    func execute(_ executable: String, _ arguments: [String], environment: [String: String], folder: String) {
        var strings = [folder, "\(arguments.count + 1)", executable] + arguments
        strings += environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        send("X", strings.flatMap { Array($0.utf8) + [0] })
    }

    /// Carries connections to a port inside to the node's socket `name`.
    ///
    /// - Parameter port: 0 lets the relay choose.
    /// - Returns: the port; nil if the instance ended.
    func listen(port: UInt16, socket name: String) async -> UInt16? {
        send("L", order(port, 0, name))
        return await wait(for: UInt8(ascii: "L")).map { UInt16(truncatingIfNeeded: $0) }
    }

    /// Has the relay offer connections to a server inside, `spareCount` at a time, at the node's socket `name`, as soon as the server
    /// is up.
    func serve(port: UInt16, socket name: String, spareCount: UInt16) {
        send("S", order(port, spareCount, name))
    }

    /// Has `tell` called once: when the server inside is up, or with false when it never will be.
    func whenServerIsUp(_ tell: @escaping @Sendable (Bool) -> Void) {
        let known = state.withLock { state -> Bool? in
            if state.told.removeValue(forKey: UInt8(ascii: "S")) != nil { return true }
            if state.closedReason != nil { return false }
            state.onServer = tell
            return nil
        }
        if let known { tell(known) }
    }

    func close(reason: String) {
        let (channel, waiters, onServer) = state.withLock { state in
            if state.closedReason == nil { state.closedReason = reason }
            defer { (state.waiters, state.onServer) = ([:], nil) }
            return (state.channel, Array(state.waiters.values), state.onServer)
        }
        onServer?(false)
        channel?.close(promise: nil)
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    private func order(_ port: UInt16, _ count: UInt16, _ name: String) -> [UInt8] {
        [port, count].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + Array(name.utf8) + [0]
    }

    private func send(_ type: Unicode.Scalar, _ content: [UInt8]) {
        guard let channel = state.withLock({ $0.channel }) else { return }
        var buffer = channel.allocator.buffer(capacity: 5 + content.count)
        buffer.writeInteger(UInt32(1 + content.count))
        buffer.writeInteger(UInt8(ascii: type))
        buffer.writeBytes(content)
        channel.writeAndFlush(buffer, promise: nil)
    }

    private func wait(for type: UInt8) async -> UInt32? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> UInt32?? in
                if let told = state.told.removeValue(forKey: type) { return .some(told) }
                if state.closedReason != nil { return .some(nil) }
                precondition(state.waiters[type] == nil, "one question of a kind is asked at a time")
                state.waiters[type] = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    // From the socket, on its event loop.

    func accept(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard state.channel == nil, state.closedReason == nil else { return false }
            state.channel = channel
            return true
        }
    }

    /// The relay's process, as the node sees it.
    func processID() async -> Int32? {
        guard let channel = state.withLock({ $0.channel }) else { return nil }
        // The credentials begin with the process; the kernel gives as much of them as is asked for.
        let option = ChannelOptions.socketOption(.init(rawValue: 17))  // SO_PEERCRED
        guard let credentials = try? await channel.getOption(option).get() else { return nil }
        return Int32(truncatingIfNeeded: credentials)
    }

    func received(_ type: UInt8, _ number: UInt32) {
        let onServer = type == UInt8(ascii: "S") ? state.withLock { $0.onServer.take() } : nil
        if let onServer { return onServer(true) }
        let waiter = state.withLock { state -> CheckedContinuation<UInt32?, Never>? in
            if let waiter = state.waiters.removeValue(forKey: type) { return waiter }
            state.told[type] = number
            return nil
        }
        waiter?.resume(returning: number)
    }
}

/// Cuts what a relay sends into messages: 9 bytes each, a length, a letter, a number.
final class RelayMessageHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: RelayConnection
    private var received = ByteBuffer()

    init(connection: RelayConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        while let (length, type, number) = received.readMultipleIntegers(as: (UInt32, UInt8, UInt32).self) {
            guard length == 5, [UInt8(ascii: "H"), UInt8(ascii: "L"), UInt8(ascii: "S")].contains(type) else {
                return connection.close(reason: "its relay sent rubbish")
            }
            connection.received(type, number)
        }
        received.discardReadBytes()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.close(reason: "its relay is gone")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.close(reason: "\(error)")
    }
}
