import FabricTypes
import LedgerCore
import Membership
import Testing

@Suite("Requests for blocks")
struct SeekRequestTests {
    let now = Timestamp(seconds: 1_000_000)

    private func request(
        at time: Timestamp?, tlsHash: Bytes = Bytes(), binding: TLSBinding = .none
    ) throws -> SeekRequest {
        var header = ChannelHeader(type: .message, timestamp: time, channelID: Bytes("trade"))
        header.tlsCertificateHash = tlsHash
        let payload = Payload(
            header: Header(
                channelHeader: header.encoded(),
                signatureHeader: SignatureHeader(creator: Bytes("who"), nonce: Bytes()).encoded()),
            data: SeekInfo(start: .oldest, stop: .newest).encoded())
        let envelope = Envelope(payload: payload.encoded(), signature: Bytes("signature"))
        return try SeekRequest(decoding: envelope.encoded(), now: now, binding: binding)
    }

    @Test("a request is taken for what was signed, whatever its type says and without a nonce")
    func taken() throws {
        let request = try request(at: now)
        #expect(request.channelName == Bytes("trade"))
        #expect(request.signedData.identity == Bytes("who"))
        #expect(request.signedData.signature == Bytes("signature"))
        #expect(try request.seekInfo() == SeekInfo(start: .oldest, stop: .newest))
    }

    @Test("its time may be a quarter of an hour off either way, and must be there")
    func time() throws {
        for seconds in [-900, 900] as [Int64] {
            _ = try request(at: Timestamp(seconds: now.seconds + seconds))
            let beyond = Timestamp(
                seconds: now.seconds + seconds + (seconds < 0 ? -1 : 0), nanoseconds: seconds < 0 ? 999_999_999 : 1)
            #expect(throws: SeekRefusal.self) { try request(at: beyond) }
        }
        #expect(throws: SeekRefusal.self) { try request(at: nil) }
        for odd in [Int64.min, .max] {
            #expect(throws: SeekRefusal.self) { try request(at: Timestamp(seconds: odd, nanoseconds: .max)) }
        }
    }

    @Test("under mutual TLS it must name the certificate of its connection")
    func binding() throws {
        let digest = Digest(of: Bytes("certificate"))
        _ = try request(at: now, tlsHash: Bytes("anything"))
        _ = try request(at: now, tlsHash: digest.bytes, binding: .required(digest))
        for (hash, actual) in [(Bytes(), digest), (Bytes("other"), digest), (digest.bytes, nil)] as [(Bytes, Digest?)] {
            let refusal = #expect(throws: SeekRefusal.self) {
                try request(at: now, tlsHash: hash, binding: .required(actual))
            }
            #expect(refusal?.status == .badRequest)
        }
    }

    @Test("bytes that are no request are refused")
    func damaged() {
        for bytes in [Bytes(), Bytes([0x0A, 0x01, 0xFF]), Bytes([0xFF])] {
            let refusal = #expect(throws: SeekRefusal.self) {
                try SeekRequest(decoding: bytes, now: now, binding: .none)
            }
            #expect(refusal?.status == .badRequest)
        }
    }
}
