import DuetClient
import NetworkTestKit
import Testing

@Suite("A client of a running network: calls")
struct NetworkCallTests {
    @Test("calls, failures, retries and identities work against the real program")
    func calls() async throws {
        try await RunningNetwork.with { network in
            try await submitting(network)
            try await choosing(network)
            try await failing(network)
            try await retrying(network)
            try await signingElsewhere(network)
        }
    }

    private func submitting(_ network: RunningNetwork) async throws {
        try await network.withContract { contract in
            let put = try await contract.submit("put", "colour", "blue")
            #expect(try await contract.evaluate("get", "colour") == Bytes("blue"))
            #expect(put.attemptCount == 1)

            let submitted = try await contract.submitAsync("add", "count", "5")
            #expect(submitted.result == Bytes("5"))
            let status = try await submitted.status()
            #expect(status.isValid && status.transactionID == submitted.id && status.blockNumber > put.blockNumber)
        }
        // An identity from two texts, as one from a store would be.
        let user = "users/User1@org2.example.com/msp"
        let identity = try ClientIdentity(
            mspID: network.mspID(1),
            certificate: network.file("\(user)/signcerts/User1@org2.example.com-cert.pem", of: 1),
            privateKey: network.file("\(user)/keystore/priv_sk", of: 1))
        try await NetworkClient.withConnection(to: network.address(), as: identity) { client in
            let contract = try client.channel("mychannel").contract("keyvalue")
            #expect(try await contract.evaluate("whoAmI") == Bytes("Org2MSP"))
        }
        let folder = try ClientIdentity.load(
            mspFolder: "\(network.organizationFolder(1))/\(user)", mspID: network.mspID(1))
        #expect(folder.serialized == identity.serialized)
    }

    /// Organisations that endorse, and values for their eyes only.
    private func choosing(_ network: RunningNetwork) async throws {
        let (first, second) = (try network.mspID(0), try network.mspID(1))
        try await network.withContract { contract in
            let secret = CallContext(organizations: [first], transientData: ["value": Bytes("hush")])
            let collection = Bytes("_implicit_org_Org1MSP")
            // What an organisation keeps for itself it may endorse alone.
            try await contract.submit("putPrivate", [collection, Bytes("k")], context: secret)
            let kept = try await contract.evaluate("getPrivate", "_implicit_org_Org1MSP", "k")
            #expect(kept == Bytes("hush"))
            #expect(
                try await contract.evaluate("get", [Bytes("colour")], context: CallContext(organizations: [second]))
                    == Bytes("blue"))

            // The contract's policy asks for both.
            let error = try await #require(throws: ClientError.self) {
                try await contract.submit(
                    "put", [Bytes("a"), Bytes("b")], context: CallContext(organizations: [second]))
            }
            #expect(error.phase == .commit)
            #expect(error.validationCode == .endorsementPolicyFailure)
            #expect(error.blockNumber != nil && error.transactionID != nil)
        }
    }

    private func failing(_ network: RunningNetwork) async throws {
        try await network.withContract { contract in
            let evaluated = try await #require(throws: ClientError.self) {
                try await contract.evaluate("get", "missing")
            }
            #expect(evaluated.phase == .evaluate && evaluated.transactionID != nil)
            #expect(evaluated.refusals.map(\.mspID) == ["Org1MSP"])
            #expect(evaluated.refusals[0].message.contains("There is no key \"missing\""))

            let endorsed = try await #require(throws: ClientError.self) {
                try await contract.submit("fail", "on purpose")
            }
            #expect(endorsed.phase == .endorse)
            #expect(endorsed.refusals.contains { $0.message.contains("on purpose") && $0.address.contains(":") })
            #expect(!endorsed.isConflict)

            let other = try contract.channel.contract("nothing")
            let unknown = try await #require(throws: ClientError.self) { try await other.submit("put", "a", "b") }
            #expect(unknown.phase == .endorse)
        }
    }

    /// Many change one key at once: without retrying some lose, with it none does.
    private func retrying(_ network: RunningNetwork) async throws {
        let clientCount = 6
        try await network.withContract { contract in
            try await contract.submit("put", "shared", "0")
            let attempts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<clientCount {
                    group.addTask {
                        try await contract.submit(
                            "add", [Bytes("shared"), Bytes("1")], retry: ConflictRetry(attemptCountMax: 100)
                        ).attemptCount
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(attempts >= clientCount)
            #expect(try await contract.evaluate("get", "shared") == Bytes("\(clientCount)"))
        }
    }

    /// The client knows a certificate only; each message is stored, signed by somebody else and taken up again.
    private func signingElsewhere(_ network: RunningNetwork) async throws {
        let signer = try network.identity(0)
        let certificate = try network.file("users/User1@org1.example.com/msp/signcerts/User1@org1.example.com-cert.pem")
        let offline = try ClientIdentity(mspID: try network.mspID(0), certificate: certificate, signer: nil)
        try await NetworkClient.withConnection(to: network.address(), as: offline) { client in
            let channel = try client.channel("mychannel")
            let refused = try await #require(throws: ClientError.self) {
                try await channel.contract("keyvalue").submit("put", "a", "b")
            }
            #expect(refused.phase == .prepare)

            var proposal = channel.proposal(to: "keyvalue", ["put", "offline", "yes"].map { Bytes($0) })
            proposal = try ClientProposal(decoding: proposal.encoded)
            #expect(!proposal.isSigned)
            proposal = proposal.signed(try await signer.sign(proposal.messageToSign))
            var transaction = try await channel.endorse(proposal)
            transaction = try ClientTransaction(decoding: transaction.encoded)
            transaction = transaction.signed(try await signer.sign(transaction.messageToSign))
            try await channel.submit(transaction)
            let query = channel.commitQuery(transaction.transactionID)
            let status = try await channel.commitStatus(query.signed(try await signer.sign(query.messageToSign)))
            #expect(status.isValid)

            let question = channel.proposal(to: "keyvalue", [Bytes("get"), Bytes("offline")])
            let answer = try await channel.evaluate(
                question.signed(try await signer.sign(question.messageToSign)))
            #expect(answer == Bytes("yes"))
        }
    }
}
