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
    /// Of new code nothing is known before it is packed but that it is another.
    private static let namesOfCode: Set<String> = ["codeSize", "codeChecksum"]

    static func details(from old: JSONValue, to new: JSONValue) -> [String] {
        let (old, new) = (old.objectValue ?? [:], new.objectValue ?? [:])
        let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        let settings = changed.subtracting(namesOfCode).sorted().map { name in
            "\(name): \(text(old[name])) → \(text(new[name]))"
        }
        return (changed.isDisjoint(with: namesOfCode) ? [] : ["code: another"]) + settings
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let value, value != .null else { return "none" }
        let text = value.stringValue ?? value.jsonText
        return text.count > characterCountMax ? text.prefix(characterCountMax) + "…" : text
    }
}
