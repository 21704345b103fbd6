/// What an orderer says of one envelope: `success` means that it will be, or is, in a block.
///
/// Source: Fabric's `orderer.BroadcastResponse`.
package struct BroadcastResponse: WireMessage {
    package static let messageName = "orderer.BroadcastResponse"

    package var status = StatusCode.unknown
    /// Why it was refused, for people; empty for `success`.
    package var info = ""

    package init() {}

    package init(status: StatusCode, info: String = "") {
        self.status = status
        self.info = info
    }

    package static let success = BroadcastResponse(status: .success)

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&status.rawValue)
        case 2: try field.read(&info)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, status.rawValue)
        writer.write(2, info)
    }
}
