internal import FabricTypes
internal import Foundation
internal import FunctionTypes
internal import Glibc
internal import Membership
internal import NodeHTTP
internal import Synchronization
internal import TriggerCore
internal import TriggerService

/// Services' identities on the ledger: issued by their organisation's development authority on first use, renewed before they
/// expire or on request.
///
/// Keys and certificates lie where the organisation's other identities do; `services/<organisation>/<service>.json` holds the
/// secret of the service's transactions and which identities are its own, readable by the node's user alone. Identities of
/// earlier certificates stay, for answers that began under them.
actor ServiceIdentityKeeper: ServiceIdentities {
    /// What is left of a certificate's life when the next one is issued.
    static let renewalSeconds: Int64 = 30 * 86_400

    /// Contracts find the service's name under it in the certificate.
    static let attribute = "duet.service"

    private struct Document: Codable {
        /// Base64.
        var secret: String
        /// The names of its identities, the newest last.
        var certificates: [String]
    }

    private struct Key: Hashable {
        var organization: OrganizationName
        var service: ServiceName
    }

    private let folder: String
    private let issuer: DevelopmentIdentities
    private let signatures: SignatureTable
    private let now: @Sendable () -> Int64
    private var documents: [Key: Document] = [:]
    private var identities: [String: ServiceIdentity] = [:]
    /// The actor takes another call while a disk or an authority is waited for; one service is made by one call at a time.
    private var busy: Set<Key> = []
    private var waiters: [Key: [CheckedContinuation<Void, Never>]] = [:]

    /// - Parameters:
    ///   - folder: `services` in the data folder; made with the first identity.
    ///   - now: seconds since 1970.
    init(
        folder: String, issuer: DevelopmentIdentities, signatures: SignatureTable, now: @escaping @Sendable () -> Int64
    ) {
        self.folder = folder
        self.issuer = issuer
        self.signatures = signatures
        self.now = now
    }

    func identity(of service: ServiceName, _ organization: OrganizationName) async throws -> ServiceIdentity {
        let key = Key(organization: organization, service: service)
        if let current = current(key) { return current }
        return try await exclusively(key) {
            if let current = current(key) { return current }
            let document = try document(key)
            if let last = document?.certificates.last {
                let identity = try await load(key, last, document)
                if !mustRenew(identity) { return identity }
            }
            return try await issueNext(key, document)
        }
    }

    func identity(
        of service: ServiceName, _ organization: OrganizationName, certificateID: String
    ) async throws -> ServiceIdentity {
        let key = Key(organization: organization, service: service)
        if let known = identities[Self.cacheKey(key, certificateID)] { return known }
        guard let document = try document(key), document.certificates.contains(certificateID) else {
            throw NodeConfigurationError(problems: [
                "Service \"\(service)\" of \(organization) has no identity \"\(certificateID)\" any more. Restore the folder "
                    + "\"\(folder)\" from a copy."
            ])
        }
        return try await load(key, certificateID, document)
    }

    /// Issues another certificate with a key of its own; transactions begun under the old one go on under it.
    func renew(_ service: ServiceName, _ organization: OrganizationName) async throws -> ServiceIdentity {
        let key = Key(organization: organization, service: service)
        return try await exclusively(key) { try await issueNext(key, try document(key)) }
    }

    /// The names of a service's identities, the one in use last; none before the first use.
    func certificateIDs(of service: ServiceName, _ organization: OrganizationName) throws -> [String] {
        try document(Key(organization: organization, service: service))?.certificates ?? []
    }

    // MARK: - Making

    private func exclusively<Value: Sendable>(
        _ key: Key, _ body: () async throws -> Value
    ) async throws -> Value {
        while busy.contains(key) {
            await withCheckedContinuation { waiters[key, default: []].append($0) }
        }
        busy.insert(key)
        defer {
            busy.remove(key)
            for waiter in waiters.removeValue(forKey: key) ?? [] { waiter.resume() }
        }
        return try await body()
    }

    private func current(_ key: Key) -> ServiceIdentity? {
        guard let last = documents[key]?.certificates.last, let identity = identities[Self.cacheKey(key, last)],
            !mustRenew(identity)
        else { return nil }
        return identity
    }

    private func mustRenew(_ identity: ServiceIdentity) -> Bool {
        identity.signer.certificate.notAfter - now() < Self.renewalSeconds
    }

    private func issueNext(_ key: Key, _ known: Document?) async throws -> ServiceIdentity {
        var document = known ?? Document(secret: Base64.encode(Self.makeSecret()), certificates: [])
        let name = Self.label(key.service, number: document.certificates.count + 1)
        let issued: IssuedIdentity
        do {
            issued = try await issuer.issue(
                NetworkIdentityRequest(name: name, attributes: [Self.attribute: key.service.rawValue]),
                in: key.organization.rawValue)
        } catch let error as NetworkIdentityError where error.code == .exists {
            // The node fell between issuing it and writing so down; anybody else's would not name the service.
            guard let made = try await issuer.issued(name, in: key.organization.rawValue),
                made.description.attributes[Self.attribute] == key.service.rawValue
            else { throw error }
            issued = made
        }
        document.certificates.append(name)
        try write(document, key)
        documents[key] = document
        return try remember(key, name, document, issued)
    }

    private func load(_ key: Key, _ name: String, _ document: Document?) async throws -> ServiceIdentity {
        guard let document, let issued = try await issuer.issued(name, in: key.organization.rawValue) else {
            throw NodeConfigurationError(problems: [
                "The identity \"\(name)\" of service \"\(key.service)\" is not among those of \(key.organization). Restore its "
                    + "folder from a copy, or give the service a new one: duet function identity \(key.service) --renew."
            ])
        }
        return try remember(key, name, document, issued)
    }

    private func remember(
        _ key: Key, _ name: String, _ document: Document, _ issued: IssuedIdentity
    ) throws -> ServiceIdentity {
        guard let bytes = Base64.decode(document.secret), let secret = ServiceSecret(bytes) else {
            throw NodeConfigurationError(problems: [
                "\"\(path(key))\" does not hold a service's secret. Restore it from a copy."
            ])
        }
        let identity = ServiceIdentity(
            certificateID: name, signer: try issued.signingIdentity(signatures: signatures), secret: secret)
        identities[Self.cacheKey(key, name)] = identity
        return identity
    }

    private static func cacheKey(_ key: Key, _ name: String) -> String { "\(key.organization)/\(key.service)/\(name)" }

    /// `service-<name>.<number>`, within what an identity's name may have.
    private static func label(_ service: ServiceName, number: Int) -> String {
        let name = service.rawValue.utf8.count <= 40 ? service.rawValue : PathDigest.text(of: service.rawValue)
        return "service-\(name).\(number)"
    }

    private static func makeSecret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<ServiceSecret.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    // MARK: - Files

    private func path(_ key: Key) -> String { "\(folder)/\(key.organization)/\(key.service).json" }

    /// Small, and read once per service: not worth another thread.
    private func document(_ key: Key) throws -> Document? {
        if let known = documents[key] { return known }
        guard let data = FileManager.default.contents(atPath: path(key)) else { return nil }
        do {
            let document = try JSONDecoder().decode(Document.self, from: data)
            documents[key] = document
            return document
        } catch {
            throw NodeConfigurationError(problems: [
                "\"\(path(key))\" does not hold a service's identity (\(error)). Restore it from a copy."
            ])
        }
    }

    private func write(_ document: Document, _ key: Key) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(key.organization)", withIntermediateDirectories: true,
                attributes: [.posixPermissions: NSNumber(value: 0o700)])
        } catch {
            throw NodeConfigurationError(problems: ["\"\(folder)\" cannot be made (\(error.localizedDescription))."])
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try DurableFile.write([UInt8](try encoder.encode(document)), to: path(key), mode: 0o600)
    }
}
