/// What kind of message an envelope carries. Numbers unknown to us survive.
///
/// Source: Fabric's `common.HeaderType`.
package struct HeaderType: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let message = HeaderType(rawValue: 0)
    package static let config = HeaderType(rawValue: 1)
    package static let configUpdate = HeaderType(rawValue: 2)
    package static let endorserTransaction = HeaderType(rawValue: 3)
    /// Left over from the system channel of old orderers; nothing makes or takes it any more.
    package static let ordererTransaction = HeaderType(rawValue: 4)
    package static let deliverSeekInfo = HeaderType(rawValue: 5)
    package static let chaincodePackage = HeaderType(rawValue: 6)

    /// The name in Fabric's protocol: `ENDORSER_TRANSACTION`.
    package var name: String {
        switch self {
        case .message: "MESSAGE"
        case .config: "CONFIG"
        case .configUpdate: "CONFIG_UPDATE"
        case .endorserTransaction: "ENDORSER_TRANSACTION"
        case .ordererTransaction: "ORDERER_TRANSACTION"
        case .deliverSeekInfo: "DELIVER_SEEK_INFO"
        case .chaincodePackage: "CHAINCODE_PACKAGE"
        default: "TYPE_\(rawValue)"
        }
    }
}

extension HeaderType: CustomStringConvertible {
    package var description: String { name }
}
