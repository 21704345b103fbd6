import DuetClient
import Foundation
import Synchronization

/// A network that the built `duet` runs in a process and a folder of its own.
///
/// ``with(_:)`` ends the process and deletes the folder, whatever happens.
final class RunningNetwork: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
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

    let folder: URL
    private let process = Mutex<Process?>(nil)

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "duet-client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    static func with(_ body: (RunningNetwork) async throws -> Void) async throws {
        let network = try RunningNetwork()
        defer {
            network.kill()
            try? FileManager.default.removeItem(at: network.folder)
        }
        try network.start()
        try await body(network)
    }

    /// Starts the node, also again after ``kill()``; returns once it can be used. Ports stay the same.
    func start() throws {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("duet")
        process.arguments = [
            "up", "--port", "0", "--listen", "127.0.0.1:0", "--data", data.path(), "--output", "json",
        ]
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
    }

    /// As a crash would.
    func kill() {
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
    func organizationFolder(_ index: Int = 0) throws -> String {
        data.appending(path: "organizations/peerOrganizations/\(try description().organizations[index].domain)").path()
    }

    func port(_ index: Int = 0) throws -> Int { try description().organizations[index].peerPorts[0] }

    func mspID(_ index: Int = 0) throws -> MSPID {
        try MSPID(validating: try description().organizations[index].name)
    }

    func file(_ path: String, of index: Int = 0) throws -> Bytes {
        Bytes([UInt8](try Data(contentsOf: URL(filePath: "\(try organizationFolder(index))/\(path)"))))
    }

    func address(_ index: Int = 0) throws -> GatewayAddress {
        let domain = try description().organizations[index].domain
        return GatewayAddress(
            host: "localhost", port: try port(index),
            trustedAuthorities: [try file("tlsca/tlsca.\(domain)-cert.pem", of: index)])
    }

    func identity(_ index: Int = 0, user: String = "User1") throws -> ClientIdentity {
        try ClientIdentity.load(
            organizationFolder: try organizationFolder(index), user: user, mspID: try mspID(index))
    }

    /// Runs `body` with the contract `keyvalue`, as a member of an organisation at its own peer.
    func withContract<Result: Sendable>(
        _ index: Int = 0, _ body: @escaping @Sendable (ContractClient) async throws -> Result
    ) async throws -> Result {
        try await NetworkClient.withConnection(to: address(index), as: identity(index)) { client in
            try await body(client.channel("mychannel").contract("keyvalue"))
        }
    }
}
