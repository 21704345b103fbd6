import FabricTypes
import Foundation

extension Timestamp {
    /// The machine's time, which the orderer goes by.
    static var present: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
}
