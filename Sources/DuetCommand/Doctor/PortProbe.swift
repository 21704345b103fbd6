internal import Foundation

/// Whether the ports of the development network are free on the loopback.
enum PortProbe {
    static let ports: [(number: UInt16, user: String)] = [
        (7050, "orderer"),
        (7051, "peer of the first organisation"),
        (7053, "orderer administration"),
        (8080, "functions, logs, console"),
        (9051, "peer of the second organisation"),
    ]

    static func checks() -> [Check] {
        ports.map { check($0.number, user: $0.user) }
    }

    static func check(_ number: UInt16, user: String) -> Check {
        guard let reason = whyNotFree(number) else {
            return .ok("port.\(number)", "port \(number)", found: "free (\(user))")
        }
        return .lack(
            .limited, "port.\(number)", "port \(number)", found: "\(reason) (\(user))",
            consequence: "A network with its usual ports does not start, unless this is a running one.",
            remedy: "`ss -ltnp 'sport = :\(number)'` names the program; end it, or give Duet another port.")
    }

    /// Binds and listens for a moment, as the node would. Connections in their last wait do not count as taken.
    private static func whyNotFree(_ number: UInt16) -> String? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(descriptor, 1) == 0 else {
            return errno == EADDRINUSE ? "taken" : String(cString: strerror(errno))
        }
        return nil
    }
}
