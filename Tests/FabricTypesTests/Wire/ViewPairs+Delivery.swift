import FabricProtos
import FabricTypes
import SwiftProtobuf

extension ViewPair {
    static let delivery: [ViewPair] = [
        ViewPair(SeekInfo.self, Orderer_SeekInfo.self),
        ViewPair(DeliverResponse.self, Orderer_DeliverResponse.self, unknownFields: .mixed),
        ViewPair(BroadcastResponse.self, Orderer_BroadcastResponse.self),
    ]
}
