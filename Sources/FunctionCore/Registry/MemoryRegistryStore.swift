internal import FunctionTypes
internal import Synchronization

/// A registry store that forgets with the process: for tests and demonstrations.
package final class MemoryRegistryStore: RegistryStore {
    private struct State {
        var services: [OrganizationName: [ServiceName: ServiceRecord]] = [:]
        var domains: [CustomDomainName: CustomDomainRecord] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func load() -> (services: [ServiceRecord], domains: [CustomDomainRecord]) {
        state.withLock { ($0.services.values.flatMap(\.values), Array($0.domains.values)) }
    }

    package func commit(_ changes: [RegistryChange]) {
        state.withLock { state in
            for change in changes {
                switch change {
                case .service(let organization, let name, let record):
                    state.services[organization, default: [:]][name] = record
                case .domain(let name, let record):
                    state.domains[name] = record
                }
            }
        }
    }
}
