import FabricTypes
import Testing

@Suite("Wire reader")
struct WireReaderTests {
    private func fields(_ hex: String) throws -> [WireField] {
        var reader = try WireReader(try #require(Bytes(hex: hex)))
        var fields: [WireField] = []
        while let field = try reader.next() { fields.append(field) }
        return fields
    }

    private func refusal(_ hex: String) -> WireError? {
        do {
            _ = try fields(hex)
            return nil
        } catch {
            return error as? WireError
        }
    }

    @Test("reads fields of every wire type, with their bytes")
    func wireTypes() throws {
        let fields = try fields(
            "08ac02" + "110100000000000000" + "1a026162" + "2502000000")
        #expect(fields.map(\.number) == [1, 2, 3, 4])
        #expect(fields.map(\.bytes.hex) == ["08ac02", "110100000000000000", "1a026162", "2502000000"])
        guard
            case .varint(300) = fields[0].value, case .fixed64(1) = fields[1].value,
            case .bytes(Bytes("ab")) = fields[2].value, case .fixed32(2) = fields[3].value
        else {
            Issue.record("other values: \(fields)")
            return
        }
    }

    @Test("passes over groups, nested ones too")
    func groups() throws {
        let fields = try fields("0b" + "1001" + "13" + "14" + "0c" + "2001")
        #expect(fields.map(\.number) == [1, 4])
        #expect(fields[0].bytes.hex == "0b100113140c")
    }

    @Test(
        "refuses what no protobuf library takes",
        arguments: [
            ("08", WireError.Code.truncated),
            ("80", .truncated),
            ("0a05616263", .truncated),
            ("0affffffffffffffffff01", .truncated),  // a length of 2^64 - 1
            ("0affffffffffffffff7f", .truncated),  // of 2^63 - 1
            ("0a8080808008", .truncated),  // of 2^31
            ("09010203040506", .truncated),
            ("0d010203", .truncated),
            ("0b", .truncated),
            ("0b0801", .truncated),
            ("08ffffffffffffffffff02", .overlongVarint),
            ("0880808080808080808080", .overlongVarint),
            ("ffffffffffffffffffff01", .overlongVarint),
            ("00", .invalidFieldNumber),
            ("0001", .invalidFieldNumber),
            ("808080801000", .invalidFieldNumber),  // 2^29
            ("0b000c", .invalidFieldNumber),
            ("0c", .invalidWireType),  // ends a group that did not begin
            ("0b14", .invalidWireType),  // ends another group
            ("0e", .invalidWireType),
            ("0f", .invalidWireType),
            ("0b0e0c", .invalidWireType),
        ])
    func refuses(hex: String, code: WireError.Code) {
        #expect(refusal(hex)?.code == code)
    }

    @Test(
        "takes what Go takes, whatever its form",
        arguments: [
            ("88808080808080808000" + "01", 1),  // a tag of ten bytes
            ("08ffffffffffffffffff01", 1),
            ("0881808080808080808000", 1),
            ("0a8000", 1),
            ("f8ffffff0f01", 536_870_911),
        ])
    func takes(hex: String, number: Int) throws {
        #expect(try fields(hex).map(\.number) == [number])
    }

    @Test("an empty message has no fields")
    func empty() throws {
        #expect(try fields("").isEmpty)
    }

    @Test("groups are followed to the hundredth level and no further")
    func groupDepth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "0b", count: count) + String(repeating: "0c", count: count)
        }
        #expect(try fields(nested(99)).count == 1)
        #expect(refusal(nested(100))?.code == .nestedTooDeeply)
        #expect(refusal(String(repeating: "0b", count: 1_000_000))?.code == .nestedTooDeeply)
    }

    @Test("messages are followed to the hundredth level and no further")
    func messageDepth() throws {
        func nested(_ count: Int) -> Bytes {
            var policy = SignaturePolicy.signedBy(0)
            // A gate and a rule are a level each.
            for _ in 0..<count { policy = .nOutOf(1, [policy]) }
            return policy.encoded()
        }
        #expect(throws: Never.self) { try SignaturePolicy(decoding: nested(49)) }
        #expect {
            try SignaturePolicy(decoding: nested(50))
        } throws: { error in
            (error as? WireError)?.code == .nestedTooDeeply
        }
    }

    @Test("an error names the way to the fault")
    func errorPath() throws {
        let bytes = try #require(Bytes(hex: "0a02" + "0a05"))
        #expect {
            try Payload(decoding: bytes)
        } throws: { error in
            let error = error as? WireError
            return error?.path == ["common.Payload#1", "common.Header"]
                && error?.description == "common.Payload#1.common.Header does not decode: "
                    + "the bytes end inside a field at byte 2."
        }
    }

    @Test("a message that comes in very many pieces is merged in one pass", .timeLimit(.minutes(1)))
    func manyPieces() throws {
        let count = BlockData.entryCountMax
        func repeated(_ hex: String) throws -> Bytes {
            Bytes(Array(repeating: try #require(Bytes(hex: hex)), count: count).joined())
        }
        #expect(try Block(decoding: repeated("12020a00")).data.entries.count == count)
        guard case .nOutOf(let gate) = try SignaturePolicy(decoding: repeated("12021200")).rule else {
            Issue.record("the gate is lost")
            return
        }
        #expect(gate.rules.count == count)
        guard case .rawReads(let reads) = try RangeQueryInfo(decoding: repeated("22020a00")).result else {
            Issue.record("the reads are lost")
            return
        }
        #expect(reads.reads.count == count)
        guard case .signaturePolicy(let policy) = try ApplicationPolicy(decoding: repeated("0a021a00")).kind else {
            Issue.record("the policy is lost")
            return
        }
        #expect(policy.identities.count == count)
    }
}
