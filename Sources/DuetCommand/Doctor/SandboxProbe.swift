/// What encloses the processes of functions: bubblewrap, the kernel's user namespaces, and a way to the network.
enum SandboxProbe {
    private static let unconfined = "Functions cannot be confined: whoever writes one can do whatever Duet may do."

    static func checks() async -> [Check] {
        guard let path = ToolRunner.path(of: "bwrap") else {
            return [bubblewrapMissing, network()]
        }
        async let version = ToolRunner.ask(path, ["--version"])
        // The smallest sandbox with every kind of namespace: what the kernel refuses here it refuses for functions.
        async let trial = ToolRunner.ask(
            path, ["--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "true"])
        return [bubblewrap(path, await version), namespaces(await trial), network()]
    }

    private static var bubblewrapMissing: Check {
        .lack(
            .missing, "sandbox.bubblewrap", "bubblewrap", found: "not found",
            consequence: unconfined,
            packages: ["bubblewrap"])
    }

    private static func bubblewrap(_ path: String, _ version: ToolRunner.Outcome) -> Check {
        switch version {
        case .answered(let answer):
            return .ok("sandbox.bubblewrap", "bubblewrap", found: "\(answer) (\(path))")
        case .failed(let reason):
            return .lack(
                .missing, "sandbox.bubblewrap", "bubblewrap", found: "\(path) does not run: \(reason)",
                consequence: unconfined,
                remedy: "If it is installed already, install it again.", packages: ["bubblewrap"])
        }
    }

    private static func namespaces(_ trial: ToolRunner.Outcome) -> Check {
        switch trial {
        case .answered:
            return .ok("sandbox.namespaces", "namespaces", found: "a trial sandbox started")
        case .failed(let reason):
            return .lack(
                .missing, "sandbox.namespaces", "namespaces", found: "a trial sandbox did not start: \(reason)",
                consequence: unconfined,
                remedy: """
                    Allow user namespaces: `sysctl user.max_user_namespaces` must not be 0; on Ubuntu also \
                    `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; in a container the host must allow them.
                    """)
        }
    }

    private static func network() -> Check {
        // slirp4netns is asked first: it alone keeps the host's loopback unreachable on every version we know.
        for helper in ["slirp4netns", "pasta"] {
            if let path = ToolRunner.path(of: helper) {
                return .ok("sandbox.network", "network helper", found: "\(helper) (\(path))")
            }
        }
        return .lack(
            .limited, "sandbox.network", "network helper", found: "neither slirp4netns nor passt",
            consequence: "Functions with `InternetAccess: true` have no network.", packages: ["slirp4netns"])
    }
}
