internal import FabricTypes
internal import Testing

@Suite("The bound on a block's entries")
struct BlockDataBoundTests {
    @Test("refuses a small block of countless entries, and names the field")
    func countlessEntries() {
        // An empty entry takes two bytes on the wire and far more once it is read.
        let entries = Bytes(
            [UInt8](repeating: 0, count: 2 * (BlockData.entryCountMax + 1)).enumerated().map {
                $0.offset % 2 == 0 ? 0x0A : 0
            })
        let error = #expect(throws: WireError.self) { try BlockData(decoding: entries) }
        #expect(error?.code == .tooManyElements)
        #expect(error?.path.first == "common.BlockData#1")
    }
}
