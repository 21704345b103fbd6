package import FabricTypes
internal import Foundation
package import Membership

/// The folder with the key material of a network's organisations, in cryptogen's layout.
///
/// Below it lie `peerOrganizations/<domain>` and `ordererOrganizations/<domain>`. Calls block; they are made at start and
/// by commands, one at a time.
package struct OrganizationStore: Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case peer = "peerOrganizations"
        case orderer = "ordererOrganizations"
    }

    /// Larger files are no certificates or keys.
    static let fileByteCountMax = 1 << 20
    /// More files are no organisation.
    static let fileCountMax = 20_000

    /// How the names of folders begin that are still being written. Readers pass them over.
    static let unfinishedPrefix = ".new-"

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// All organisations of a kind, by domain; none if nothing has been written yet.
    package func organizations(_ kind: Kind) throws(OrganizationStoreError) -> [OrganizationFolder] {
        let folder = "\(path)/\(kind.rawValue)"
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        var organizations: [OrganizationFolder] = []
        for domain in try Self.entries(folder) {
            let organization = try organization(kind, domain: domain)
            if !organization.files.isEmpty { organizations.append(organization) }
        }
        return organizations
    }

    /// One organisation.
    package func organization(_ kind: Kind, domain: String) throws(OrganizationStoreError) -> OrganizationFolder {
        OrganizationFolder(domain: domain, files: try Self.read("\(path)/\(kind.rawValue)/\(domain)"))
    }

    /// Writes a new organisation, all of it or nothing.
    ///
    /// - Throws: ``OrganizationStoreError`` `exists` if the domain has a folder already.
    package func create(_ files: CryptoFiles, _ kind: Kind, domain: String) throws(OrganizationStoreError) {
        try Self.create(files, at: "\(path)/\(kind.rawValue)/\(domain)")
    }

    /// Writes a new member of an organisation, all of it or nothing.
    ///
    /// - Parameter member: where it goes, such as `users/User2@org1.example.com`.
    /// - Throws: ``OrganizationStoreError`` `exists` if it is there already.
    package func create(
        _ files: CryptoFiles, _ kind: Kind, domain: String, member: String
    ) throws(OrganizationStoreError) {
        try Self.create(files, at: "\(path)/\(kind.rawValue)/\(domain)/\(member)")
    }

    // MARK: - Reading

    /// The files below any folder, such as an MSP folder that a Fabric tool has written.
    package static func read(_ folder: String) throws(OrganizationStoreError) -> [String: Bytes] {
        var files: [String: Bytes] = [:]
        try read(folder, prefix: "", into: &files)
        return files
    }

    private static func read(
        _ folder: String, prefix: String, into files: inout [String: Bytes]
    ) throws(OrganizationStoreError) {
        for name in try entries(folder) {
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            // A link that leads nowhere is passed over, as by Fabric.
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                // Deeper than any layout we know: a link that leads in a circle.
                guard prefix.split(separator: "/").count < 8 else { continue }
                try read(path, prefix: "\(prefix)\(name)/", into: &files)
            } else {
                guard files.count < fileCountMax else {
                    throw OrganizationStoreError(
                        .tooLarge,
                        "The folder \"\(folder)\" has more than \(fileCountMax) files: name the folder of one "
                            + "organisation.")
                }
                files["\(prefix)\(name)"] = try contents(path)
            }
        }
    }

    private static func entries(_ folder: String) throws(OrganizationStoreError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(unfinishedPrefix) }.sorted()
        } catch {
            throw OrganizationStoreError(
                .unreadable, "The folder \"\(folder)\" cannot be read: \(error.localizedDescription)")
        }
    }

    private static func contents(_ path: String) throws(OrganizationStoreError) -> Bytes {
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }  // nothing was written
            let data = try handle.read(upToCount: fileByteCountMax + 1) ?? Data()
            guard data.count <= fileByteCountMax else {
                throw OrganizationStoreError(
                    .tooLarge,
                    "The file \"\(path)\" is larger than \(fileByteCountMax) bytes: it is no certificate or key.")
            }
            return Bytes([UInt8](data))
        } catch let error as OrganizationStoreError {
            throw error
        } catch {
            throw OrganizationStoreError(
                .unreadable, "The file \"\(path)\" cannot be read: \(error.localizedDescription)")
        }
    }
}

/// Key material that cannot be read or written.
package struct OrganizationStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// What is to be created is there already; nothing was changed.
        case exists
        case unreadable
        case unwritable
        /// More than key material ever has.
        case tooLarge
    }

    package let code: Code
    /// A whole sentence: what failed, which file, and why.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
