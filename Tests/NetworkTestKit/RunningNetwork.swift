package import DuetClient
import Foundation
import Synchronization

/// A network that the built `duet`, or a program with linked contracts, runs in a process and a folder of its own.
///
/// ``with(program:options:_:)`` ends the process and deletes the folder, whatever happens.
package final class RunningNetwork: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Description: Decodable {
        struct Organization: Decodable {
            let name: String
            let domain: String
            let peerPorts: [Int]
        }

        let channel: String
        let organizations: [Organization]
    }

    private let folder: URL
    private let program: String
    private let options: [String]
    private let process = Mutex<Process?>(nil)
    /// Of the HTTP interface, as the node reported it.
    private let nodeAddress = Mutex("http://127.0.0.1:1")

    private init(program: String, options: [String]) throws {
        self.program = program
        self.options = options
        folder = FileManager.default.temporaryDirectory.appending(path: "duet-client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// - Parameters:
    ///   - program: one of the package's, which tests must depend on.
    ///   - options: of `up`.
    package static func with(
        program: String = "duet", options: [String] = [], _ body: (RunningNetwork) async throws -> Void
    ) async throws {
        let network = try RunningNetwork(program: program, options: options)
        defer {
            network.kill()
            try? FileManager.default.removeItem(at: network.folder)
        }
        try await network.start()
        try await body(network)
    }

    /// Starts the node, also again after ``kill()``; returns once it can be used. Ports stay the same.
    package func start() async throws {
        try await Self.apart { try self.startBlocking() }
    }

    private func startBlocking() throws {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent(program)
        process.arguments =
            ["up", "--port", "0", "--listen", "127.0.0.1:0", "--data", data.path(), "--output", "json"] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process.withLock { $0 = process }
        // The report ends with a line that holds the closing brace alone.
        var report = Data()
        while !report.suffix(3).elementsEqual("\n}\n".utf8) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else {
                throw Failure(description: "the node did not start: \(String(decoding: report, as: UTF8.self))")
            }
            report += more
        }
        let addresses = try JSONDecoder().decode(StartReport.self, from: report).addresses
        nodeAddress.withLock { $0 = addresses.first ?? $0 }
    }

    private struct StartReport: Decodable {
        let addresses: [String]
    }

    /// Deploys a template with its functions.
    ///
    /// - Parameters:
    ///   - files: by name; the template among them.
    ///   - organizations: whose functions they become.
    ///   - parameters: of the template.
    package func deploy(
        _ files: [String: String], to organizations: [String], parameters: [String: String] = [:]
    ) async throws {
        let source = folder.appending(path: "template-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: source.appending(path: name)) }
        let overrides = parameters.flatMap { ["-p", "\($0.key)=\($0.value)"] }
        let arguments =
            ["deploy", source.path(), "--organization", organizations.joined(separator: ",")]
            + ["--node", nodeAddress.withLock { $0 }] + overrides
        try await Self.apart { try self.runBlocking(arguments) }
    }

    /// Runs another command of the program, such as `contract approve`, on this data folder.
    ///
    /// - Throws: ``Failure`` with what it wrote to standard error, unless it ends well.
    package func run(_ arguments: String...) async throws {
        let withData = arguments + ["--data", data.path()]
        try await Self.apart { try self.runBlocking(withData) }
    }

    /// Waits for processes where nothing else waits behind it.
    private static func apart(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    private func runBlocking(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent(program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["DUET_NODE": "http://127.0.0.1:1"]) { $1 }
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let words = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(arguments): \(String(decoding: words, as: UTF8.self))")
        }
    }

    /// As a crash would.
    package func kill() {
        process.withLock { process in
            guard let running = process, running.isRunning else { return }
            Foundation.kill(running.processIdentifier, SIGKILL)
            running.waitUntilExit()
            process = nil
        }
    }

    // MARK: - What a person reads from the data folder

    private var data: URL { folder.appending(path: "data") }

    private func description() throws -> Description {
        try JSONDecoder().decode(Description.self, from: Data(contentsOf: data.appending(path: "network.json")))
    }

    /// Where an organisation's keys are, in cryptogen's layout.
    package func organizationFolder(_ index: Int = 0) throws -> String {
        data.appending(path: "organizations/peerOrganizations/\(try description().organizations[index].domain)").path()
    }

    package func port(_ index: Int = 0) throws -> Int { try description().organizations[index].peerPorts[0] }

    package func mspID(_ index: Int = 0) throws -> MSPID {
        try MSPID(validating: try description().organizations[index].name)
    }

    package func file(_ path: String, of index: Int = 0) throws -> Bytes {
        Bytes([UInt8](try Data(contentsOf: URL(filePath: "\(try organizationFolder(index))/\(path)"))))
    }

    package func address(_ index: Int = 0) throws -> GatewayAddress {
        let domain = try description().organizations[index].domain
        return GatewayAddress(
            host: "localhost", port: try port(index),
            trustedAuthorities: [try file("tlsca/tlsca.\(domain)-cert.pem", of: index)])
    }

    package func identity(_ index: Int = 0, user: String = "User1") throws -> ClientIdentity {
        try ClientIdentity.load(
            organizationFolder: try organizationFolder(index), user: user, mspID: try mspID(index))
    }

    /// Runs `body` with a contract of the channel, as a member of an organisation at its own peer.
    package func withContract<Result: Sendable>(
        _ name: String = "keyvalue", _ index: Int = 0,
        _ body: @escaping @Sendable (ContractClient) async throws -> Result
    ) async throws -> Result {
        let channel = try description().channel
        return try await NetworkClient.withConnection(to: address(index), as: identity(index)) { client in
            try await body(client.channel(channel).contract(name))
        }
    }
}
