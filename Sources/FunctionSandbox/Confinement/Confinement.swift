/// How functions' processes are kept from everything that is not their own.
package enum Confinement: Sendable {
    /// In sandboxes of bubblewrap.
    case bubblewrap(Bubblewrap)
    /// Not at all: a function can do whatever the node's user can. Only after an explicit setting.
    case none
    /// Confinement was asked for and is not to be had: no function runs.
    case unavailable(reason: String)

    /// What a node is set to.
    package enum Setting: String, Sendable, CaseIterable {
        case bubblewrap
        case none
    }

    /// What `setting` comes to on this machine. Starts a sandbox for a trial.
    ///
    /// - Parameter hiddenFolder: what no function may see even where a host's folder that it needs holds it: the node's data.
    package static func establish(_ setting: Setting, hiddenFolder: String) async -> Confinement {
        switch setting {
        case .none: .none
        case .bubblewrap:
            switch await Bubblewrap.make(hiddenFolder: hiddenFolder) {
            case .success(let bubblewrap): .bubblewrap(bubblewrap)
            case .failure(let problem): .unavailable(reason: problem.reason)
            }
        }
    }

    var bubblewrap: Bubblewrap? {
        if case .bubblewrap(let bubblewrap) = self { bubblewrap } else { nil }
    }

    /// One line for the operator.
    package var summary: String {
        switch self {
        case .bubblewrap(let bubblewrap):
            "bubblewrap, \(bubblewrap.user.summary), \(bubblewrap.network.summary)"
        case .none: "none: functions can do whatever the node's user can; deploy only code you trust"
        case .unavailable(let reason): "functions do not run: \(reason)"
        }
    }
}

extension Bubblewrap.Network {
    package var summary: String {
        switch self {
        case .helper(let helper): "network through \(helper.kind.rawValue)"
        case .none(let reason): "no network (\(reason))"
        }
    }
}
