package import FabricTypes
internal import LedgerCore
internal import Membership

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

    private func definition() throws -> ChaincodeDefinitionFields {
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
        let rollout = DefinitionRollout(definition: try definition(), packageID: packageID, clients: clients)
        let missing = try await rollout.run(approvers: clients)
        guard missing.isEmpty else {
            throw LifecycleCallError(
                description:
                    "The contract \"\(name)\" cannot be committed: \(missing.map(\.rawValue).joined(separator: ", ")) have not "
                    + "approved it.")
        }
        return true
    }
}
