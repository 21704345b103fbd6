/// How a domain name's paths lead to functions.
package struct CustomDomainConfiguration: Hashable, Sendable, Codable {
    package struct Route: Hashable, Sendable, Codable {
        /// `/path`, or `/path/*` for everything below.
        package var path: String
        package var service: ServiceName
        package var function: FunctionName
        package var qualifier: Qualifier

        package init(path: String, service: ServiceName, function: FunctionName, qualifier: Qualifier = .latest) {
            self.path = path
            self.service = service
            self.function = function
            self.qualifier = qualifier
        }
    }

    /// `HTTP` or `HTTP,HTTPS`.
    package var protocolText: String
    package var routes: [Route]
    /// The name of the certificate; the key is not kept, since the listener has its own TLS.
    package var certificateName: String?

    package init(protocolText: String, routes: [Route], certificateName: String? = nil) {
        self.protocolText = protocolText
        self.routes = routes
        self.certificateName = certificateName
    }

    /// The route of a path: an exact one, else the longest with `/*`.
    package func route(for path: String) -> Route? {
        if let exact = routes.first(where: { $0.path == path }) { return exact }
        return
            routes
            .filter { $0.path.hasSuffix("/*") && (path + "/").hasPrefix($0.path.dropLast()) }
            .max { $0.path.utf8.count < $1.path.utf8.count }
    }
}
