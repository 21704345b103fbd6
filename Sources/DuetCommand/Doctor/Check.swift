/// One thing Duet wants from the machine, and what was found.
struct Check: Encodable, Sendable {
    enum Status: String, Encodable {
        case ok
        /// Duet works; one of its abilities does less, or another way.
        case limited
        /// Something people expect of Duet does not work.
        case missing
    }

    /// Stable, dotted: `interpreter.node`.
    let id: String
    let title: String
    let status: Status
    /// What was found, in a few words.
    let found: String
    /// What does not work without it. Absent when all is well.
    let consequence: String?
    /// What to do about it. Absent when all is well.
    let remedy: String?
    /// The Debian and Ubuntu packages that bring it. Empty when all is well or no package helps.
    let packages: [String]

    static func ok(_ id: String, _ title: String, found: String) -> Check {
        Check(id: id, title: title, status: .ok, found: found, consequence: nil, remedy: nil, packages: [])
    }

    /// - Parameter packages: Where given, the remedy is to install them, whatever else `remedy` says.
    static func lack(
        _ status: Status, _ id: String, _ title: String, found: String, consequence: String, remedy: String? = nil,
        packages: [String] = []
    ) -> Check {
        let install = packages.isEmpty ? nil : "Install the package \(packages.joined(separator: ", "))."
        return Check(
            id: id, title: title, status: status, found: found, consequence: consequence,
            remedy: [install, remedy].compactMap { $0 }.joined(separator: " "), packages: packages)
    }
}
