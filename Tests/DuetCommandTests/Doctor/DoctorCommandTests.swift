import Foundation
import Testing

@Suite("duet doctor")
struct DoctorCommandTests {
    /// The schema as a script would rely on it, written down a second time on purpose.
    struct Report: Decodable {
        struct System: Decodable {
            let name: String
            let architecture: String
            let coreCount: Int
            let memoryByteCount: UInt64
        }
        struct Check: Decodable {
            let id: String
            let title: String
            let status: String
            let found: String
            let consequence: String?
            let remedy: String?
            let packages: [String]
        }
        let version: String
        let system: System
        let isReady: Bool
        let checks: [Check]
    }

    @Test("the JSON report has every check, and the exit status follows from it")
    func report() async throws {
        let result = try await DuetProgram.run(["doctor", "--output", "json"])
        let report = try JSONDecoder().decode(Report.self, from: Data(result.standardOutput.utf8))

        #expect(result.standardError.isEmpty)
        #expect(report.system.coreCount > 0)
        #expect(report.system.memoryByteCount > 0)
        #expect(
            Set(report.checks.map(\.id)).isSuperset(of: [
                "interpreter.node", "interpreter.python", "sandbox.bubblewrap", "sandbox.relay", "sandbox.network",
                "sandbox.cgroup",
                "limit.openFiles", "disk.free", "port.7050", "port.7051", "port.7053", "port.8080", "port.9051",
            ]))
        #expect(report.isReady == !report.checks.contains { $0.status == "missing" })
        #expect(result.status == (report.isReady ? 0 : 1))
        // Where bubblewrap runs at all, the trial comes as far as the kernel lets it.
        let checks = Dictionary(uniqueKeysWithValues: report.checks.map { ($0.id, $0) })
        if checks["sandbox.bubblewrap"]?.status == "ok" {
            let trial = try #require(checks["sandbox.namespaces"])
            #expect(trial.status == "ok" || trial.found.contains("bwrap: "))
        }
        // A helper counts once it has joined a sandbox.
        if let network = checks["sandbox.network"], network.status == "ok" {
            #expect(network.found.contains("joined a trial sandbox"))
        }
        for check in report.checks where check.status != "ok" {
            #expect(check.consequence?.isEmpty == false, "\(check.id)")
            #expect(check.remedy?.isEmpty == false, "\(check.id)")
        }
    }

    // Interpreters are looked for in the system's folders too, so they may be found all the same.
    @Test("with nothing on the search path it names the packages to install and ends with 1")
    func nothingInstalled() async throws {
        let result = try await DuetProgram.run(["doctor", "--output", "json"], searchPath: "/nonexistent")
        let report = try JSONDecoder().decode(Report.self, from: Data(result.standardOutput.utf8))

        #expect(result.status == 1)
        #expect(!report.isReady)
        let packages = Set(report.checks.flatMap(\.packages))
        #expect(packages.isSuperset(of: ["bubblewrap", "slirp4netns"]))

        let table = try await DuetProgram.run(["doctor"], searchPath: "/nonexistent")
        #expect(table.status == 1)
        #expect(table.standardOutput.contains("sudo apt-get install \(packages.sorted().joined(separator: " "))\n"))
        #expect(!table.standardOutput.contains("\u{1B}"), "no colour where no terminal is")
    }
}
