package import FabricTypes

/// A configuration from which no MSP can be made. The channel configuration that contains it is not valid.
package struct MSPConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes are no MSP configuration.
        case malformed
        /// A kind of MSP, hash or setting that Duet does not have.
        case unsupported
        /// There is no root certificate, or an authority's certificate is not good.
        case invalidAuthority
        /// Nobody is an admin, or an explicit admin is not good.
        case invalidAdmin
        /// A revocation list cannot be read.
        case invalidRevocationList
        /// An organisational unit is not tied to an authority of the MSP.
        case invalidOrganizationalUnit
        /// Two organisations use one MSP ID with different configurations.
        case conflictingDefinitions
    }

    package let code: Code
    /// Empty if the name cannot be read.
    package let mspID: MSPID
    /// A whole sentence: what is wrong with which MSP.
    package let message: String

    package init(_ code: Code, _ mspID: MSPID, _ message: String) {
        self.code = code
        self.mspID = mspID
        self.message = message
    }

    package var description: String { message }
}
