/// How a gateway of ours says that a transaction would only lose a read conflict.
///
/// The protocol has no code of its own for it: the status is `aborted`, and clients tell it by its text.
package enum StaleTransaction {
    private static let marker = " is stale, see attached details."

    package static func message(_ transactionID: Bytes) -> String {
        "Transaction \(transactionID.lossyText)\(marker) Start again with a new proposal."
    }

    package static func isMeant(by message: String) -> Bool {
        message.contains(marker)
    }
}
