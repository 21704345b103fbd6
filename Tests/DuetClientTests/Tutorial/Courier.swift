import DuetClient

/// Calls one contract of a network for one member of an organisation.
struct Courier {
    let address: GatewayAddress
    let identity: ClientIdentity

    /// - Parameters:
    ///   - organization: its folder, in the layout of Fabric's cryptogen: `.duet/organizations/peerOrganizations/…`.
    ///   - authority: the text of its `tlsca/…-cert.pem`.
    init(organization: String, mspID: String, authority: Bytes, port: Int) throws {
        address = GatewayAddress(host: "localhost", port: port, trustedAuthorities: [authority])
        identity = try ClientIdentity.load(
            organizationFolder: organization, user: "User1", mspID: MSPID(validating: mspID))
    }

    /// Changes the ledger, waits until the change is committed, and reads it back.
    func deliver(_ parcel: String, to place: String) async throws -> String {
        try await NetworkClient.withConnection(to: address, as: identity) { client in
            let contract = try client.channel("mychannel").contract("keyvalue")
            let transaction = try await contract.submit("put", parcel, place)
            print("committed in block \(transaction.blockNumber) as \(transaction.id)")
            return try await contract.evaluate("get", parcel).lossyText
        }
    }

    /// Counts up, however many others do so at the same time.
    func count() async throws -> String {
        try await NetworkClient.withConnection(to: address, as: identity) { client in
            let contract = try client.channel("mychannel").contract("keyvalue")
            let arguments = [Bytes("count"), Bytes("1")]
            let retry = ConflictRetry(attemptCountMax: 20)
            return try await contract.submit("add", arguments, retry: retry).result.lossyText
        }
    }

    /// What the peers of a failed call said.
    func complaints(about method: String, _ argument: String) async throws -> [String] {
        do {
            _ = try await NetworkClient.withConnection(to: address, as: identity) { client in
                try await client.channel("mychannel").contract("keyvalue").submit(method, argument)
            }
            return []
        } catch let error as ClientError {
            return ["\(error.phase): \(error.message)"] + error.refusals.map { "\($0.mspID): \($0.message)" }
        }
    }

    /// Hands on the contract's events from a block on, and says how far it came.
    func follow(from block: BlockNumber, _ handle: @escaping @Sendable (ContractEvent) -> Bool) async throws {
        struct Enough: Error {}
        do {
            try await NetworkClient.withConnection(to: address, as: identity) { client in
                let contract = try client.channel("mychannel").contract("keyvalue")
                try await contract.events(from: .block(block)) { event in
                    // Store event.checkpoint with what the event leads to, and begin .after(it) the next time.
                    if !handle(event) { throw Enough() }
                }
            }
        } catch is Enough {}
    }
}
