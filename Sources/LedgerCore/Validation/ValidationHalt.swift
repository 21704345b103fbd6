internal import FabricTypes
internal import Membership

/// Why a block can get no codes at all: committing it under any would part this ledger from the others'.
///
/// The channel stops here until the cause is gone.
package struct ValidationHalt: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// A configuration that does not follow from the one before.
        case configuration
        /// A chaincode demands a validation plugin that does not exist here.
        case unknownPlugin
    }

    package let code: Code
    /// Whole sentences: which block, what is wrong, what to do.
    package let message: String

    private init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message.bounded
    }

    static func configuration(of blockNumber: BlockNumber, _ error: ConfigError) -> ValidationHalt {
        ValidationHalt(
            .configuration,
            "The configuration in block \(blockNumber) does not follow from the one before: \(error) The channel stops "
                + "here. Compare the block with other peers' and orderers'.")
    }

    static func unknownPlugin(_ plugin: Bytes, of chaincode: Bytes, block blockNumber: BlockNumber) -> ValidationHalt {
        ValidationHalt(
            .unknownPlugin,
            "Chaincode \"\(chaincode.lossyText)\", used in block \(blockNumber), demands the validation plugin "
                + "\"\(plugin.lossyText)\"; only \"vscc\" exists here. The channel stops here until the organisations commit "
                + "a definition that does without.")
    }

    package var description: String { message }
}
