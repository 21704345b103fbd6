internal import DuetClient
internal import FabricTypes
internal import Foundation

/// A node with a new network, in a process and a folder of its own.
final class NodeProcess {
    /// What a client needs to use the network.
    struct Network {
        let address: GatewayAddress
        let identity: ClientIdentity
        let channel: String
    }

    private let process = Process()
    private let folder: URL
    private let hasTLS: Bool
    private let program: String
    /// Where the node's HTTP APIs are.
    private(set) var httpAddress = ""

    /// Starts the program and waits until it can be used.
    init(program: String, hasTLS: Bool) throws {
        self.hasTLS = hasTLS
        self.program = program
        folder = FileManager.default.temporaryDirectory.appending(path: "duet-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: program)
        process.arguments =
            ["up", "--data", data.path, "--listen", "127.0.0.1:0", "--port", "0", "--output", "json"]
            + (hasTLS ? [] : ["--no-tls"])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var report = ""
        // The report ends with a line that holds the closing brace alone.
        while !report.hasSuffix("\n}\n") {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else {
                throw NodeProcessError(description: "\"\(program)\" ended before it was up; standard error says why.")
            }
            report += String(decoding: part, as: UTF8.self)
        }
        struct Announcement: Decodable { let addresses: [String] }
        guard let announcement = try? JSONDecoder().decode(Announcement.self, from: Data(report.utf8)),
            let address = announcement.addresses.first
        else { throw NodeProcessError(description: "\"\(program)\" does not tell its address.") }
        httpAddress = address
    }

    /// Runs a command of the program against this node, and reads the JSON that it prints.
    func command<Answer: Decodable>(_ arguments: String...) throws -> Answer {
        let command = Process()
        command.executableURL = URL(filePath: program)
        command.arguments = arguments + ["--node", httpAddress, "--output", "json"]
        let output = Pipe()
        command.standardOutput = output
        try command.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        command.waitUntilExit()
        guard command.terminationStatus == 0 else {
            throw NodeProcessError(
                description: "\"duet \(arguments.joined(separator: " "))\" failed; standard error says why.")
        }
        return try JSONDecoder().decode(Answer.self, from: answer)
    }

    /// A folder for files of the benchmark, removed with the node's.
    func makeFolder(_ name: String) throws -> URL {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private var data: URL { folder.appending(path: "data") }

    /// Ends the node and removes its folder.
    func end() {
        process.terminate()
        process.waitUntilExit()
        // What stays behind lies in the folder for temporary files.
        try? FileManager.default.removeItem(at: folder)
    }

    func network() throws -> Network {
        struct Description: Decodable {
            struct Organization: Decodable {
                let name: String
                let domain: String
                let peerPorts: [Int]
            }
            let channel: String
            let organizations: [Organization]
        }
        let description = try JSONDecoder().decode(
            Description.self, from: Data(contentsOf: data.appending(path: "network.json")))
        guard let organization = description.organizations.first, let port = organization.peerPorts.first else {
            throw NodeProcessError(description: "The network has no peer.")
        }
        let root = data.appending(path: "organizations/peerOrganizations/\(organization.domain)")
        let authority = root.appending(path: "peers/peer0.\(organization.domain)/tls/ca.crt")
        return Network(
            address: GatewayAddress(
                host: "localhost", port: port,
                trustedAuthorities: hasTLS ? [Bytes([UInt8](try Data(contentsOf: authority)))] : nil),
            identity: try ClientIdentity.load(
                organizationFolder: root.path, user: "User1", mspID: MSPID(validating: organization.name)),
            channel: description.channel)
    }

    /// Processor time that the node has used, its own and the kernel's for it.
    var cpuTime: Duration { ProcessorTime.of(process: process.processIdentifier) }

    var residentByteCount: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
}

struct NodeProcessError: Error, CustomStringConvertible {
    let description: String
}

enum ProcessorTime {
    static var own: Duration {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(.zero) {
            $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec)
        }
    }

    static func of(process id: Int32) -> Duration {
        let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        // The name in the second field is in brackets and may hold anything; user and system ticks are the 12th and 13th
        // fields behind it.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return .zero }
        return .milliseconds((user + system) * 1_000 / sysconf(Int32(_SC_CLK_TCK)))
    }
}
