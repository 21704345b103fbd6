internal import Foundation
internal import Glibc
internal import NIOCore

/// TCP ports of the loopback address that nobody holds at the moment.
///
/// Another program may take one before it is used; then the start of the node says so.
struct FreePorts {
    private var ports: [Int]

    init(count: Int) throws(NodeConfigurationError) {
        // All are held until the last is found, so that none comes twice.
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        ports = []
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw Self.failure }
            sockets.append(descriptor)
            guard let port = Self.bind(descriptor) else { throw Self.failure }
            ports.append(port)
        }
    }

    mutating func next() -> Int? { ports.popLast() }

    private static var failure: NodeConfigurationError {
        NodeConfigurationError(problems: ["No free port could be found (\(String(cString: strerror(errno))))."])
    }

    private static func bind(_ descriptor: Int32) -> Int? {
        guard let any = try? SocketAddress(ipAddress: "127.0.0.1", port: 0),
            any.withSockAddr({ pointer, size in Glibc.bind(descriptor, pointer, socklen_t(size)) }) == 0
        else { return nil }
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length) == 0
            else {
                return nil
            }
            // The port stands behind the family, two bytes each.
            return Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }
}
