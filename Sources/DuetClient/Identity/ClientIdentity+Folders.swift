public import FabricTypes
internal import Foundation
package import Membership

extension ClientIdentity {
    /// Reads an MSP folder as Fabric's tools lay it out: `signcerts`, `keystore`, `cacerts`, `config.yaml`. Blocks.
    ///
    /// - Throws: ``ClientError`` with phase `prepare` that names what is missing or wrong.
    public static func load(mspFolder path: String, mspID: MSPID) throws -> ClientIdentity {
        try identity(in: MSPFolder(files: FolderContents.read(path)), mspID: mspID, path: path)
    }

    /// Reads an MSP folder, for programs that sign more than calls. Blocks.
    ///
    /// - Throws: as ``load(mspFolder:mspID:)``.
    package static func signer(mspFolder path: String, mspID: MSPID) throws -> SigningIdentity {
        let folder = MSPFolder(files: try FolderContents.read(path))
        do {
            return try folder.signingIdentity(mspID: mspID)
        } catch let error as MSPFolderError {
            throw ClientError(.prepare, .invalidArgument, "The identity in \"\(path)\" cannot be used. \(error)")
        }
    }

    /// Reads a user of an organisation's folder as cryptogen lays it out: `users/User1@org1.example.com/msp`. Blocks.
    ///
    /// - Parameters:
    ///   - path: of the organisation: `organizations/peerOrganizations/org1.example.com`.
    ///   - user: the whole name, or the part before the `@`.
    /// - Throws: ``ClientError`` with phase `prepare`; where there is no such user it names those there are.
    public static func load(organizationFolder path: String, user: String, mspID: MSPID) throws -> ClientIdentity {
        let member = try OrganizationUser.find(user, organizationFolder: path)
        return try identity(in: member.msp, mspID: mspID, path: "\(path)/users/\(member.name)/msp")
    }

    private static func identity(in folder: MSPFolder, mspID: MSPID, path: String) throws -> ClientIdentity {
        do {
            return try ClientIdentity(folder.signingIdentity(mspID: mspID))
        } catch let error as MSPFolderError {
            throw ClientError(.prepare, .invalidArgument, "The identity in \"\(path)\" cannot be used. \(error)")
        }
    }
}

extension GatewayAddress.ClientCertificate {
    /// Reads what a user of an organisation's folder shows of itself in TLS: `users/User1@org1.example.com/tls` with
    /// `client.crt` and `client.key`, as cryptogen lays it out. Blocks.
    ///
    /// - Parameters: As those of ``ClientIdentity/load(organizationFolder:user:mspID:)``.
    /// - Returns: nil for a user without such files.
    /// - Throws: ``ClientError`` with phase `prepare`; where there is no such user it names those there are.
    public static func load(organizationFolder path: String, user: String) throws -> Self? {
        try OrganizationUser.find(user, organizationFolder: path).tls.map {
            Self(certificates: $0.certificate, privateKey: $0.key)
        }
    }
}

private enum OrganizationUser {
    static func find(_ user: String, organizationFolder path: String) throws -> OrganizationFolder.Member {
        let domain = URL(filePath: path).lastPathComponent
        let users = OrganizationFolder(domain: domain, files: try FolderContents.read(path)).users
        guard let member = users.first(where: { $0.name == user || $0.name == "\(user)@\(domain)" }) else {
            let known = users.map(\.name).joined(separator: ", ")
            throw ClientError(
                .prepare, .notFound,
                "The organisation folder \"\(path)\" has no user \"\(user)\"; it has \(known.isEmpty ? "none" : known)."
            )
        }
        return member
    }
}

/// The files below a folder, by their paths within it.
enum FolderContents {
    /// Certificates and keys are small; whoever names a larger folder by mistake is told so.
    private static let fileCountMax = 10_000
    private static let byteCountMax = 1 << 20

    static func read(_ path: String) throws -> [String: Bytes] {
        let root = URL(filePath: path)
        let names: [String]
        do {
            names = try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false))
        } catch {
            throw ClientError(
                .prepare, .notFound, "The folder \"\(path)\" cannot be read: \(error.localizedDescription)")
        }
        guard names.count <= fileCountMax else {
            throw ClientError(
                .prepare, .invalidArgument,
                "The folder \"\(path)\" has more than \(fileCountMax) files: name the folder of one identity.")
        }
        var contents: [String: Bytes] = [:]
        for name in names {
            let file = root.appending(path: name)
            let values = try? file.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            guard values?.isRegularFile == true, values?.fileSize ?? 0 <= byteCountMax,
                let data = try? Data(contentsOf: file)
            else { continue }
            contents[name] = Bytes([UInt8](data))
        }
        return contents
    }
}
