/// A runtime as templates and API name it: `nodejs8`, `python3.10`.
package struct RuntimeName: Hashable, Sendable {
    package enum Family: Hashable, Sendable {
        case node
        case python
        /// An executable named `bootstrap` in the package.
        case executable
        /// Known to Function Compute, not offered here; the reason goes on from "this runtime …".
        case unavailable(String)
    }

    package let rawValue: String
    package let family: Family
    /// Major version that the name asks for, such as 8 or 3; nil if it names none.
    package let majorVersion: Int?
    /// The name's version is out of support: the interpreter that is installed runs it.
    package let isRetired: Bool

    package static let suggestions = ["nodejs20", "nodejs18", "python3", "custom"]

    /// Nil for a name that Function Compute does not know either.
    package init?(_ text: String) {
        rawValue = text
        if let version = Self.version(of: text, after: "nodejs") {
            family = .node
            majorVersion = version.major
            isRetired = version.major < 18
        } else if let version = Self.version(of: text, after: "python"), [2, 3].contains(version.major) {
            family = .python
            majorVersion = version.major
            isRetired = version.major < 3
        } else if text == "custom" || text.hasPrefix("custom.") || text == "provided" || text.hasPrefix("provided.") {
            family = .executable
            majorVersion = nil
            isRetired = false
        } else if text == "custom-container" || text == "go1"
            || ["java", "php", "dotnetcore"].contains(where: text.hasPrefix)
        {
            family = .unavailable(
                "this node runs Node.js, Python, and executables under the runtimes \"custom\" and \"provided\"")
            majorVersion = nil
            isRetired = false
        } else {
            return nil
        }
    }

    /// What the interpreter is called in messages.
    package var interpreterName: String {
        switch family {
        case .node: "Node.js"
        case .python: "Python"
        case .executable: "bootstrap"
        case .unavailable: rawValue
        }
    }

    private static func version(of text: String, after prefix: String) -> (major: Int, minor: Int?)? {
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ (1...3).contains($0.utf8.count) }),
            parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } }),
            let major = Int(parts[0])
        else { return nil }
        return (major, parts.count == 2 ? Int(parts[1]) : nil)
    }
}
