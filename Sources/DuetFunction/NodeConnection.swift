internal import FunctionTypes
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A connected Unix socket, for reads and writes that block.
final class UnixSocket: Sendable {
    private let descriptor: Int32

    /// Nil if nothing listens at `path`.
    init?(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        #if canImport(Darwin)
        descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #elseif canImport(Musl)
        descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard descriptor >= 0, isConnected else {
            if descriptor >= 0 { close(descriptor) }
            return nil
        }
    }

    deinit { close(descriptor) }

    /// False if the other side is gone.
    func write(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                send(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset, 0)
                #else
                send(
                    descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset,
                    Int32(MSG_NOSIGNAL))
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    /// At most `byteCount` bytes, none at the end.
    func read(upTo byteCount: Int) -> [UInt8] {
        let count = min(byteCount, 1 << 20)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, readCount in
            repeat {
                readCount = max(-1, recv(descriptor, buffer.baseAddress, count, 0))
            } while readCount < 0 && errno == EINTR
            readCount = max(0, readCount)
        }
    }

    /// Nil if the other side ended before.
    func read(exactly byteCount: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < byteCount {
            let part = read(upTo: byteCount - bytes.count)
            guard !part.isEmpty else { return nil }
            bytes += part
        }
        return bytes
    }
}

/// What the node told the program at its start.
enum EnvironmentVariable {
    static func value(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

/// The connection to the node: messages of a JSON header and a body, as its bootstraps speak them.
final class NodeConnection: Sendable {
    private static let byteCountMax = 34 << 20

    private let socket: UnixSocket
    private let writing = Mutex(())

    init(socket: UnixSocket) {
        self.socket = socket
    }

    /// Ends the program when the node is gone: nobody is left to answer to.
    func send(_ header: JSONValue, body: [UInt8] = []) {
        let head = header.jsonBytes
        let bytes = Self.bigEndian(4 + head.count + body.count) + Self.bigEndian(head.count) + head + body
        let isSent = writing.withLock { _ in socket.write(bytes) }
        if !isSent { exit(0) }
    }

    /// The next message; nil when the node is gone.
    func receive() -> (header: JSONValue, body: [UInt8])? {
        guard let lengths = socket.read(exactly: 8) else { return nil }
        let (length, headLength) = (Self.number(lengths[0..<4]), Self.number(lengths[4..<8]))
        guard length >= 4, length <= Self.byteCountMax, headLength <= length - 4,
            let content = socket.read(exactly: length - 4),
            let header = try? JSONValue(parsing: Array(content[..<headLength]))  // a node that sends rubbish is none
        else { return nil }
        return (header, Array(content[headLength...]))
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        let number = UInt32(truncatingIfNeeded: number)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
