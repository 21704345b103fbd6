package import FabricTypes
internal import LedgerCore
internal import Membership
internal import PeerService

/// A linked contract that the network's channel is to have.
package struct ContractDeployment: Hashable, Sendable {
    package var name: String
    /// Who must endorse, such as `OR('Org1MSP.peer','Org2MSP.peer')`; nil for a majority of the organisations.
    package var policy: String?
    package var isInitRequired: Bool

    package static let version = "1.0"

    package init(name: String, policy: String? = nil, isInitRequired: Bool = false) {
        self.name = name
        self.policy = policy
        self.isInitRequired = isInitRequired
    }

    /// What is wrong, in a sentence; nil if nothing is.
    package var problem: String? {
        guard let policy else { return nil }
        do throws(InvalidPolicyText) {
            _ = try SignaturePolicyText.policy(policy)
            return nil
        } catch {
            return "The endorsement policy of the contract \"\(name)\" cannot be read. \(error)"
        }
    }

    fileprivate func definition(packageID: String) throws -> ChaincodeDefinitionFields {
        let parameter: Bytes =
            if let policy {
                ApplicationPolicy(.signaturePolicy(try SignaturePolicyText.policy(policy))).encoded()
            } else {
                Bytes()
            }
        return ChaincodeDefinitionFields(
            name: Bytes(name), sequence: 1, version: Bytes(Self.version), validationParameter: parameter,
            isInitRequired: isInitRequired)
    }

    /// Has every organisation approve the contract and commits its definition, as far as that has not happened yet.
    ///
    /// A definition that is there stays as it is, whatever was asked for: it is the organisations' to change.
    ///
    /// - Parameters:
    ///   - clients: one of each organisation.
    ///   - packageID: by which the contract is approved.
    /// - Returns: whether anything was done.
    func apply(by clients: [LifecycleClient], packageID: String) async throws -> Bool {
        guard let first = clients.first else { return false }
        let query = QueryChaincodeDefinitionArgs(name: Bytes(name))
        guard try await first.evaluate("QueryChaincodeDefinition", query) == nil else { return false }
        let definition = try definition(packageID: packageID)
        let approval = ApproveChaincodeDefinitionForMyOrgArgs(
            definition: definition, source: ChaincodeSource(.localPackage(id: Bytes(packageID))))
        for client in clients {
            do {
                let id = try await client.submit(
                    "ApproveChaincodeDefinitionForMyOrg", approval, endorsedBy: [client.identity.mspID])
                try await Self.waitForCommit(of: id, by: clients)
            } catch let error as GatewayError where error.isApprovedAlready {
                // An earlier start got this far.
                continue
            }
        }
        let id = try await first.submit(
            "CommitChaincodeDefinition", CommitChaincodeDefinitionArgs(definition: definition),
            endorsedBy: clients.map(\.identity.mspID))
        try await Self.waitForCommit(of: id, by: clients)
        return true
    }

    /// What comes next is endorsed by peers of all organisations, which must have seen the same.
    private static func waitForCommit(of id: Bytes, by clients: [LifecycleClient]) async throws {
        for client in clients { try await client.waitForCommit(of: id) }
    }
}

extension GatewayError {
    fileprivate var isApprovedAlready: Bool {
        details.contains { $0.message.lossyText.contains("with unchanged content") }
    }
}
