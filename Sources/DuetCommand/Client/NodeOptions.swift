internal import ArgumentParser
internal import FabricTypes
internal import Foundation
internal import NIOCore
internal import NIOSSL
internal import NodeHTTP

/// `--node`, `--access-key-file` and `--node-ca`: which node a command talks to, and as whom. The same for every command that does.
struct NodeOptions: ParsableArguments {
    static let addressVariable = "DUET_NODE"
    static let keyVariable = "DUET_ACCESS_KEY"
    static let authorityVariable = "DUET_NODE_CA"
    static let addressDefault = "http://127.0.0.1:8080"

    @Option(
        help: ArgumentHelp(
            "Address of the node.",
            discussion: "As http://host:port. Else the variable \(addressVariable), else \(addressDefault).",
            valueName: "address"))
    var node: String?

    @Option(
        help: ArgumentHelp(
            "File with the access key to call with.",
            discussion: """
                The first key of a file such as a node's access-keys.json. Else the variable \(keyVariable), as <id>.<secret>; \
                without either the call bears no key, which a node allows on its own machine.
                """, valueName: "file"))
    var accessKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "File with the authority of the node's certificate, in PEM.",
            discussion: """
                For an https address whose certificate the system does not trust, such as one that signs itself. Else the \
                variable \(authorityVariable).
                """, valueName: "file"))
    var nodeCA: String?

    /// Runs `body` with a client of the node, and closes its connections afterwards.
    ///
    /// - Throws: ``CommandError`` when an option is wrong, before anything is called; what `body` throws.
    /// - Parameter readTimeout: how long an answer may be silent; nil waits for ever.
    func withClient<Result>(readTimeout: TimeAmount? = .seconds(60), _ body: (NodeClient) async throws -> Result)
        async throws -> Result
    {
        let environment = ProcessInfo.processInfo.environment
        let address = try Self.address(node ?? environment[Self.addressVariable] ?? Self.addressDefault)
        let key =
            try accessKeyFile.map(Self.firstKey) ?? environment[Self.keyVariable].flatMap { $0.isEmpty ? nil : $0 }
        let authorities = try (nodeCA ?? environment[Self.authorityVariable]).map(Self.authorities)
        let client = NodeClient(
            address: address, accessKey: key, authorities: authorities ?? [], readTimeout: readTimeout)
        do {
            let result = try await body(client)
            try await client.close()
            return result
        } catch {
            // The first error is the one that matters; closing again could only fail because of it.
            try? await client.close()
            throw error
        }
    }

    /// `http://host:port` or `host:port`, without a path.
    static func address(_ text: String) throws(CommandError) -> String {
        let full = text.contains("://") ? text : "http://" + text
        guard let components = URLComponents(string: full), ["http", "https"].contains(components.scheme),
            let host = components.host, !host.isEmpty, ["", "/"].contains(components.path), components.query == nil,
            components.user == nil
        else {
            throw CommandError(.usage, "\"\(text)\" is no address of a node: write http://host:port.")
        }
        return full.hasSuffix("/") ? String(full.dropLast()) : full
    }

    private static func authorities(path: String) throws -> [NIOSSLCertificate] {
        let text = try LocalFile.read(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(text.array), !certificates.isEmpty else {
            throw CommandError(.configuration, "\"\(path)\" holds no certificate in PEM.")
        }
        return certificates
    }

    private static func firstKey(path: String) throws -> String {
        struct Document: Decodable {
            struct Key: Decodable {
                var id: String
                var secret: String
            }

            var keys: [Key]
        }
        do {
            let document = try JSONDecoder().decode(
                Document.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
            guard let key = document.keys.first else {
                throw CommandError(.configuration, "\"\(path)\" holds no access key.")
            }
            return "\(key.id).\(key.secret)"
        } catch let error as CommandError {
            throw error
        } catch let error as DecodingError {
            throw CommandError(
                .configuration,
                "\"\(path)\" is no file of access keys, {\"keys\": [{\"id\": …, \"secret\": …}]}: \(error).")
        } catch {
            throw CommandError(
                .noInput, "The access keys in \"\(path)\" cannot be read: \(error.localizedDescription)")
        }
    }
}
