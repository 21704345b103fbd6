/// An organisation: one Function Compute *account*. Names of services are unique within it.
///
/// The rule is that of policy texts, so that an MSP ID such as `Org1MSP` can be one.
package struct OrganizationName: ResourceName {
    package static let kind = "Organization"
    package static let allowsDots = true
    package let rawValue: String
    package init(unchecked text: String) { rawValue = text }

    package static func brokenRule(in text: String) -> String? {
        guard let first = text.utf8.first, isLetter(first) || isDigit(first) else {
            return "it must begin with a letter or a digit"
        }
        return nil
    }
}

/// A service's name: `[A-Za-z_][A-Za-z0-9_-]*`, at most 128 characters.
package struct ServiceName: ResourceName {
    package static let kind = "Service name"
    package let rawValue: String
    package init(unchecked text: String) { rawValue = text }
}

/// A function's name: `[A-Za-z_][A-Za-z0-9_-]*`, at most 128 characters (older servers: 64).
package struct FunctionName: ResourceName {
    package static let kind = "Function name"
    package let rawValue: String
    package init(unchecked text: String) { rawValue = text }
}

/// A trigger's name, unique within its function.
package struct TriggerName: ResourceName {
    package static let kind = "Trigger name"
    package let rawValue: String
    package init(unchecked text: String) { rawValue = text }
}

/// An alias of a service version. `LATEST` and texts of digits are taken by qualifiers of their own.
package struct AliasName: ResourceName {
    package static let kind = "Alias name"
    package let rawValue: String
    package init(unchecked text: String) { rawValue = text }

    package static func brokenRule(in text: String) -> String? {
        if text == "LATEST" { return "\"LATEST\" always means the unpublished state of the service" }
        if text.utf8.allSatisfy(isDigit) { return "digits alone name a version" }
        return nil
    }
}

/// A domain name that routes to functions: `shop.example.com`.
package struct CustomDomainName: ResourceName {
    package static let kind = "Domain name"
    package static let byteCountMax = 253
    package static let allowsDots = true
    package let rawValue: String
    package init(unchecked text: String) { rawValue = text.lowercased() }

    package static func brokenRule(in text: String) -> String? {
        text.split(separator: ".", omittingEmptySubsequences: false).contains(where: \.isEmpty)
            ? "a part between dots is empty" : nil
    }
}

/// The caller's own id for an asynchronous invocation, at the same time its idempotency key.
package struct InvocationID: ResourceName {
    package static let kind = "Invocation ID"
    package let rawValue: String
    package init(unchecked text: String) { rawValue = text }

    /// Ids that we make are request ids, which may begin with a digit.
    package static func brokenRule(in text: String) -> String? { nil }
}
