/// Why a simulated transaction cannot have what it asked for.
///
/// Chaincodes and clients see the message; where Fabric's peers fix its wording, it is theirs.
package struct SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// A name or key is not UTF-8 and could not stand in a read-write set.
        case keyNotUTF8
        /// The key stands for the call of a function. See ``RecordedCall``.
        case reservedKey
        /// The chaincode's definition has no such collection.
        case unknownCollection
        /// The private value held here is not the one that the channel agreed on; it is missing or not yet fetched.
        case privateDataMissing
        /// Paginated or private queries and writes do not go together in one transaction.
        case readOnly
        /// The channel's peers could not store the write. See ``WriteRule``.
        case notStorable
        /// No such query is open.
        case unknownQuery
        /// A key's endorsement policy in the state does not decode.
        case undecodableKeyPolicy
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
