/// Which `Host` values the listener serves: loopback names, names from the configuration, and custom domains that
/// functions are deployed under.
///
/// The rule stands against DNS rebinding: a web page can make a browser send requests to a loopback port, but only with
/// the page's own name in `Host`.
package struct HostRule: Sendable {
    /// Lower-case names without port.
    package let names: Set<String>
    /// Asked for every other name; changes as domains are deployed. Must answer from memory.
    package let isCustomDomain: @Sendable (String) -> Bool

    package init(names: Set<String> = [], isCustomDomain: @escaping @Sendable (String) -> Bool = { _ in false }) {
        self.names = Set(names.map { $0.lowercased() })
        self.isCustomDomain = isCustomDomain
    }

    package func standing(of host: RequestHost?) -> IncomingRequest.HostStanding {
        guard let host else { return .unknown }
        if host.isLoopback { return .loopback }
        if names.contains(host.name) { return .configured }
        return isCustomDomain(host.name) ? .customDomain : .unknown
    }
}
