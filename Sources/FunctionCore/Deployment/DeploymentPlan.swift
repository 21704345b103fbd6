package import FunctionTypes

/// One resource of a deployment and what happens to it.
package struct PlannedChange: Sendable, Hashable {
    package enum Action: String, Sendable, Hashable {
        case create
        case update
        case unchanged
        /// It exists but the template does not name it: it stays as it is.
        case left
        case remove
    }

    package var action: Action
    package var organization: OrganizationName
    /// `service`, `function`, `trigger`, `customDomain`, `logProject`, `logstore`, `contract`.
    package var kind: String
    /// `marblesFC/processEvent`.
    package var name: String
    /// Settings that change: `timeout: 3 → 60`.
    package var details: [String]

    package init(
        _ action: Action, organization: OrganizationName, kind: String, name: String, details: [String] = []
    ) {
        self.action = action
        self.organization = organization
        self.kind = kind
        self.name = name
        self.details = details
    }
}

/// Finds what differs between two values by their JSON members, for people to read.
enum DifferenceText {
    static let characterCountMax = 60

    static func details(from old: JSONValue, to new: JSONValue) -> [String] {
        let (old, new) = (old.objectValue ?? [:], new.objectValue ?? [:])
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            let (before, after) = (old[name], new[name])
            return before == after ? nil : "\(name): \(text(before)) → \(text(after))"
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let value, value != .null else { return "none" }
        let text = value.stringValue ?? value.jsonText
        return text.count > characterCountMax ? text.prefix(characterCountMax) + "…" : text
    }
}
