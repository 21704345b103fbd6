package import FabricTypes

/// A configuration that breaks a rule, or an update of one that is refused.
///
/// Never worth a retry as it is: change the configuration, make the update anew from the current one, or collect the
/// signatures of ``missing``.
package struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes are no message of the type they stand for.
        case malformed
        /// A group, value or policy has a name that no element may have.
        case invalidName
        /// A group or value that channels do not have. Fabric refuses such a channel, so private settings cannot go here.
        case unknownElement
        /// A group or value that a channel must have.
        case missingElement
        /// A value that is out of range or contradicts another.
        case invalidValue
        /// The channel demands what this version cannot do.
        case unsupportedCapability
        /// A policy that does not compile.
        case invalidPolicy
        /// An organisation's MSP that cannot be set up, or contradicts another of the same name.
        case invalidMSP

        /// The update is for another channel.
        case wrongChannel
        /// The update relies on, or changes, another version of an element than is in force.
        case wrongVersion
        /// The update sets nothing new.
        case nothingChanges
        /// A changed element names no policy for its next change.
        case invalidModPolicy
        /// The signatures do not satisfy the policy of a changed element.
        case notAuthorized
        /// The step from the old configuration to the new one is not allowed.
        case notAllowed
        /// A configuration that is not what its update makes of the one before.
        case wrongResult
    }

    package let code: Code
    /// A whole sentence: which element, what is wrong, what to do.
    package let message: String
    /// What a stock orderer answers in this case, for answers in which its words are the contract.
    package let stockMessage: String
    /// Whose signatures would help, where the code is `notAuthorized`.
    package let missing: [MSPPrincipal]

    /// - Parameter stock: the same as `message` where stock words are not known.
    package init(_ code: Code, _ message: String, stock: String? = nil, missing: [MSPPrincipal] = []) {
        self.code = code
        self.message = message.bounded
        self.stockMessage = (stock ?? message).bounded
        self.missing = missing
    }

    /// The same error with the stock words that a caller puts before it.
    func within(_ stockPrefix: String) -> ConfigError {
        ConfigError(code, message, stock: "\(stockPrefix): \(stockMessage)", missing: missing)
    }

    /// Runs a step whose errors a stock node introduces with these words.
    static func within<Result>(
        _ stockPrefix: String, _ step: () throws(ConfigError) -> Result
    ) throws(ConfigError) -> Result {
        do throws(ConfigError) {
            return try step()
        } catch {
            throw error.within(stockPrefix)
        }
    }

    package var description: String { message }
}
