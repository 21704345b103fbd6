internal import FunctionSandbox

/// What encloses the processes of functions, found as a node finds it at its start: the programs, a sandbox made for a trial, a way
/// out of it to the network.
enum SandboxProbe {
    private static let consequence =
        "No function runs, unless Duet is started with `--sandbox none`: then whoever writes one can do whatever Duet may do."

    static func checks() async -> [Check] {
        async let version = program()
        return await checks(of: Bubblewrap.make(hiddenFolder: ""), program: version)
    }

    /// bubblewrap's path and version; nil where it is not installed.
    private static func program() async -> (path: String, version: ToolRunner.Outcome)? {
        guard let path = ToolRunner.path(of: "bwrap") else { return nil }
        return (path, await ToolRunner.ask(path, ["--version"]))
    }

    private static func checks(
        of sandbox: Result<Bubblewrap, Bubblewrap.Problem>, program: (path: String, version: ToolRunner.Outcome)?
    ) -> [Check] {
        [bubblewrap(program), relay()] + trial(sandbox)
    }

    private static func bubblewrap(_ program: (path: String, version: ToolRunner.Outcome)?) -> Check {
        switch program?.version {
        case nil:
            return .lack(
                .missing, "sandbox.bubblewrap", "bubblewrap", found: "not found", consequence: consequence,
                packages: ["bubblewrap"])
        case .answered(let answer):
            return .ok("sandbox.bubblewrap", "bubblewrap", found: "\(answer) (\(program?.path ?? ""))")
        case .failed(let reason):
            return .lack(
                .missing, "sandbox.bubblewrap", "bubblewrap", found: "\(program?.path ?? "") does not run: \(reason)",
                consequence: consequence, remedy: "If it is installed already, install it again.",
                packages: ["bubblewrap"])
        }
    }

    private static func relay() -> Check {
        guard let path = Bubblewrap.relayPath() else {
            return .lack(
                .missing, "sandbox.relay", "duet-relay", found: "not beside duet", consequence: consequence,
                remedy: "Install duet-relay from the same build into duet's folder, or name it in DUET_RELAY.")
        }
        return .ok("sandbox.relay", "duet-relay", found: path)
    }

    /// What was found in a sandbox; nothing where the programs for one are missing, which is told already.
    static func trial(_ sandbox: Result<Bubblewrap, Bubblewrap.Problem>) -> [Check] {
        switch sandbox {
        case .success(let bubblewrap):
            return [
                .ok(
                    "sandbox.namespaces", "namespaces",
                    found: "a trial sandbox started, with \(bubblewrap.user.summary)"),
                network(bubblewrap.network),
            ]
        case .failure(.refused(let reason)):
            return [
                .lack(
                    .missing, "sandbox.namespaces", "namespaces", found: "a trial sandbox did not start: \(reason)",
                    consequence: consequence,
                    remedy: """
                        Allow user namespaces: `sysctl user.max_user_namespaces` must not be 0; on Ubuntu also \
                        `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; in a container the host must allow \
                        them.
                        """),
                network(.none(reason: "not tried without a sandbox")),
            ]
        case .failure(.notInstalled), .failure(.noRelay):
            return [network(.none(reason: "not tried without a sandbox"))]
        }
    }

    private static func network(_ network: Bubblewrap.Network) -> Check {
        switch network {
        case .helper(let helper):
            return .ok(
                "sandbox.network", "network helper",
                found: "\(helper.kind.rawValue) joined a trial sandbox (\(helper.path))")
        case .none(let reason):
            let isInstalled = NetworkHelper.Kind.allCases.contains { ToolRunner.path(of: $0.rawValue) != nil }
            return .lack(
                .limited, "sandbox.network", "network helper", found: reason,
                consequence: "Functions with `InternetAccess: true` have no network.",
                remedy: isInstalled ? "Give Duet's user access to /dev/net/tun; in a container the host must." : nil,
                packages: isInstalled ? [] : ["slirp4netns"])
        }
    }
}
