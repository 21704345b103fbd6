internal import ArgumentParser
internal import Foundation
internal import FunctionTypes

/// `duet config fun`: writes the file that `fun config` writes, so that `fun` and its kin work with a node of ours.
struct FunConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fun", abstract: "Write the settings that fun reads, pointing it at a node.",
        discussion: """
            Writes ~/.fcli/config.yaml. Without --access-key-id it makes a key with the role admin on the node, which a node \
            allows on its own machine.
            """)

    @Option(help: ArgumentHelp("The account in fun's words: an organisation.", valueName: "name"))
    var accountId = "Org1MSP"

    @Option(help: ArgumentHelp("Id of an access key of the organisation.", valueName: "id"))
    var accessKeyId: String?

    @Option(help: ArgumentHelp("Its secret.", valueName: "secret"))
    var accessKeySecret: String?

    @Option(help: ArgumentHelp("What fun calls the region; a node has one.", valueName: "name"))
    var region = "local"

    @Option(help: ArgumentHelp("Seconds that fun waits for an answer.", valueName: "seconds"))
    var timeout = 10

    @Option(help: ArgumentHelp("How often fun repeats a call.", valueName: "count"))
    var retries = 3

    @Option(help: ArgumentHelp("The file to write.", valueName: "path"))
    var file: String?

    @Flag(help: "Replace a file that is there.")
    var yes = false

    @OptionGroup var node: NodeOptions

    func validate() throws {
        guard (accessKeyId == nil) == (accessKeySecret == nil) else {
            throw ValidationError("Give --access-key-id and --access-key-secret together.")
        }
        for text in [accountId, region, accessKeyId ?? "", accessKeySecret ?? ""]
        where text.contains(where: { $0 == "'" || $0.isNewline || $0.isWhitespace }) {
            throw ValidationError("\"\(text)\" holds a character that the file cannot have.")
        }
    }

    func run() async throws {
        let home =
            ProcessInfo.processInfo.environment["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path
        let path = file ?? home + "/.fcli/config.yaml"
        guard yes || !FileManager.default.fileExists(atPath: path) else {
            throw CommandError(.usage, "\"\(path)\" is there already. To replace it, repeat the command with --yes.")
        }
        let (id, secret, address) = try await key()
        let text = """
            endpoint: 'https://\(accountId).\(region).fc.aliyuncs.com'
            api_version: '2016-08-15'
            access_key_id: \(id)
            access_key_secret: \(secret)
            security_token: ''
            debug: false
            timeout: \(timeout)
            retries: \(retries)
            sls_endpoint: \(address.replacingOccurrences(of: "http://", with: ""))
            report: false
            enable_custom_endpoint: true
            fc_endpoint: '\(address)'

            """
        do {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try? FileManager.default.removeItem(atPath: path)  // what cannot be removed cannot be made anew either
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: NSNumber(value: 0o600)])
            else { throw CocoaError(.fileWriteNoPermission) }
        } catch {
            throw CommandError(.failed, "\"\(path)\" cannot be written: \(error.localizedDescription)")
        }
        Terminal.standardOutput.write("Wrote \(path), with the access key \(id) for \(address).\n")
    }

    private func key() async throws -> (id: String, secret: String, address: String) {
        try await node.withClient { client in
            if let accessKeyId, let accessKeySecret { return (accessKeyId, accessKeySecret, client.address) }
            let key = try await client.call(
                .post, ["api", "keys"], query: [("organization", accountId)], body: ["role": "admin"])
            return (key["id"]?.stringValue ?? "", key["secret"]?.stringValue ?? "", client.address)
        }
    }
}
