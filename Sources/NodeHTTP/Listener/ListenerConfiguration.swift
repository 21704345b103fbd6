/// Where the listener listens and what it bounds.
package struct ListenerConfiguration: Sendable {
    package struct Address: Hashable, Sendable, CustomStringConvertible {
        /// A host name or an IP address, without brackets.
        package var host: String
        /// 0 lets the system choose.
        package var port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Reads `host:port`, `[v6]:port` or `:port` (all addresses of this machine).
        package init?(_ text: String) {
            if text.hasPrefix(":"), let port = Int(text.dropFirst()), (0...65_535).contains(port) {
                self.init(host: "0.0.0.0", port: port)
            } else if let host = RequestHost(text), let port = host.port {
                self.init(host: host.name, port: port)
            } else {
                return nil
            }
        }

        package var isLoopback: Bool { RequestHost(host.contains(":") ? "[\(host)]" : host)?.isLoopback ?? false }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    package var addresses: [Address]
    /// Nil: without TLS.
    package var tls: ListenerTLS?
    /// Seconds without a byte while the client owes us one, 60 by default. Streams of ours are not cut.
    package var idleTimeout: Duration
    /// Open connections per address, 1,024 by default. Above it new ones wait in the system's backlog.
    package var connectionCountMax: Int

    package init(
        addresses: [Address] = [Address(host: "127.0.0.1", port: 8080)], tls: ListenerTLS? = nil,
        idleTimeout: Duration = .seconds(60), connectionCountMax: Int = 1_024
    ) {
        self.addresses = addresses
        self.tls = tls
        self.idleTimeout = idleTimeout
        self.connectionCountMax = connectionCountMax
    }
}
