internal import Foundation
internal import Subprocess
internal import SystemPackage

extension Bubblewrap {
    /// Why functions cannot be confined here.
    package enum Problem: Error, Sendable, Hashable {
        case notInstalled
        case noRelay
        /// In the words of bubblewrap or of the system.
        case refused(String)

        var reason: String {
            switch self {
            case .notInstalled:
                "bubblewrap is not installed. Install it (apt-get install bubblewrap slirp4netns) and start again, "
                    + "or let functions run unconfined with \"--sandbox none\""
            case .noRelay: "the program duet-relay, which belongs beside duet, is missing. Install both from one build"
            case .refused(let words):
                "bubblewrap cannot make a sandbox here (\(words)). \"duet doctor\" says what to change; "
                    + "\"--sandbox none\" lets functions run unconfined"
            }
        }
    }

    /// The most that a sandbox may take for a trial: a first start from a cold disk is slow.
    private static let trialTimeout = Duration.seconds(20)

    /// Finds the programs, starts a sandbox to see whether it can be, and joins it to the outside.
    package static func make(hiddenFolder: String) async -> Result<Bubblewrap, Problem> {
        guard let program = path(of: "bwrap") else { return .failure(.notInstalled) }
        guard let relay = relayPath() else { return .failure(.noRelay) }
        // Root that can become another user needs no user namespace; some systems offer none.
        let user: User = geteuid() == 0 ? .own(first: userFirst) : .namespace
        var bubblewrap = Bubblewrap(
            program: program, relay: relay, user: user, network: .none(reason: "it was not tried"),
            hiddenFolder: hiddenFolder)
        do {
            bubblewrap.network = try await withThrowingTaskGroup(of: Network.self) { [bubblewrap] group in
                group.addTask { try await bubblewrap.trial() }
                group.addTask {
                    try await Task.sleep(for: trialTimeout)
                    throw Problem.refused("it took longer than \(trialTimeout.components.seconds) s")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? bubblewrap.network
            }
            return .success(bubblewrap)
        } catch {
            return .failure(error as? Problem ?? .refused("\(error)"))
        }
    }

    /// The relay that was built with this program; `DUET_RELAY` names another.
    package static func relayPath() -> String? {
        if let set = ProcessInfo.processInfo.environment["DUET_RELAY"] { return set }
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("duet-relay").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    /// The full path of a program on the search path.
    static func path(of name: String) -> String? {
        let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? InstanceEnvironment.searchPath
        return searchPath.split(separator: ":").map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Makes a sandbox and tries the ways out of it.
    ///
    /// - Throws: ``Problem`` if there can be none.
    private func trial() async throws -> Network {
        let folder = FileManager.default.temporaryDirectory.path + "/duet-trial-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }  // it is in the folder for such things
        let folders = Folders(
            code: folder + "/code", sockets: folder + "/sockets", bootstraps: folder + "/bootstraps")
        do {
            for path in [folders.code, folders.sockets, folders.bootstraps] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
        } catch {
            throw Problem.refused(
                "\"\(folder)\" cannot be made: \(error.localizedDescription); TMPDIR names another place")
        }
        try RuntimeFolder.writeSettings(into: folders.bootstraps)
        let command = command(folders, number: 0, programs: [], relayArguments: ["-t"])
        // What it tells it tells on a descriptor that it closes for what it starts.
        let script = ["-c", #"exec "$@" 3>&1"#, "sh", command.executable, "--info-fd", "3"]
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: Arguments(script + command.arguments),
            environment: .custom([:]), input: .inputWriter, output: .sequence, error: .combinedWithOutput
        ) { execution -> Result<Network, Problem> in
            var text = ""
            // The relay says that it is up, and stays until its input ends.
            for try await buffer in execution.standardOutput {
                text += buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                guard text.utf8.count < 1 << 14 else { break }
                guard text.contains(Self.upText), let processID = Self.processID(in: text) else { continue }
                let network = await self.tryNetworks(into: processID)
                try await execution.standardInputWriter.finish()
                return .success(network)
            }
            let words = text.split(whereSeparator: \.isNewline).first { $0.contains(": ") && !$0.contains("\"") }
            return .failure(.refused(words.map(String.init) ?? "it ended at once"))
        }
        return try result.closureResult.get()
    }

    /// What the relay prints in a trial.
    private static let upText = "up\n"

    /// What bubblewrap tells of the first process inside, in JSON.
    static func processID(in text: String) -> Int32? {
        guard let name = text.firstRange(of: "\"child-pid\":") else { return nil }
        return Int32(text[name.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
    }

    private func tryNetworks(into processID: Int32) async -> Network {
        let helpers = NetworkHelper.installed(for: user)
        for helper in helpers {
            let network = SandboxNetwork(helper: helper, user: user, marker: [:])
            async let run: Void = network.run(into: processID)
            let isReady = await network.waitUntilReady()
            network.stop()
            await run
            if isReady { return .helper(helper) }
        }
        let names = NetworkHelper.Kind.allCases.map(\.rawValue)
        return .none(
            reason: helpers.isEmpty
                ? "neither \(names.joined(separator: " nor ")) is installed"
                : "\(helpers.map(\.kind.rawValue).joined(separator: " and ")) cannot join a sandbox here: "
                    + "that needs access to /dev/net/tun")
    }
}
