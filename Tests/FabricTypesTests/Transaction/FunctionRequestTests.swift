import FabricTypes
import Testing

@Suite("Requests of contracts to functions")
struct FunctionRequestTests {
    @Test("a request survives its arguments, and its digest tells it from every other")
    func arguments() throws {
        let request = FunctionRequest(function: "prices/quote", payload: Bytes([0, 255]))
        #expect(try FunctionRequest(arguments: request.arguments) == request)
        #expect(try FunctionRequest(arguments: [Bytes("call"), Bytes("prices/quote")]).payload.isEmpty)
        // printf 'prices/quote\0wheat' | sha256sum
        #expect(
            FunctionRequest(function: "prices/quote", payload: Bytes("wheat")).digest.hex
                == "c4cdb7018c1530d0e025edb38a6e1e2612be58443d169569a7b91fd221570f06")
        #expect(FunctionRequest(function: "a/b", payload: Bytes("c")).digest != request.digest)
    }

    @Test(
        "what is no request is refused with its reason",
        arguments: [
            ([], FunctionCallError.Code.invalidRequest), ([Bytes("call")], .invalidRequest),
            ([Bytes("ask"), Bytes("a/b")], .invalidRequest), ([Bytes("call"), Bytes("a")], .invalidRequest),
            ([Bytes("call"), Bytes("a/")], .invalidRequest), ([Bytes("call"), Bytes("/b")], .invalidRequest),
            ([Bytes("call"), Bytes("a/b/c")], .invalidRequest),
            ([Bytes("call"), Bytes([0xFF, 0x2F, 0x61])], .invalidRequest),
            ([Bytes("call"), Bytes("a/b"), Bytes(), Bytes()], .invalidRequest),
            ([Bytes("call"), Bytes(String(repeating: "a", count: 129) + "/b")], .invalidRequest),
            ([Bytes("call"), Bytes("a/b"), Bytes(Array(repeating: 1, count: 256 * 1024 + 1))], .tooLarge),
        ])
    func refused(arguments: [Bytes], code: FunctionCallError.Code) {
        let error = #expect(throws: FunctionCallError.self) { try FunctionRequest(arguments: arguments) }
        #expect(error?.code == code)
        #expect(error?.response.status == code.rawValue)
        #expect(error?.message.hasSuffix(".") == true)
    }

    @Test("a recorded call is a composite key that nothing else is read as")
    func recorded() throws {
        let request = FunctionRequest(function: "prices/quote", payload: Bytes("wheat"))
        let call = request.recorded(answer: Bytes("210"))
        #expect(
            call.key.lossyText == "\0duet.call\0\(request.digest.hex)\0\(Digest(of: Bytes("210")).hex)\0")
        #expect(RecordedCall(key: call.key) == call)
        #expect(RecordedCall(key: Bytes(call.key.dropLast())) == nil)
        #expect(RecordedCall(key: Bytes(joining: [call.key, Bytes([0])])) == nil)
        for key in ["", "colour", "\0duet.call\0", "\0duet.schedule\0", "\0duet.call\0a\0b\0"] {
            #expect(RecordedCall(key: Bytes(key)) == nil)
        }
    }

    @Test("a read tells of a call only where nothing was found and nothing is written")
    func recordedCalls() {
        let call = FunctionRequest(function: "prices/quote", payload: Bytes()).recorded(answer: Bytes("210"))
        var set = KVRWSet()
        set.reads = [KVRead(key: Bytes("colour"), version: nil), KVRead(key: call.key, version: nil)]
        #expect(set.recordedCalls == [call])

        var written = set
        written.writes = [KVWrite(key: call.key, value: Bytes())]
        #expect(written.recordedCalls.isEmpty)
        var described = set
        described.metadataWrites = [KVMetadataWrite(key: call.key, entries: [])]
        #expect(described.recordedCalls.isEmpty)
        set.reads[1].version = Version(blockNumber: 3, transactionIndex: 0)
        #expect(set.recordedCalls.isEmpty)
    }
}
