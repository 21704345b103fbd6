internal import DuetClient
internal import FabricTypes
internal import Foundation

/// Somebody who can act: an identity, and the channel as it sees it.
struct Member: Sendable {
    let identity: ClientIdentity
    let channel: ChannelClient
}

/// The identities that owners act by, each a member of its company with a key of its own.
actor People {
    private let node: NodeAPI
    private let companies: [Company]
    private let channel: String
    /// Members that are remembered; beyond that all are looked up anew.
    private static let memberCountMax = 5_000

    /// Somebody sits before the page and waits. Endorsement checks have ten seconds.
    static let settings: ClientSettings = {
        var settings = ClientSettings()
        settings.evaluateTimeout = .seconds(10)
        settings.endorseTimeout = .seconds(15)
        settings.submitTimeout = .seconds(10)
        settings.commitStatusTimeout = .seconds(15)
        return settings
    }()

    private var members: [String: Task<Member, any Error>] = [:]

    init(node: NodeAPI, companies: [Company], channel: String) {
        self.node = node
        self.companies = companies
        self.channel = channel
    }

    func company(named name: String) -> Company? {
        companies.first { $0.name == name }
    }

    /// An owner as a member of the network; the identity is made where there is none yet.
    ///
    /// - Throws: ``ActionRefusal`` where the owner's company has no place here; ``NodeAPI/Failure``;
    ///   ``DuetClient/ClientError``.
    func member(for owner: OwnerView) async throws -> Member {
        guard let company = company(named: owner.company) else {
            throw ActionRefusal(.notFound, "The company \"\(owner.company)\" takes no part in this network.")
        }
        let name = Self.identityName(of: owner)
        let key = "\(company.mspID)/\(name)"
        if let known = members[key] { return try await known.value }
        // Whoever asks meanwhile waits for the same answer: an identity is made once.
        let task = Task {
            let identity = try await identity(name, of: company)
            return Member(
                identity: identity,
                channel: try NetworkClient(company.connection, as: identity, settings: Self.settings).channel(channel))
        }
        if members.count == Self.memberCountMax { members = [:] }
        members[key] = task
        do {
            return try await task.value
        } catch {
            members[key] = nil
            throw error
        }
    }

    /// Some member of the first company, to follow the ledger by.
    func observer() async throws -> ChannelClient {
        guard let company = companies.first else {
            throw ActionRefusal(.notFound, "The network has no organisation with a peer here.")
        }
        let members = try await kept(of: company)
        guard let folder = members.first(where: { !$0.name.hasPrefix("peer") })?.mspFolder else {
            throw ActionRefusal(.notFound, "The node keeps no identity of \(company.mspID).")
        }
        return try NetworkClient(
            company.connection, as: try .load(mspFolder: folder, mspID: company.mspID)
        ).channel(channel)
    }

    private func identity(_ name: String, of company: Company) async throws -> ClientIdentity {
        let members = try await kept(of: company)
        if let member = members.first(where: { $0.name == name || $0.name.hasPrefix("\(name)@") }) {
            return try .load(mspFolder: member.mspFolder, mspID: company.mspID)
        }
        let created = try await node.post(
            ["api", "identities"], query: ["organization": company.mspID.rawValue], ["name": name, "role": "client"],
            as: IdentityAnswer.self)
        return try .load(mspFolder: created.mspFolder, mspID: company.mspID)
    }

    private func kept(of company: Company) async throws -> [IdentityAnswer] {
        try await node.call(["api", "identities"], query: ["organization": company.mspID.rawValue])
    }

    /// The owner's own name where a certificate can bear it, else the owner's id.
    static func identityName(of owner: OwnerView) -> String {
        let isPlain = owner.name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isPlain && !owner.name.isEmpty ? owner.name : owner.id
    }
}
