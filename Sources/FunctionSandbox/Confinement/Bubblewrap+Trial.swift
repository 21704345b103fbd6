internal import Foundation
internal import Subprocess
internal import SystemPackage

extension Bubblewrap {
    /// The most that a sandbox may take for a trial: a first start from a cold disk is slow.
    private static let trialTimeout = Duration.seconds(20)

    /// Finds the programs, and starts a sandbox to see whether it can be.
    static func establish(hiddenFolder: String) async -> Confinement {
        guard let program = path(of: "bwrap") else {
            return .unavailable(
                reason:
                    "bubblewrap is not installed. Install it (apt-get install bubblewrap slirp4netns) and start again, "
                    + "or let functions run unconfined with \"--sandbox none\"")
        }
        guard let relay = relayPath() else {
            return .unavailable(
                reason: "the program duet-relay, which belongs beside duet, is missing. Install both from one build")
        }
        // Root that can become another user needs no user namespace; some systems offer none.
        let user: User = geteuid() == 0 ? .own(first: userFirst) : .namespace
        let bubblewrap = Bubblewrap(
            program: program, relay: relay, user: user, networkHelper: path(of: "slirp4netns"),
            hiddenFolder: hiddenFolder)
        do {
            if let problem = try await bubblewrap.trial() {
                return .unavailable(
                    reason: "bubblewrap cannot make a sandbox here (\(problem)). \"duet doctor\" says what to change; "
                        + "\"--sandbox none\" lets functions run unconfined")
            }
            return .bubblewrap(bubblewrap)
        } catch {
            return .unavailable(reason: "a sandbox cannot be tried: \(error)")
        }
    }

    /// The relay that was built with this program; `DUET_RELAY` names another.
    package static func relayPath() -> String? {
        if let set = ProcessInfo.processInfo.environment["DUET_RELAY"] { return set }
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("duet-relay").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    private static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (folders + ["/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin"]).map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Why no sandbox can be made; nil if one was.
    private func trial() async throws -> String? {
        let folder = FileManager.default.temporaryDirectory.path + "/duet-trial-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }  // it is in the folder for such things
        let folders = Folders(
            code: folder + "/code", sockets: folder + "/sockets", bootstraps: folder + "/bootstraps")
        for path in [folders.code, folders.sockets, folders.bootstraps] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try RuntimeFolder.writeSettings(into: folders.bootstraps)
        let command = command(folders, number: 0, programs: [], relayArguments: ["-t"])
        return try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    .path(FilePath(command.executable)), arguments: Arguments(command.arguments),
                    environment: .custom([:]), output: .discarded, error: .string(limit: 4096))
                guard !result.terminationStatus.isSuccess else { return nil }
                let words = result.standardError.split(whereSeparator: \.isNewline).first.map(String.init)
                return words ?? "\(result.terminationStatus)"
            }
            group.addTask {
                try await Task.sleep(for: Self.trialTimeout)
                return "it took longer than \(Self.trialTimeout.components.seconds) s"
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
