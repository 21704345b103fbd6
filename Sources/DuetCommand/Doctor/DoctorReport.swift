internal import Foundation

/// Everything `duet doctor` found; also the schema of its JSON.
struct DoctorReport: Encodable, Sendable {
    let version: String
    let system: System
    /// Whether nothing needed is missing.
    let isReady: Bool
    let checks: [Check]

    struct System: Encodable, Sendable {
        let name: String
        let architecture: String
        let coreCount: Int
        let memoryByteCount: UInt64
    }

    /// Examines this machine. Starts a few short-lived processes, binds and frees ports, and makes and removes an empty
    /// cgroup; leaves nothing behind.
    static func examine(dataFolder: String) async -> DoctorReport {
        async let interpreters = InterpreterProbe.checks()
        async let sandbox = SandboxProbe.checks()
        let machine = [CgroupProbe.check(), LimitsProbe.openFiles(), LimitsProbe.freeDisk(at: dataFolder)]
        let ports = PortProbe.checks()
        let checks = await interpreters + sandbox + machine + ports
        return DoctorReport(
            version: DuetVersion.current, system: .current, isReady: !checks.contains { $0.status == .missing },
            checks: checks)
    }

    /// A table of what was found, then a sentence or two for each lack.
    func rendered(for terminal: Terminal) -> String {
        var table = TextTable([.init(""), .init("check"), .init("found")])
        for check in checks {
            table.append([Self.mark(check.status), .init(check.title), .init(check.found)])
        }
        var text = table.rendered(for: terminal)
        for check in checks {
            guard let consequence = check.consequence, let remedy = check.remedy else { continue }
            text += "\n\(terminal.paint(check.title, Self.color(check.status))): \(consequence) \(remedy)\n"
        }
        let packages = Set(checks.flatMap(\.packages)).sorted()
        if !packages.isEmpty {
            text += "\nAll of it at once: sudo apt-get install \(packages.joined(separator: " "))\n"
        }
        text += "\n" + (isReady ? "This machine is ready.\n" : "Something needed is missing.\n")
        return text
    }

    private static func mark(_ status: Check.Status) -> TextTable.Cell {
        .init(status.rawValue, color(status))
    }

    private static func color(_ status: Check.Status) -> Terminal.Color {
        switch status {
        case .ok: .green
        case .limited: .yellow
        case .missing: .red
        }
    }
}

extension DoctorReport.System {
    static var current: Self {
        let process = ProcessInfo.processInfo
        var machine = utsname()
        uname(&machine)
        let architecture = withUnsafeBytes(of: &machine.machine) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return Self(
            name: process.operatingSystemVersionString, architecture: architecture,
            coreCount: process.activeProcessorCount, memoryByteCount: process.physicalMemory)
    }
}
