internal import Glibc
internal import NIOCore

/// Whether an address can be listened on, found out before anything is founded or deleted for it.
enum AddressProbe {
    /// Binds the address for a moment. Blocks for as long as a name service takes.
    ///
    /// - Parameter port: 0 asks about the host alone.
    /// - Returns: why not, as the system says it; nil if it can.
    static func problem(host: String, port: Int) -> String? {
        let address: SocketAddress
        do {
            address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            return "no address of that name is known"
        }
        let family = address.protocol.rawValue
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        // As listeners do: a port that a program has just left is free.
        var isReused: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        let status = address.withSockAddr { pointer, size in bind(descriptor, pointer, socklen_t(size)) }
        return status == 0 ? nil : String(cString: strerror(errno))
    }
}
