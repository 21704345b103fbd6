internal import Foundation
internal import Glibc

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
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard Glibc.bind(descriptor, pointer, length) == 0, getsockname(descriptor, pointer, &length) == 0
                else { return nil }
                return Int(UInt16(bigEndian: UnsafeRawPointer(pointer).load(as: sockaddr_in.self).sin_port))
            }
        }
    }
}
