/// A program that carries a sandbox's packets as the node's user would, except to the host's loopback.
package struct NetworkHelper: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case slirp4netns
        /// What the package passt brings for network namespaces.
        case pasta
    }

    package let kind: Kind
    package let path: String

    /// Those that are installed, the preferred one first: slirp4netns is up sooner and takes less memory, but cannot give up its view
    /// of the host's files where it is not root.
    static func installed(for user: Bubblewrap.User) -> [NetworkHelper] {
        let kinds: [Kind] = user == .namespace ? [.pasta, .slirp4netns] : [.slirp4netns, .pasta]
        return kinds.compactMap { kind in
            Bubblewrap.path(of: kind.rawValue).map { NetworkHelper(kind: kind, path: $0) }
        }
    }

    /// The command that joins a sandbox to the outside for as long as its input stays open, and so not beyond the node's end.
    ///
    /// - Parameter processID: a process inside, as the host numbers it.
    func command(into processID: Int32, as user: Bubblewrap.User) -> (executable: String, arguments: [String]) {
        switch kind {
        case .slirp4netns:
            return (
                path,
                ["--configure", "--mtu=65520", "--disable-host-loopback", "--enable-seccomp"]
                    + (user == .namespace ? [] : ["--enable-sandbox"])
                    + ["--ready-fd=1", "--exit-fd=0", "\(processID)", "tap0"]
            )
        case .pasta:
            // Its ways to the host's loopback are three: the gateway's address, and ports forwarded in either direction.
            var arguments = [
                "--foreground", "--quiet", "--ipv4-only", "--config-net", "--ns-ifname", "tap0", "--mtu", "65520",
                "--no-map-gw", "--tcp-ports", "none", "--udp-ports", "none", "--tcp-ns", "none", "--udp-ns", "none",
                "--address", Address.own, "--netmask", "255.255.255.0", "--gateway", Address.gateway,
                "--dns-forward", Address.names, "--pid", "/proc/self/fd/1",
            ]
            switch user {
            case .own: arguments += ["--runas", "0:0", "--netns-only", "--netns", "/proc/self/fd/0"]
            case .namespace: arguments.append("\(processID)")
            }
            // It gives up the right to look at others' processes before it looks for the namespace, which is therefore its input;
            // and it would not end with the node by itself. Its output is its own, so that its end is seen.
            let script = """
                trap : TERM; network=$1; shift; "$@" <"$network" & helper=$!
                exec >/dev/null; read -r end; kill "$helper"; wait "$helper"
                """
            return ("/bin/sh", ["-c", script, "sh", "/proc/\(processID)/ns/net", path] + arguments)
        }
    }

    /// Whether a part of its output says that the network is there.
    func isReady(_ output: [UInt8]) -> Bool {
        switch kind {
        // It may say other things first, which end with a line.
        case .slirp4netns: output.last == UInt8(ascii: "1")
        // The number of its process.
        case .pasta: output.last == UInt8(ascii: "\n") && output.dropLast().allSatisfy { (48...57).contains($0) }
        }
    }

    /// Addresses inside, which slirp4netns chooses unasked.
    enum Address {
        static let own = "10.0.2.100"
        static let gateway = "10.0.2.2"
        static let names = "10.0.2.3"
    }
}
