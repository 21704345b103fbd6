/// A function's full name on a node.
package struct FunctionID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let organization: OrganizationName
    package let service: ServiceName
    package let function: FunctionName

    package init(organization: OrganizationName, service: ServiceName, function: FunctionName) {
        self.organization = organization
        self.service = service
        self.function = function
    }

    package var description: String { "\(organization)/\(service)/\(function)" }

    package static func < (left: FunctionID, right: FunctionID) -> Bool {
        (left.organization, left.service, left.function) < (right.organization, right.service, right.function)
    }
}

/// A function and which state of it is meant, as a caller names it.
package struct FunctionTarget: Hashable, Sendable, Codable, CustomStringConvertible {
    package var id: FunctionID
    package var qualifier: Qualifier

    package init(_ id: FunctionID, qualifier: Qualifier = .latest) {
        self.id = id
        self.qualifier = qualifier
    }

    package var description: String { "\(id.organization)/\(id.service).\(qualifier)/\(id.function)" }
}
