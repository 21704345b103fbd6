package import FabricTypes

/// Why a policy cannot be used, or who was missing for it to be satisfied.
package struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The policy's bytes are no policy, or one that breaks a rule. Nothing but another policy helps.
        case malformed
        /// There is no policy of that name. It satisfies nobody.
        case unknownPolicy
        /// The signers do not satisfy it. ``PolicyError/missing`` says whose signatures would help.
        case notSatisfied
    }

    package let code: Code
    /// A whole sentence: which policy, and what it lacks.
    package let message: String
    /// What a stock node says of this, for answers in which its words are the contract.
    package let stockMessage: String
    /// The principals no signer stood for, in the policy's order; more than are needed where the policy lets choose.
    package let missing: [MSPPrincipal]

    /// - Parameter stock: the same as `message` where nobody reads stock words.
    package init(_ code: Code, _ message: String, stock: String? = nil, missing: [MSPPrincipal] = []) {
        self.code = code
        self.message = message.bounded
        self.stockMessage = (stock ?? message).bounded
        self.missing = missing
    }

    /// The same error with the stock words that a caller puts around it.
    package func withStockMessage(_ wrap: (String) -> String) -> PolicyError {
        PolicyError(code, message, stock: wrap(stockMessage), missing: missing)
    }

    /// The organisations of ``missing``, each once, in the policy's order.
    package var missingOrganizations: [MSPID] {
        var seen: Set<MSPID> = []
        return missing.compactMap(\.mspID).filter { seen.insert($0).inserted }
    }

    package var description: String { message }
}
