package import FunctionTypes

/// A stored thing that was made, changed, or (nil) removed.
package enum RegistryChange: Sendable, Hashable {
    case service(OrganizationName, ServiceName, ServiceRecord?)
    case domain(CustomDomainName, CustomDomainRecord?)
}

/// Keeps the registry across restarts.
///
/// Calls block until the disk has the data; the caller runs them where blocking is allowed.
package protocol RegistryStore: Sendable {
    /// Everything stored.
    func load() throws -> (services: [ServiceRecord], domains: [CustomDomainRecord])
    /// Stores all changes or none. On return they survive a loss of power.
    func commit(_ changes: [RegistryChange]) throws
}
