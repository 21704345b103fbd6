import FabricProtos
import FabricTypes
import GoldenLedger
import LedgerCore
import SwiftProtobuf

/// The recorded message streams between one peer and its chaincodes.
struct RecordedShim {
    struct Call {
        let id: String
        let peer: String
        let transactionID: String
        /// What peer and chaincode said in turn, beginning with the peer's call.
        let messages: [(isFromPeer: Bool, message: Protos_ChaincodeMessage)]
    }

    /// By package, as the recording names its files.
    let package: String
    let calls: [Call]

    static func all() throws -> [RecordedShim] {
        try GoldenFiles.trade.json("shim/index.json").array.map { file in
            let lines = try GoldenFiles.trade.jsonLines("shim/\(file["file"].string)")
            let peer = try file["peer"].string
            let calls = try file["transactions"].array.map { entry in
                let transactionID = try entry["txid"].string
                let span = Int(try entry["first"].integer) - 1..<Int(try entry["last"].integer)
                let messages = try lines[span].filter { try $0.object["txid"] == .string(transactionID) }
                    .map { line in
                        (
                            isFromPeer: try line["from"].string == "peer",
                            message: try Protos_ChaincodeMessage(serializedBytes: line["message"].base64.array)
                        )
                    }
                // Where several proposals share their id, the label is that of the last.
                let start = messages.lastIndex { [.transaction, .init_].contains($0.message.type) } ?? 0
                return Call(
                    id: try entry["id"].string, peer: peer, transactionID: transactionID,
                    messages: Array(messages[start...]))
            }
            return RecordedShim(package: try file["package"].string, calls: calls)
        }
    }
}
