import FabricTypes
import Testing

@testable import LedgerCore

@Suite("What two endorsers' answers differ in")
struct ResponseDifferenceTests {
    private static let call = FunctionRequest(function: "prices/quote", payload: Bytes("wheat"))

    private func payload(
        reads: [(Bytes, BlockNumber?)] = [], writes: [(String, String)] = [], response: String = ""
    ) -> Bytes {
        var set = KVRWSet()
        set.reads = reads.sorted { $0.0 < $1.0 }.map { key, block in
            KVRead(key: key, version: block.map { Version(blockNumber: $0, transactionIndex: 0) })
        }
        set.writes = writes.map { KVWrite(key: Bytes($0.0), value: Bytes($0.1)) }
        let results = ReadWriteSet(namespaces: [NamespaceReadWriteSet(namespace: Bytes("grain"), publicSet: set)])
        let action = ChaincodeAction(
            results: results.encoded(), response: Response(status: 200, payload: Bytes(response)),
            chaincodeID: ChaincodeID(name: Bytes("grain")))
        return ProposalResponsePayload(proposalHash: Bytes("hash"), extension: action.encoded()).encoded()
    }

    @Test("a function's answer goes before all that follows from it")
    func answers() {
        let first = payload(
            reads: [(Bytes("\u{0}a"), 1), (Self.call.recorded(answer: Bytes("1")).key, nil)],
            writes: [("a", "1")])
        let second = payload(
            reads: [(Bytes("\u{0}a"), 2), (Self.call.recorded(answer: Bytes("2")).key, nil)],
            writes: [("a", "2")])
        #expect(
            ResponseDifference(first, second)
                == .call(namespace: Bytes("grain"), request: Bytes(Self.call.digest.hex)))
    }

    @Test("another request is a consequence of what was read")
    func requests() {
        let other = FunctionRequest(function: "prices/quote", payload: Bytes("barley"))
        func answer(_ request: FunctionRequest, version: BlockNumber) -> Bytes {
            payload(reads: [
                (Bytes("lot"), version), (request.recorded(answer: Bytes("1")).key, nil),
            ])
        }
        #expect(
            ResponseDifference(answer(Self.call, version: 1), answer(other, version: 2))
                == .key(namespace: Bytes("grain"), key: Bytes("lot"), .read))
        // With nothing else to blame it is the calls.
        let difference = ResponseDifference(answer(Self.call, version: 1), answer(other, version: 1))
        guard case .call? = difference else {
            Issue.record("\(String(describing: difference))")
            return
        }
    }

    @Test("without calls keys are compared as ever")
    func keys() {
        let first = payload(writes: [("a", "1")], response: "1")
        #expect(ResponseDifference(first, first) == nil)
        #expect(
            ResponseDifference(first, payload(writes: [("a", "2")], response: "2"))
                == .key(namespace: Bytes("grain"), key: Bytes("a"), .write))
        #expect(ResponseDifference(first, payload(writes: [("a", "1")], response: "2")) == .response)
    }
}
