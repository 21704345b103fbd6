internal import Dispatch
internal import FabricTypes
package import Membership
package import NodeHTTP

/// Issues identities of a development network's organisations, with the authorities' keys in the data folder.
///
/// For people by the JSON API, and for other parts of the node, such as services that act on the ledger, by ``issue(_:in:)``
/// and ``issued(_:in:)``. May be used from any number of tasks; the disk is used by one at a time, off the threads of tasks.
/// What was issued is on disk when a call returns.
package final class DevelopmentIdentities: Sendable {
    /// Of one organisation, nodes included: reading them all is part of a start.
    package static let countMax = 1_000

    private let store: OrganizationStore
    private let places: [String: Place]
    /// Seconds since 1970.
    private let now: @Sendable () -> Int64
    private let queue = DispatchQueue(label: "development-identities")

    /// Where an organisation's keys are.
    package struct Place: Hashable, Sendable {
        package var kind: OrganizationStore.Kind
        package var domain: String

        package init(kind: OrganizationStore.Kind, domain: String) {
            self.kind = kind
            self.domain = domain
        }
    }

    /// - Parameter places: by the organisation's name, which is its MSP id.
    package init(store: OrganizationStore, places: [String: Place], now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.places = places
        self.now = now
    }

    /// Makes a new identity with keys of its own and writes its folder, all of it or nothing.
    ///
    /// - Throws: ``NetworkIdentityError``; `exists` where the name is taken, also by a task that was faster.
    package func issue(_ request: NetworkIdentityRequest, in organization: String) async throws -> IssuedIdentity {
        try request.validate()
        return try await onQueue { [self] in
            let (place, folder) = try folder(of: organization)
            let name = try request.name(in: place.domain)
            guard !members(of: folder).contains(where: { $0.member.name == name }) else {
                throw NetworkIdentityError(
                    .exists,
                    "The organisation \"\(organization)\" has an identity \"\(name)\" already. Choose another name, or use that "
                        + "one: see \"duet identity list\".")
            }
            guard members(of: folder).count < Self.countMax else {
                throw NetworkIdentityError(
                    .tooMany,
                    "The organisation \"\(organization)\" has \(Self.countMax) identities here, which is all that this node "
                        + "keeps. Issue further ones with a certificate authority of your own.")
            }
            let files = try files(request, name: name, by: try authority(of: folder))
            let memberPath = "\(Self.group(of: request.role))/\(name)"
            do throws(OrganizationStoreError) {
                try store.create(files, place.kind, domain: place.domain, member: memberPath)
            } catch {
                throw NetworkIdentityError(error.code == .exists ? .exists : .storage, error.message)
            }
            let written = OrganizationFolder(
                domain: place.domain,
                files: Dictionary(uniqueKeysWithValues: files.contents.map { ("\(memberPath)/\($0.key)", $0.value) }))
            guard let member = members(of: written).first else {
                throw NetworkIdentityError(.storage, "The new identity \"\(name)\" cannot be read again.")
            }
            return try issued(member, of: organization, place)
        }
    }

    /// An identity that was issued before; nil if there is none of that name.
    ///
    /// - Parameter name: with or without the organisation's domain: `User1` or `User1@org1.example.com`.
    /// - Throws: ``NetworkIdentityError``.
    package func issued(_ name: String, in organization: String) async throws -> IssuedIdentity? {
        try await onQueue { [self] in
            let (place, folder) = try folder(of: organization)
            let names = [name, "\(name)@\(place.domain)", "\(name).\(place.domain)"]
            guard let member = members(of: folder).first(where: { names.contains($0.member.name) }) else { return nil }
            return try issued(member, of: organization, place)
        }
    }

    /// All of an organisation, by name.
    private func all(of organization: String) async throws -> [IssuedIdentity] {
        try await onQueue { [self] in
            let (place, folder) = try folder(of: organization)
            return try members(of: folder).map { try issued($0, of: organization, place) }
        }
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    // MARK: Files

    private func folder(of organization: String) throws(NetworkIdentityError) -> (Place, OrganizationFolder) {
        guard let place = places[organization] else {
            throw NetworkIdentityError(
                .organizationUnknown,
                "This node keeps no keys of an organisation \"\(organization.prefix(255))\". It keeps those of "
                    + "\(places.keys.sorted().joined(separator: ", ")).")
        }
        do throws(OrganizationStoreError) {
            return (place, try store.organization(place.kind, domain: place.domain))
        } catch {
            throw NetworkIdentityError(.storage, error.message)
        }
    }

    private func authority(of folder: OrganizationFolder) throws(NetworkIdentityError) -> DevelopmentAuthority {
        do throws(MSPFolderError) {
            return try folder.developmentAuthority()
        } catch {
            throw NetworkIdentityError(
                .storage,
                "No identity can be issued: \(error.message) Restore the folder \"\(store.path)\" from a copy.")
        }
    }

    private func files(
        _ request: NetworkIdentityRequest, name: String, by authority: DevelopmentAuthority
    ) throws -> CryptoFiles {
        let label = String(name.dropLast(authority.domain.utf8.count + 1))
        let grant = IdentityGrant(
            role: request.role.mspRole, units: request.units, attributes: request.attributes,
            validitySeconds: request.validitySeconds)
        return switch request.role {
        case .client, .admin: try authority.userFiles(user: label, grant: grant, at: now())
        case .peer, .orderer:
            try authority.nodeFiles(
                hostname: label, grant: grant, alternativeNames: FoundedNetwork.localNames, at: now())
        }
    }

    /// The folder of cryptogen's layout.
    private static func group(of role: NetworkIdentity.Role) -> String {
        switch role {
        case .client, .admin: "users"
        case .peer: "peers"
        case .orderer: "orderers"
        }
    }

    private struct GroupedMember {
        let member: OrganizationFolder.Member
        let group: String
    }

    private func members(of folder: OrganizationFolder) -> [GroupedMember] {
        folder.users.map { GroupedMember(member: $0, group: "users") }
            + folder.peers.map { GroupedMember(member: $0, group: "peers") }
            + folder.orderers.map { GroupedMember(member: $0, group: "orderers") }
    }

    private func issued(
        _ found: GroupedMember, of organization: String, _ place: Place
    ) throws(NetworkIdentityError) -> IssuedIdentity {
        let path = "\(store.path)/\(place.kind.rawValue)/\(place.domain)/\(found.group)/\(found.member.name)"
        return try IssuedIdentity(found.member, organization: organization, path: path)
    }
}

extension DevelopmentIdentities: NetworkIdentities {
    package func identities(of organization: String) async throws -> [NetworkIdentity] {
        try await all(of: organization).map(\.description)
    }

    package func create(
        _ request: NetworkIdentityRequest, in organization: String
    ) async throws -> NetworkIdentity {
        try await issue(request, in: organization).description
    }
}
